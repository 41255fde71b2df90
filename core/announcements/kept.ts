// What a person kept, as far as they may still see it.
import type { api, OutputOf, Room } from "#contract";
import type { Person } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import type { AnnouncementsDeps } from "./announcements.ts";
import type { Look } from "./sight.ts";
import { lookFrom } from "./sight.ts";
import type { FoundAnnouncement } from "./store/announcements.ts";
import { keptBy } from "./store/announcements.ts";
import type { AnnouncedFolder } from "./store/files.ts";
import { announcedFolders } from "./store/files.ts";
import { starsOf } from "./store/marks.ts";
import type { Totals } from "./told.ts";
import { seenFolders, totalsOfFolders } from "./told.ts";

const most = 100;

/** Newest first; one of which nothing may be seen any more is left out. */
export async function kept(
  deps: AnnouncementsDeps,
  person: Person,
  room: Room,
): Promise<OutputOf<typeof api.announcements.kept>> {
  const look = await lookFrom(deps, person, room);
  const found = await keptBy(deps.db, person.id, look.groupIds, most);
  const ids = found.map(({ id }) => id);
  const [folders, stars] = await Promise.all([announcedFolders(deps.db, ids), starsOf(deps.db, ids)]);
  const byAnnouncement = Map.groupBy(folders, (folder) => folder.announcementId);
  const announcements = found.flatMap((one) => {
    const { owners, files, bytes } = totalsSeen(one, byAnnouncement.get(one.id) ?? [], look);
    if (files === 0) return [];
    const createdAt = one.createdAt.toISOString();
    return [{ ref: makeRef("a", one.id), owners, files, bytes, stars: stars.get(one.id) ?? 0, createdAt }];
  });
  return { announcements };
}

/** An introduction says what it said when it was made. */
function totalsSeen(found: FoundAnnouncement, folders: AnnouncedFolder[], look: Look): Totals {
  const shares = look(found);
  if (found.shareId === null) return totalsOfFolders(seenFolders(folders, shares ?? []));
  const owners = shares?.map(({ ownerName }) => ownerName) ?? [];
  return shares ? { owners, files: found.files, bytes: found.bytes } : { owners, files: 0, bytes: 0 };
}
