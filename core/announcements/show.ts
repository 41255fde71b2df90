// The files of an announcement as the asking person may see them now, in pages that are numbered like any other list.
import type { api, Item, OutputOf, Room } from "#contract";
import { cutPage, placeByKey, readCursor } from "../catalog/index.ts";
import type { Person } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import type { VisibleShare } from "../shares/index.ts";
import type { AnnouncementsDeps } from "./announcements.ts";
import { readAnnouncementRef, unknownAnnouncement } from "./ref.ts";
import { lookFrom } from "./sight.ts";
import { byId } from "./store/announcements.ts";
import type { AnnouncedFile, Copies } from "./store/files.ts";
import { announcedFiles, copiesOf } from "./store/files.ts";
import { hasMark, starsOf } from "./store/marks.ts";
import { seenThrough } from "./told.ts";

interface SeenFile {
  file: AnnouncedFile;
  share: VisibleShare;
}

/** One page; the shown pages are the person's last list afterwards. @throws `catalog.unknown-ref`, `request.invalid` (cursor) */
export async function show(
  deps: AnnouncementsDeps,
  person: Person,
  room: Room,
  asked: { announcement: string; cursor?: string | undefined },
): Promise<OutputOf<typeof api.announcements.show>> {
  const { db, catalog } = deps;
  const cursor = readCursor(asked.cursor);
  const found = await byId(db, readAnnouncementRef(asked.announcement));
  const shares = found && (await lookFrom(deps, person, room))(found);
  // To somebody who may not see it: the same answer as for what never was.
  if (!shares) throw unknownAnnouncement(asked.announcement);
  const seen = (await announcedFiles(db, found.id)).flatMap((file): SeenFile[] => {
    const share = seenThrough(file, shares);
    return share ? [{ file, share }] : [];
  });
  const keyOf = ({ file }: SeenFile) => [file.fileId];
  const page = cutPage(seen, cursor, keyOf, placeByKey(seen, keyOf));
  const items = await toItems(deps, person, page.lines, shares, page.shown);
  const refs = items.map((item) => item.ref);
  await catalog.remember(person, room, refs, page.shown);
  const mark = { announcementId: found.id, personId: person.id, kind: "keep" as const };
  const [stars, isKept] = await Promise.all([starsOf(db, [found.id]), hasMark(db, mark)]);
  const { next, previous } = page;
  const list = { items, next, previous, total: seen.length, isCapped: false };
  return { ...list, createdAt: found.createdAt.toISOString(), stars: stars.get(found.id) ?? 0, isKept };
}

async function toItems(
  { db }: AnnouncementsDeps,
  person: Person,
  lines: readonly SeenFile[],
  shares: readonly VisibleShare[],
  shown: number,
): Promise<Item[]> {
  const copies = await copiesOf(db, person.id, {
    fileIds: lines.map(({ file }) => file.fileId),
    serverIds: [...new Set(shares.map((share) => share.serverId))],
  });
  return lines.map((one, index) => toItem(one, shown + index + 1, copies.get(one.file.fileId)));
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
