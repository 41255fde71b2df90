// More light files for a train that is under way. They go in its place, so nothing is leased where somebody else waits for
// that: the train then ends, and turns are taken (leasing.ts).
import { sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { takeLock } from "../../platform/locks.ts";
import type { Lease } from "../lease.ts";
import { continueTrain, leastLightBytes, lineOf, pairKey } from "../trains.ts";
import { hasVolumeLimit } from "./holding.ts";
import { idArray } from "./ids.ts";
import type { DueRow, LeaseRequest, RunningTrain } from "./leasing.ts";
import { isFresh, leftOf, runningTrains, startRows, withoutRivals } from "./leasing.ts";

export interface Extension extends Pick<LeaseRequest, "owner" | "now" | "leaseUntil" | "except" | "trains"> {
  /** At most so many. */
  files: number;
}

/** @param head one of the train's that runs still: what comes counts as started with it, and so as one train with it */
export async function extend(tx: Tx, head: Lease, request: Extension): Promise<Lease[]> {
  await takeLock(tx, "leasing");
  const startedAt = await startOf(tx, head, request.now);
  if (startedAt === undefined) return [];
  const trains = trainsOf(head, await runningTrains(tx));
  const inLine = await withoutRivals(tx, await frontOf(tx, head, trains * request.files, request));
  const lightBytes = request.trains?.pairs.get(pairKey(head)) ?? leastLightBytes;
  const chosen = continueTrain(inLine, { most: request.files, trains, lightBytes });
  if (chosen.length === 0) return [];
  const leases = await startRows(tx, chosen, sql`${startedAt}::timestamptz`, request);
  return chosen.flatMap(({ id }) => leases.get(id) ?? []);
}

/**
 * When the train began, as long as it may go on. Undefined when `head` is not held any more: then its place is free for
 * whoever is next. Also when anything is due that wants a slot of these servers, or a place of this person, and is not in the
 * same line.
 */
export async function startOf(tx: Tx | Db, head: Lease, now: Date): Promise<string | undefined> {
  const { id, token, personId, groupId, sourceId, destinationId } = head;
  const [row] = await tx.execute<{ startedAt: string }>(sql`
    select started_at::text as "startedAt" from transfer
    where id = ${id} and token = ${token} and state = 'running' and not exists (
      select from transfer
      where state in ('queued', 'waiting') and due_at <= ${now.toISOString()}
        and (source_id = ${sourceId} or destination_id = ${destinationId} or person_id = ${personId})
        and (person_id, group_id, source_id, destination_id) <>
          (${personId}::bigint, ${groupId}::bigint, ${sourceId}::bigint, ${destinationId}::bigint))`);
  return row?.startedAt;
}

function trainsOf(head: Lease, running: readonly RunningTrain[]): number {
  return Math.max(1, running.filter((train) => lineOf(train) === lineOf(head)).length);
}

async function frontOf(tx: Tx, head: Lease, most: number, { now, except }: Extension): Promise<DueRow[]> {
  return await tx.execute<DueRow>(sql`
    select t.id::float8 as "id", t.size_bytes::float8 as "sizeBytes", ${leftOf("t")} as "leftBytes", t.rank::float8 as "rank",
      ${isFresh} as "isFresh", t.person_id::float8 as "personId", t.group_id::float8 as "groupId",
      t.source_id::float8 as "sourceId", t.destination_id::float8 as "destinationId", s.owner_id = t.person_id as "isOwn",
      s.hours is not null or ${hasVolumeLimit("s")} as "isLimited", t.destination_path as "destinationPath"
    from transfer t join server s on s.id = t.source_id
    where t.person_id = ${head.personId} and t.source_id = ${head.sourceId} and t.group_id = ${head.groupId}
      and t.destination_id = ${head.destinationId} and t.state in ('queued', 'waiting')
      and t.due_at <= ${now.toISOString()} and not (t.id = any(${idArray(except)}))
    order by t.rank, t.size_bytes, t.id limit ${most}`);
}
