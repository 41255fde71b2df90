// The queue's rows: leasing in turns, renewing, giving back. Every write of a worker names the token that it holds.
import { randomBytes } from "node:crypto";
import { and, eq, gt, sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { signal } from "../../platform/signals.ts";
import { leftover, transfer } from "../../schema/index.ts";
import { partPath } from "../destination-path.ts";
import type { Lease, Outcome, Progress, SeenFile } from "../lease.ts";
import type { Candidate, FreeSlots, Standing } from "../turns.ts";
import { takeTurns } from "../turns.ts";
import { settlePull } from "./pulls.ts";

/** Leasing is one at a time, in all cores of a database: the slots are counted under this lock. */
const leaseLock = 7_366_203;

export interface LeaseRequest {
  owner: string;
  now: Date;
  leaseUntil: Date;
  /** At most so many. */
  places: number;
  /** Transfers that this engine has not let go of yet. */
  except: readonly number[];
}

export interface Held {
  id: number;
  token: number;
  progress: Progress;
}

export type QueueStore = ReturnType<typeof createQueueStore>;

export function createQueueStore(db: Db) {
  return {
    /** Back to the queue: leases that ran out, and with `owner` all that an engine of that name held. */
    reclaim: (now: Date, owner?: string) => reclaim(db, now, owner),
    lease: (request: LeaseRequest) => db.transaction((tx) => lease(tx, request)),
    /** Renews leases and writes their progress. Gives the ids that are still held. */
    pulse: (held: readonly Held[], leaseUntil: Date) => pulse(db, held, leaseUntil),
    isHeld: (lease: Lease, now: Date) => isHeld(db, lease, now),
    /** Writes down what the source's file was when the first byte of it moved. */
    note: (lease: Lease, seen: SeenFile) => note(db, lease, seen),
    /** Ends one run that came as far as `bytesDone`. False when the token is an old one: then nothing was written. */
    finish: (lease: Lease, outcome: Outcome, bytesDone: number, now: Date) =>
      db.transaction((tx) => finish(tx, lease, outcome, bytesDone, now)),
    nextDueAt: (now: Date) => nextDueAt(db, now),
    wakeWaitingFor: (serverIds: readonly number[], now: Date) => wakeWaitingFor(db, serverIds, now),
    wakeOwnerWaits: (codes: readonly string[], now: Date) => wakeOwnerWaits(db, codes, now),
  };
}

async function reclaim(db: Db, now: Date, owner: string | undefined): Promise<void> {
  const mine = owner === undefined ? sql`false` : sql`owner = ${owner}`;
  await db.execute(sql`
    update transfer set state = 'queued', owner = null, lease_until = null, bytes_per_second = null
    where id in (
      select id from transfer
      where state = 'running' and (lease_until < ${now.toISOString()} or ${mine})
      for update skip locked)`);
}

interface DueRow extends Record<string, unknown>, Candidate {
  slotsOut: number;
  slotsIn: number;
  place: string;
}

/** Two paths that a file system could take for the same are one place. */
const placeOf = (row: string) => sql.raw(`lower(normalize(${row}.destination_path))`);

/** The smallest few of each person and pair: more than `places` of one pair are never started at once. */
async function dueCandidates(tx: Tx, { now, places, except }: LeaseRequest): Promise<DueRow[]> {
  const due = sql`state in ('queued', 'waiting') and due_at <= ${now.toISOString()}`;
  return await tx.execute<DueRow>(sql`
    with line as (
      select distinct person_id, source_id, destination_id from transfer where ${due})
    select t.id::float8 as "id", t.size_bytes::float8 as "sizeBytes", line.person_id::float8 as "personId",
      line.source_id::float8 as "sourceId", line.destination_id::float8 as "destinationId",
      s.slots_out as "slotsOut", d.slots_in as "slotsIn", ${placeOf("t")} as "place"
    from line
    join server s on s.id = line.source_id
    join server d on d.id = line.destination_id
    cross join lateral (
      select id, size_bytes, destination_path from transfer
      where person_id = line.person_id and source_id = line.source_id and destination_id = line.destination_id
        and ${due} and not (id = any(${idArray(except)}))
      order by size_bytes, id limit ${places}) t`);
}

interface RunningRow extends Record<string, unknown> {
  personId: number;
  sourceId: number;
  destinationId: number;
  place: string;
}

/**
 * Two pulls of one name into one inbox run one after the other: each looks whether the final name is free just before it
 * takes it, and both would find it so.
 */
function withoutRivals(candidates: readonly DueRow[], running: readonly RunningRow[]): DueRow[] {
  const keyOf = ({ destinationId, place }: RunningRow) => `${destinationId}/${place}`;
  const taken = new Set(running.map(keyOf));
  return candidates.filter((one) => {
    const isFree = !taken.has(keyOf(one));
    taken.add(keyOf(one));
    return isFree;
  });
}

async function lease(tx: Tx, request: LeaseRequest): Promise<Lease[]> {
  await tx.execute(sql`select pg_advisory_xact_lock(${leaseLock})`);
  const due = await dueCandidates(tx, request);
  if (due.length === 0) return [];
  const running = await tx.execute<RunningRow>(sql`
    select person_id::float8 as "personId", source_id::float8 as "sourceId", destination_id::float8 as "destinationId",
      ${placeOf("t")} as "place"
    from transfer t where state = 'running'`);
  const candidates = withoutRivals(due, running);
  const standings = await standingsOf(tx, candidates, running);
  const chosen = takeTurns(candidates, standings, freeSlots(candidates, running), request.places);
  return chosen.length === 0 ? [] : await startAll(tx, chosen, request);
}

async function standingsOf(tx: Tx, candidates: DueRow[], running: RunningRow[]): Promise<Map<number, Standing>> {
  const people = [...new Set(candidates.map((candidate) => candidate.personId))];
  // One person alone is always next.
  if (people.length === 1) return new Map();
  const rows = await tx.execute<{ personId: number; lastTurnAtMs: number | null }>(sql`
    select p.id::float8 as "personId", (
      select (extract(epoch from started_at) * 1000)::float8 from transfer
      where person_id = p.id and started_at is not null order by started_at desc limit 1) as "lastTurnAtMs"
    from unnest(${idArray(people)}) as p(id)`);
  const counts = countBy(running, (row) => row.personId);
  return new Map(
    rows.map((row) => [row.personId, { running: counts.get(row.personId) ?? 0, lastTurnAtMs: row.lastTurnAtMs ?? 0 }]),
  );
}

function freeSlots(candidates: DueRow[], running: RunningRow[]): FreeSlots {
  const busyOut = countBy(running, (row) => row.sourceId);
  const busyIn = countBy(running, (row) => row.destinationId);
  return {
    out: new Map(candidates.map((c) => [c.sourceId, c.slotsOut - (busyOut.get(c.sourceId) ?? 0)])),
    in: new Map(candidates.map((c) => [c.destinationId, c.slotsIn - (busyIn.get(c.destinationId) ?? 0)])),
  };
}

function countBy<T>(rows: readonly T[], key: (row: T) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return counts;
}

/** Rows that somebody is changing at this moment are left for the next time. */
async function startAll(tx: Tx, chosen: Candidate[], request: LeaseRequest): Promise<Lease[]> {
  const ids = idArray(chosen.map((candidate) => candidate.id));
  const rows = await tx
    .update(transfer)
    .set({
      state: "running",
      token: sql`${transfer.token} + 1`,
      owner: request.owner,
      leaseUntil: request.leaseUntil,
      // Distinct in the order of the turns, or of two who start together always the same one would count as first.
      startedAt: sql`${request.now.toISOString()}::timestamptz
        + array_position(${ids}, ${transfer.id}) * interval '1 microsecond'`,
      waitsForId: null,
      bytesPerSecond: null,
    })
    .where(
      sql`${transfer.id} in (
        select id from transfer where id = any(${ids}) and state in ('queued', 'waiting') for update skip locked)`,
    )
    .returning();
  const parts = await rememberParts(tx, rows, request.now);
  const turns = chosen.map((candidate) => candidate.id);
  const leases = rows.map((row) => ({ ...row, partPath: parts.get(row.id) ?? "" }));
  return leases.sort((a, b) => turns.indexOf(a.id) - turns.indexOf(b.id));
}

/** The paths of the parts by transfer: named at the first lease, the same ever after. */
async function rememberParts(tx: Tx, rows: Omit<Lease, "partPath">[], dueAt: Date): Promise<Map<number, string>> {
  if (rows.length === 0) return new Map();
  const parts = rows.map((row) => ({
    transferId: row.id,
    serverId: row.destinationId,
    path: partPath(row.destinationPath, row.id, randomBytes(4).toString("hex")),
    dueAt,
  }));
  const kept = await tx
    .insert(leftover)
    .values(parts)
    .onConflictDoUpdate({ target: leftover.transferId, set: { serverId: sql`excluded.server_id` } })
    .returning({ transferId: leftover.transferId, path: leftover.path });
  return new Map(kept.map(({ transferId, path }) => [transferId, path]));
}

async function pulse(db: Db, held: readonly Held[], leaseUntil: Date): Promise<number[]> {
  const rows = JSON.stringify(held.map(({ id, token, progress }) => ({ id, token, ...progress })));
  // Locked in the order of ids, like every statement here that takes several rows.
  const kept = await db.execute<{ id: number }>(sql`
    with held as (
      select * from jsonb_to_recordset(${rows}::jsonb)
        as h(id bigint, token integer, "bytesDone" bigint, "bytesPerSecond" bigint)),
    mine as (
      select t.id from transfer t join held using (id, token) where t.state = 'running' order by t.id for update of t)
    update transfer set lease_until = ${leaseUntil.toISOString()}, bytes_done = held."bytesDone",
      bytes_per_second = held."bytesPerSecond"
    from held, mine where transfer.id = mine.id and held.id = mine.id
    returning transfer.id::float8 as id`);
  return kept.map((row) => row.id);
}

function heldRow(lease: Lease) {
  return and(eq(transfer.id, lease.id), eq(transfer.token, lease.token), eq(transfer.state, "running"));
}

async function isHeld(db: Db, lease: Lease, now: Date): Promise<boolean> {
  const rows = await db
    .select({ id: transfer.id })
    .from(transfer)
    .where(and(heldRow(lease), gt(transfer.leaseUntil, now)));
  return rows.length > 0;
}

async function note(db: Db, lease: Lease, seen: SeenFile): Promise<void> {
  await db.update(transfer).set({ modifiedAt: seen.modifiedAt }).where(heldRow(lease));
}

async function finish(tx: Tx, lease: Lease, outcome: Outcome, bytesDone: number, now: Date): Promise<boolean> {
  if (outcome.kind === "lost") return await leavePaused(tx, lease, bytesDone);
  // The pull first, then its transfers: the same order as a person's pause or cancel.
  await tx.execute(sql`select id from pull where id = ${lease.pullId} for update`);
  const rows = await tx
    .update(transfer)
    .set({ bytesDone, ...columnsOf(outcome, now), owner: null, leaseUntil: null, bytesPerSecond: null })
    .where(heldRow(lease))
    .returning({ id: transfer.id });
  if (rows.length === 0) return await leavePaused(tx, lease, bytesDone);
  if (outcome.kind === "done") await tx.delete(leftover).where(eq(leftover.transferId, lease.id));
  if (outcome.kind === "wait" && outcome.waitsForId !== undefined) await holdOthers(tx, outcome, now);
  if (outcome.kind === "done" || outcome.kind === "over") await settlePull(tx, lease.pullId, now);
  await signal(tx, "queue");
  return true;
}

/** A paused transfer is gone on with where it came to: that is still ours to write as long as nobody leased it again. */
async function leavePaused(tx: Tx, lease: Lease, bytesDone: number): Promise<false> {
  await tx
    .update(transfer)
    .set({ bytesDone })
    .where(and(eq(transfer.id, lease.id), eq(transfer.token, lease.token), eq(transfer.state, "paused")));
  await signal(tx, "queue");
  return false;
}

type Written = Exclude<Outcome, { kind: "lost" }>;

function columnsOf(outcome: Written, now: Date): Partial<typeof transfer.$inferInsert> {
  switch (outcome.kind) {
    case "done":
      return { state: "done", reason: null, finishedAt: now };
    case "over":
      return { state: outcome.state, reason: outcome.reason, finishedAt: now };
    case "again":
      return { state: "queued", dueAt: now };
    case "wait":
      return {
        state: "waiting",
        reason: outcome.reason,
        attempts: outcome.attempts,
        dueAt: new Date(now.getTime() + outcome.delayMs),
        waitsForId: outcome.waitsForId ?? null,
        ...(outcome.seen ? { ...outcome.seen, bytesDone: 0 } : {}),
      };
  }
}

/** One server that does not answer is tried by one transfer at a time, not by two thousand. */
async function holdOthers(tx: Tx, outcome: Extract<Outcome, { kind: "wait" }>, now: Date): Promise<void> {
  const dueAt = new Date(now.getTime() + outcome.delayMs).toISOString();
  const serverId = outcome.waitsForId ?? null;
  await tx.execute(sql`
    update transfer set state = 'waiting', reason = ${JSON.stringify(outcome.reason)}::jsonb,
      attempts = greatest(attempts, ${outcome.attempts}), due_at = ${dueAt}, waits_for_id = ${serverId}
    where id in (
      select id from transfer
      where state in ('queued', 'waiting') and due_at < ${dueAt} and (source_id = ${serverId} or destination_id = ${serverId})
      order by id for update skip locked)`);
}

/** These servers answer: what waited for them may go on. */
async function wakeWaitingFor(db: Db, serverIds: readonly number[], now: Date): Promise<void> {
  await db.execute(sql`
    update transfer set due_at = ${now.toISOString()}
    where id in (
      select id from transfer
      where state = 'waiting' and due_at > ${now.toISOString()} and waits_for_id = any(${idArray(serverIds)})
        and reason->>'code' <> 'inbox.no-space'
      order by id for update skip locked)`);
}

/** An owner changed something: what waited for an owner is tried again. */
async function wakeOwnerWaits(db: Db, codes: readonly string[], now: Date): Promise<void> {
  await db.execute(sql`
    update transfer set due_at = ${now.toISOString()}
    where id in (
      select t.id from transfer t join server s on s.id = t.waits_for_id
      where t.state = 'waiting' and t.due_at > ${now.toISOString()} and s.state not in ('paused', 'locked')
        and t.reason->>'code' in (select jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb))
      order by t.id for update of t skip locked)`);
}

/** When something is due that is not due yet: the end of a wait, or of a lease. */
async function nextDueAt(db: Db, now: Date): Promise<Date | undefined> {
  const [row] = await db.execute<{ ms: number | null }>(sql`
    select (extract(epoch from least(
      (select min(due_at) from transfer where state in ('queued', 'waiting') and due_at > ${now.toISOString()}),
      (select min(lease_until) from transfer where state = 'running'))) * 1000)::float8 as ms`);
  return row?.ms == null ? undefined : new Date(row.ms);
}

/** A bigint array as one parameter. */
function idArray(ids: readonly number[]) {
  return sql`${`{${ids.join(",")}}`}::bigint[]`;
}
