// After a scan: what the groups of the server's shares are told, in the scan's own transaction.
import type { Applied } from "../catalog/index.ts";
import type { Tx } from "../platform/db.ts";
import { appendEvent } from "../platform/outbox.ts";
import { makeRef } from "../platform/refs.ts";
import { signal } from "../platform/signals.ts";
import type { NewsOf } from "./release.ts";
import { release } from "./release.ts";
import type { Waiting } from "./store/announcements.ts";
import {
  addToWaiting,
  insertIntroduction,
  markIntroduced,
  serverOf,
  sharesOf,
  totalsOf,
} from "./store/announcements.ts";
import type { TellingShare } from "./told.ts";
import { filesByGroup } from "./told.ts";

/**
 * A share is introduced once, by the first scan that left nothing unread; from then on new files are told, one
 * announcement for each group, into which later scans go as long as it waits.
 */
export async function announce(tx: Tx, groups: NewsOf, applied: Applied): Promise<void> {
  const shares = await sharesOf(tx, applied.serverId);
  const known = shares.filter((share) => share.introducedAt !== null);
  const waiting: Waiting[] = [];
  for (const share of shares) {
    if (share.introducedAt === null && applied.complete) waiting.push(...(await introduce(tx, share, applied)));
  }
  // In the order of ids, and all before the first event: two scans must not wait for each other.
  const byGroup = [...filesByGroup(known, applied.added)].sort(([a], [b]) => a - b);
  for (const [groupId, files] of byGroup) waiting.push(await addToWaiting(tx, groupId, files, applied.at));
  let isLate = false;
  for (const one of waiting) isLate = (await release(tx, groups, one, applied.at)) || isLate;
  if (applied.indexed) await tellIndexed(tx, applied.serverId, applied.indexed);
  // Wakes the core's timer, which may live in another process.
  if (isLate) await signal(tx, "outbox");
}

/** An empty share is introduced without a word: its first files are then told as new. */
async function introduce(tx: Tx, { id, groupId, path }: TellingShare, { at, indexed }: Applied): Promise<Waiting[]> {
  await markIntroduced(tx, id, at);
  // What was counted a moment ago need not be counted again: it is the longest question of a first scan.
  const { files, bytes } = path === "" && indexed ? indexed : await totalsOf(tx, id);
  return files === 0 ? [] : [await insertIntroduction(tx, { groupId, shareId: id, files, bytes, createdAt: at })];
}

/** To the owner, once; with which groups it may still be shared is asked at the moment of telling. */
async function tellIndexed(tx: Tx, serverId: number, { files, bytes }: { files: number; bytes: number }) {
  const server = await serverOf(tx, serverId);
  if (!server) return;
  const telling = { kind: "server.indexed" as const, server: makeRef("s", serverId), files, bytes };
  await appendEvent(tx, { key: `server.indexed/${serverId}`, personId: server.ownerId, serverId, telling });
}
