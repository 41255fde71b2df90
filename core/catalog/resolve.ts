// What people name – a reference, a number of the last list, an announcement – to files they may see at this moment.
// What they may not see and what does not exist give the same answer.
import type { Room } from "#contract";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { readRef } from "../platform/refs.ts";
import { folderTitle } from "./items.ts";
import { refOfNumber } from "./last-list.ts";
import type { SearchDeps } from "./search.ts";
import type { Sight } from "./sight.ts";
import { createSight, insideShare } from "./sight.ts";
import { filesBelow, findDirectory, findFile } from "./store/browse.ts";
import type { FileRow } from "./store/rows.ts";
import type { Picked, PickedFile } from "./types.ts";

export interface ResolveDeps extends SearchDeps {
  /** References of an announcement's files; it lies to the right of the catalog, so the composition root hands it in. */
  announced?: (person: Person, room: Room, announcementId: number) => Promise<string[]>;
}

/** In the order asked, each thing once. @throws catalog.unknown-ref {ref}, catalog.no-list */
export async function resolve(deps: ResolveDeps, person: Person, room: Room, what: string[]): Promise<Picked[]> {
  const sight = createSight(await deps.shares.visible(person, room));
  const picked = new Map<string, Picked>();
  for (const text of what) {
    for (const one of await resolveOne(deps, person, room, sight, text)) {
      picked.set(`${one.kind}${one.fileId ?? one.directoryId}`, one);
    }
  }
  return [...picked.values()];
}

async function resolveOne(
  deps: ResolveDeps,
  person: Person,
  room: Room,
  sight: Sight,
  text: string,
): Promise<Picked[]> {
  const number = /^#?(\d{1,6})$/.exec(text.trim())?.[1];
  const ref = readRef(number ? await refOfNumber(deps.db, person, room, Number(number)) : text);
  if (ref?.kind === "a" && deps.announced) {
    const refs = await deps.announced(person, room, ref.id);
    const files = await Promise.all(refs.map((one) => pick(deps.db, sight, readRef(one))));
    const seen = files.flatMap((one) => (one ? [one] : []));
    if (seen.length > 0) return seen;
  }
  const one = await pick(deps.db, sight, ref);
  if (!one) throw new FonError("catalog.unknown-ref", { ref: text.trim().slice(0, 32) });
  return [one];
}

async function pick(db: Db, sight: Sight, ref: ReturnType<typeof readRef>): Promise<Picked | undefined> {
  if (ref?.kind === "f") {
    const row = await findFile(db, ref.id);
    const share = row && sight.locate(row.serverId, row.path);
    return share && { kind: "file", title: row.name, share, fileId: row.id };
  }
  if (ref?.kind !== "d") return undefined;
  const row = await findDirectory(db, ref.id);
  const share = row && sight.locate(row.serverId, row.path);
  return share && { kind: "folder", title: folderTitle(row, share), share, directoryId: row.id };
}

/** Every file of what was picked, at any depth, in the order of paths. What went meanwhile is left out. */
export async function files(db: Db, picked: Picked): Promise<PickedFile[]> {
  if (picked.fileId !== undefined) {
    const row = await findFile(db, picked.fileId);
    return row ? [toPickedFile(row, picked.share, row.name)] : [];
  }
  const top = picked.directoryId === undefined ? undefined : await findDirectory(db, picked.directoryId);
  if (!top) return [];
  const title = picked.title.replaceAll("/", "_");
  const rows = await filesBelow(db, top.serverId, top.path);
  return rows.map((row) => {
    const folder = insideShare(row.path, { ...picked.share, path: top.path });
    return toPickedFile(row, picked.share, [title, folder, row.name].filter((part) => part !== "").join("/"));
  });
}

function toPickedFile(row: FileRow, share: Picked["share"], relativePath: string): PickedFile {
  return {
    fileId: row.id,
    serverId: row.serverId,
    ownerId: share.ownerId,
    groupId: share.groupId,
    path: row.path === "" ? row.name : `${row.path}/${row.name}`,
    relativePath,
    sizeBytes: row.sizeBytes,
    modifiedAt: row.modifiedAt,
  };
}
