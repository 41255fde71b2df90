// The whole of what is told, at the moment of telling: what is still there, still shared with the group, and as much of
// it as the group wants by now. What was unshared, left or removed meanwhile is not told.
import type { Telling } from "#contract";
import { readRef } from "../platform/refs.ts";
import type { AnnouncementsDeps } from "./announcements.ts";
import { byId, groupsOfOwner, serverOf, totalsOf } from "./store/announcements.ts";
import { announcedFolders } from "./store/files.ts";
import { seenFolders, tellAdded } from "./told.ts";

type Stored = Record<string, unknown>;

/** What is no announcement comes back as it is; undefined: there is nothing to tell. */
export async function fill(deps: AnnouncementsDeps, stored: Stored): Promise<unknown> {
  switch (stored["kind"] as Telling["kind"]) {
    case "files.added":
      return fillAdded(deps, stored);
    case "share.indexed":
      return fillIntroduction(deps, stored);
    case "server.indexed":
      return fillIndexed(deps, stored);
    default:
      return stored;
  }
}

function idOf(stored: Stored, field: "announcement" | "server"): number {
  return readRef(String(stored[field]))?.id ?? 0;
}

async function fillAdded({ db, groups, shares }: AnnouncementsDeps, stored: Stored): Promise<Telling | undefined> {
  const found = await byId(db, idOf(stored, "announcement"));
  if (!found) return undefined;
  const { news } = await groups.newsOf(db, found.groupId);
  const seen = seenFolders(await announcedFolders(db, [found.id]), await shares.ofGroup(found.groupId));
  return tellAdded(found.id, news, seen);
}

async function fillIntroduction(
  { db, groups, shares }: AnnouncementsDeps,
  stored: Stored,
): Promise<Telling | undefined> {
  const found = await byId(db, idOf(stored, "announcement"));
  if (!found || (await groups.newsOf(db, found.groupId)).news === "off") return undefined;
  const share = (await shares.ofGroup(found.groupId)).find(({ id }) => id === found.shareId);
  if (!share) return undefined;
  const totals = await totalsOf(db, share.id);
  const announcement = String(stored["announcement"]);
  if (totals.files === 0) return undefined;
  return { kind: "share.indexed", announcement, owner: share.ownerName, share: share.name, ...totals };
}

/** With the groups that see nothing of it yet. Nothing is told when all of them do. */
async function fillIndexed({ db }: AnnouncementsDeps, stored: Stored): Promise<unknown> {
  const id = idOf(stored, "server");
  const [server, { all, without }] = await Promise.all([serverOf(db, id), groupsOfOwner(db, id)]);
  if (!server || (all > 0 && without.length === 0)) return undefined;
  return { ...stored, label: server.label, groups: without };
}
