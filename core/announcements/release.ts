// Telling an announcement when it is due: right away in a scan's transaction, or later by the core's timer. It goes to
// the outbox with its reference alone; what it says is filled in when a bot hears it (fill.ts).
import type { Groups } from "../groups/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { appendEvent } from "../platform/outbox.ts";
import { makeRef } from "../platform/refs.ts";
import { endOfHours } from "../platform/wall-hours.ts";
import { dueAt, newsHourMs } from "./due.ts";
import type { Waiting, Wanted } from "./store/announcements.ts";
import { markTold, nextDueAt, putOff, takeWaiting, toldSince } from "./store/announcements.ts";

export type NewsOf = Pick<Groups, "newsOf">;

/**
 * Tells it when it is due by the group's settings of now, else plans it. A group that wants no news is told nothing;
 * its announcement is closed all the same. Call it with the row locked, and last in the transaction.
 * @returns whether it waits on
 */
export async function release(tx: Tx, groups: NewsOf, waiting: Waiting, now: Date): Promise<boolean> {
  const { id, groupId, shareId } = waiting;
  const { news, quiet } = await groups.newsOf(tx, groupId);
  if (news !== "off") {
    const told =
      shareId === null
        ? await toldSince(tx, groupId, new Date(now.getTime() - newsHourMs))
        : { count: 0, lastAt: null };
    const planned = dueAt({ now, told, quietUntil: quiet ? endOfHours(quiet, now) : undefined });
    if (planned > now) {
      if (planned.getTime() !== waiting.dueAt.getTime()) await putOff(tx, id, planned);
      return true;
    }
  }
  await markTold(tx, id, now);
  if (news === "off") return false;
  const kind = shareId === null ? ("files.added" as const) : ("share.indexed" as const);
  const announcement = makeRef("a", id);
  await appendEvent(tx, { key: `announcement/${id}`, groupId, telling: { kind, announcement } });
  return false;
}

/**
 * Tells everything that is due, each in a transaction of its own; what another core has in hands is passed over.
 * @param options.all looks at everything that waits: the hours and levels of its groups may have changed
 * @returns when the next one is due
 */
export async function releaseDue(
  { db, clock, groups }: { db: Db; clock: Clock; groups: NewsOf },
  { all }: { all: boolean },
): Promise<Date | undefined> {
  const now = clock.now();
  let last: number | undefined = 0;
  while (last !== undefined) {
    const wanted: Wanted = { after: last, dueBy: all ? undefined : now };
    last = await db.transaction((tx) => releaseNext(tx, groups, wanted, now));
  }
  return nextDueAt(db);
}

async function releaseNext(tx: Tx, groups: NewsOf, wanted: Wanted, now: Date): Promise<number | undefined> {
  const waiting = await takeWaiting(tx, wanted);
  if (waiting) await release(tx, groups, waiting, now);
  return waiting?.id;
}
