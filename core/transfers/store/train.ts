// The rows of several transfers that one worker holds, each step for all of them in one statement. What is written is what
// queue.ts writes for one; rows whose token is an old one are left out, and the ids that are given back tell which.
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { runTogether } from "../../platform/db.ts";
import { signal, signalling } from "../../platform/signals.ts";
import type { Lease, Verified } from "../lease.ts";
import { idArray } from "./ids.ts";
import { settling, tellSettled } from "./pulls.ts";
import { counting, wakeLimited } from "./volume.ts";

export interface Sealed {
  lease: Lease;
  verified: Verified;
}

export interface Landed {
  lease: Lease;
  /** The way its bytes came. */
  arrangement: string;
  /** Of the whole file. */
  sizeBytes: number;
}

export function createTrainStore(db: Db) {
  return {
    /** Those that are still held. */
    held: (leases: readonly Lease[], now: Date) => held(db, leases, now),
    /** As `seal` of queue.ts; gives those that were still held. */
    seal: (sealed: readonly Sealed[], now: Date, leaseUntil: Date) => seal(db, sealed, now, leaseUntil),
    /** Their files are in their places. Gives those that were still held. */
    finish: (landed: readonly Landed[], now: Date) => db.transaction((tx) => finish(tx, landed, now)),
    /** Back to the queue: of what was begun a part may lie there. Gives those that were still held. */
    giveBack: (leases: readonly Lease[], now: Date) => db.transaction((tx) => giveBack(tx, leases, now)),
  };
}

/** Locked in the order of ids, like every statement here that takes several rows. */
const mine = (rows: readonly object[], columns: string) => sql`
  select t.id, t.source_id, t.person_id, t.group_id, t.bytes_done, t.lease_until, ${sql.raw(columns)}
  from transfer t join jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    as h(id bigint, token integer, verified text, "bytesDone" bigint, arrangement text) using (id, token)
  where t.state = 'running' order by t.id`;

const tokensOf = (leases: readonly Lease[]) => leases.map(({ id, token }) => ({ id, token }));

async function held(db: Db, leases: readonly Lease[], now: Date): Promise<Set<number>> {
  const rows = await db.execute<{ id: number }>(sql`
    select id::float8 as id from (${mine(tokensOf(leases), "0")}) m where lease_until > ${now.toISOString()}`);
  return idsOf(rows);
}

async function seal(db: Db, sealed: readonly Sealed[], now: Date, leaseUntil: Date): Promise<Set<number>> {
  const rows = sealed.map(({ lease: { id, token }, verified }) => ({ id, token, verified }));
  const kept = await db.execute<{ id: number }>(sql`
    with mine as (${mine(rows, "h.verified")} for update of t)
    update transfer set verified = mine.verified,
      lease_until = greatest(transfer.lease_until, ${leaseUntil.toISOString()}::timestamptz)
    from mine where transfer.id = mine.id and mine.lease_until > ${now.toISOString()}
    returning transfer.id::float8 as id`);
  return idsOf(kept);
}

async function finish(tx: Tx, landed: readonly Landed[], now: Date): Promise<Set<number>> {
  const pullIds = pullsOf(landed.map(({ lease }) => lease));
  const rows = landed.map(({ lease: { id, token }, arrangement, sizeBytes }) => ({
    ...{ id, token, arrangement },
    bytesDone: sizeBytes,
  }));
  const [, kept, settled] = await runTogether(tx, [
    lockingPulls(pullIds),
    sql<{ id: number }>`
    with mine as (${mine(rows, 'h."bytesDone", h.arrangement')} for update of t),
    counted as (${counting(sql`mine`, now)}),
    forgotten as (delete from leftover where transfer_id in (select id from mine))
    update transfer set state = 'done', reason = null, finished_at = ${now.toISOString()}, bytes_done = mine."bytesDone",
      arrangement = mine.arrangement, owner = null, lease_until = null, bytes_per_second = null
    from mine where transfer.id = mine.id returning transfer.id::float8 as id`,
    settling(pullIds, now),
    tellingOfPlace(landed),
  ]);
  await tellSettled(tx, settled, now);
  return idsOf(kept);
}

async function giveBack(tx: Tx, leases: readonly Lease[], now: Date): Promise<Set<number>> {
  await tx.execute(lockingPulls(pullsOf(leases)));
  const kept = await tx.execute<{ id: number }>(sql`
    with mine as (${mine(tokensOf(leases), "0")} for update of t)
    update transfer set state = 'queued', owner = null, lease_until = null, bytes_per_second = null
    from mine where transfer.id = mine.id returning transfer.id::float8 as id`);
  for (const sourceId of new Set(leases.map((lease) => lease.sourceId))) await wakeLimited(tx, sourceId, now, 100);
  await signal(tx, "queue");
  return idsOf(kept);
}

/**
 * As long as others of the train run on in its place there is nothing to tell: what waits for one of its names is of the same
 * person, and so ends the train, or goes on in it. What runs is read apart, or PostgreSQL might read all that ever started with it.
 */
function tellingOfPlace(landed: readonly Landed[]): SQL<object> {
  const ids = idArray(landed.map(({ lease }) => lease.id));
  return sql<object>`
    with running as materialized (select started_at from transfer where state = 'running')
    ${signalling("queue")} where not exists (
      select from running where started_at in (
        select started_at from transfer where id = any(${ids}) and state = 'done'))`;
}

/** The pulls first, then their transfers: the same order as a person's pause or cancel. */
function lockingPulls(pullIds: readonly number[]): SQL<object> {
  return sql<object>`select from pull where id = any(${idArray(pullIds)}) order by id for update`;
}

function pullsOf(leases: readonly Lease[]): number[] {
  return [...new Set(leases.map((lease) => lease.pullId))];
}

function idsOf(rows: readonly { id: number }[]): Set<number> {
  return new Set(rows.map((row) => row.id));
}
