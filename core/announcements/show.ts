// The files of an announcement as the asking person may see them now, numbered like any other list.
import type { Item, Room } from "#contract";
import type { Person } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import type { VisibleShare } from "../shares/index.ts";
import { isBelow } from "../shares/index.ts";
import type { AnnouncementsDeps } from "./announcements.ts";
import type { AnnouncedFile, Copies, FoundAnnouncement } from "./store.ts";
import { announcedFiles, copiesOf } from "./store.ts";

const mostItems = 100;

interface SeenFile {
  file: AnnouncedFile;
  share: VisibleShare;
}

/** At most a hundred items, and how many there are; they are the person's last list afterwards. */
export async function show(
  { db, shares, catalog }: AnnouncementsDeps,
  person: Person,
  room: Room,
  { id, createdAt }: FoundAnnouncement,
): Promise<{ items: Item[]; total: number; createdAt: string }> {
  const visible = await shares.visible(person, room);
  const seen = (await announcedFiles(db, id)).flatMap((file) => seenThrough(file, visible));
  const shown = seen.slice(0, mostItems);
  const copies = await copiesOf(db, person.id, {
    fileIds: shown.map(({ file }) => file.fileId),
    serverIds: [...new Set(visible.map((share) => share.serverId))],
  });
  const items = shown.map((one, index) => toItem(one, index + 1, copies.get(one.file.fileId)));
  const refs = items.map((item) => item.ref);
  await catalog.remember(person, room, refs);
  return { items, total: seen.length, createdAt: createdAt.toISOString() };
}

/** Through the narrowest share that shows it; not at all when none does. */
function seenThrough(file: AnnouncedFile, visible: readonly VisibleShare[]): SeenFile[] {
  const fitting = visible.filter(
    ({ serverId, path }) => serverId === file.serverId && isBelow(file.directoryPath, path),
  );
  const [share] = fitting.sort((a, b) => b.path.length - a.path.length || a.id - b.id);
  return share ? [{ file, share }] : [];
}

function toItem({ file, share }: SeenFile, number: number, found: Copies | undefined): Item {
  return {
    number,
    ref: makeRef("f", file.fileId),
    kind: "file",
    name: file.name,
    share: share.name,
    path: share.path === "" ? file.directoryPath : file.directoryPath.slice(share.path.length + 1),
    owner: share.ownerName,
    bytes: file.sizeBytes,
    files: 1,
    modifiedAt: file.modifiedAtMs === null ? null : new Date(file.modifiedAtMs).toISOString(),
    copies: Math.max(1, found?.copies ?? 1),
    isYours: found?.isYours ?? false,
  };
}
