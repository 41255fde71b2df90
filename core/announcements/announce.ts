// After a scan: what the groups of the server's shares are told, in the scan's own transaction.
import type { AddedFile, Applied } from "../catalog/index.ts";
import type { Tx } from "../platform/db.ts";
import { appendEvent, shareKey } from "../platform/outbox.ts";
import { makeRef } from "../platform/refs.ts";
import { insertAnnouncement, markIntroduced, sharesOf, totalsOf } from "./store.ts";
import type { TellingShare } from "./told.ts";
import { shareOut, sumBytes, tellAdded } from "./told.ts";

/**
 * A share is introduced once, by the first scan that left nothing unread; from then on new files are told, one
 * announcement for each share and scan.
 */
export async function announce(tx: Tx, applied: Applied): Promise<void> {
  const shares = await sharesOf(tx, applied.serverId);
  const known = shares.filter((share) => share.introducedAt !== null);
  for (const share of shares) {
    if (share.introducedAt === null && applied.complete) await introduce(tx, share, applied);
  }
  for (const [share, files] of shareOut(known, applied.added)) await tellFiles(tx, share, files, applied);
}

async function tellFiles(tx: Tx, share: TellingShare, files: readonly AddedFile[], { serverId, at }: Applied) {
  const made = { shareId: share.id, files: files.length, bytes: sumBytes(files), createdAt: at };
  const id = await insertAnnouncement(tx, made, files);
  const key = `${shareKey(share.id)}added/${at.toISOString()}`;
  await appendEvent(tx, { key, groupId: share.groupId, serverId, telling: tellAdded(share, files, id) });
}

/** An empty share is introduced without a word: its first files are then told as new. */
async function introduce(tx: Tx, share: TellingShare, { serverId, at }: Applied): Promise<void> {
  await markIntroduced(tx, share.id, at);
  const { files, bytes, folders } = await totalsOf(tx, share.id);
  if (files === 0) return;
  const id = await insertAnnouncement(tx, { shareId: share.id, files, bytes, createdAt: at }, []);
  const { owner, name, groupId } = share;
  await appendEvent(tx, {
    key: `${shareKey(share.id)}indexed`,
    groupId,
    serverId,
    telling: { kind: "share.indexed", announcement: makeRef("a", id), owner, share: name, files, bytes, folders },
  });
}
