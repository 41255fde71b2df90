// Leasing in turns: what may start now is chosen and started under one lock. Renewing and giving back is queue.ts's.
// Files of one train (trains.ts) start at the same instant; that is how they are known to take one place.
import { randomBytes } from "node:crypto";
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { Tx } from "../../platform/db.ts";
import { takeLock } from "../../platform/locks.ts";
import { signal } from "../../platform/signals.ts";
import { leftover, transfer } from "../../schema/index.ts";
import { partPath, sameness } from "../destination-path.ts";
import type { Lease } from "../lease.ts";
import type { Coupled, TrainRules } from "../trains.ts";
import { coupleTrains } from "../trains.ts";
import type { Candidate, FreeSlots, Standing, Table } from "../turns.ts";
import { byTurn, purseKeys, takeTurns } from "../turns.ts";
import type { Oversized, Reserved } from "./holding.ts";
import { hasVolumeLimit, hold, lineKey } from "./holding.ts";
import { idArray } from "./ids.ts";

export interface LeaseRequest {
  owner: string;
  now: Date;
  leaseUntil: Date;
  /** At most so many. */
  places: number;
  /** Transfers that this engine has not let go of yet. */
  except: readonly number[];
  /** Without it every file takes a place of its own. */
  trains?: TrainRules;
}

/** @param oversized may never start under their source's limits: the caller ends them, in transactions of their own */
export interface Round {
  leases: Lease[];
  oversized: Oversized[];
}

/** Starts what may start now, the next person first; gives it to `owner` until `leaseUntil`. */
export async function lease(tx: Tx, request: LeaseRequest): Promise<Round> {
  // One at a time, in all cores of a database: the slots are counted under it.
  await takeLock(tx, "leasing");
  const running = await runningTrains(tx);
  const { purses, oversized, seen } = await hold(tx, running, request.now);
  const slots = await freeSlots(tx, running);
  const standings = await standingsOf(tx, slots, running, request);
  const table = { standings, slots, purses, places: request.places, nowMs: request.now.getTime() };
  const { chosen, inLine, isLate } = await choose(tx, table, seen, request);
  if (isLate) await signal(tx, "queue");
  if (chosen.length === 0) return { leases: [], oversized };
  const coupled = request.trains ? coupleTrains(chosen, inLine, request.trains) : new Map<DueRow, DueRow[]>();
  const leases = await startAll(
    tx,
    chosen.map((head) => [head, ...(coupled.get(head) ?? [])]),
    request,
  );
  // What does not fit beside those that just started says so from now on.
  const isLimited = chosen.some((one) => purseKeys(one).some((key) => purses.has(key)));
  if (isLimited) await hold(tx, [...running, ...chosen], request.now);
  return { leases, oversized };
}

/**
 * Only the lines of those who are next are read. That is enough when every turn went to somebody else; when it was not, the
 * turns are taken anew with twice as many people.
 *
 * Each statement sees what was committed before it, so a pull may have come since limits were looked at: without a purse it
 * would pass them. `isLate`: there is one, left for the next round.
 */
async function choose(
  tx: Tx,
  table: Table,
  seen: ReadonlySet<string>,
  request: LeaseRequest,
): Promise<{ chosen: DueRow[]; inLine: DueRow[]; isLate: boolean }> {
  const inTurn = [...table.standings.keys()].sort(byTurn(table.standings));
  for (let people = 2 * request.places; ; people *= 2) {
    const due = await dueCandidates(tx, table.slots, inTurn.slice(0, people), request);
    const inTime = due.filter((one) => !one.isLimited || one.isOwn || seen.has(lineKey(one)));
    const inLine = await withoutRivals(tx, inTime);
    const chosen = takeTurns(inLine, table);
    const isSettled =
      chosen.length === request.places && new Set(chosen.map((one) => one.personId)).size === chosen.length;
    if (isSettled || people >= inTurn.length) return { chosen, inLine, isLate: inTime.length < due.length };
  }
}

export const leftOf = (row: string) =>
  sql.raw(`(${row}.size_bytes - least(${row}.bytes_done, ${row}.size_bytes))::float8`);

/** Takes one slot at each end, and one place; most are of one file. */
export interface RunningTrain extends Record<string, unknown>, Reserved {
  destinationId: number;
}

/** All of a train have started at the same instant, and no other running transfer at that one. */
export async function runningTrains(tx: Tx): Promise<RunningTrain[]> {
  return await tx.execute<RunningTrain>(sql`
    select person_id::float8 as "personId", group_id::float8 as "groupId", source_id::float8 as "sourceId",
      destination_id::float8 as "destinationId", sum(${leftOf("t")}) as "leftBytes"
    from transfer t where state = 'running'
    group by person_id, group_id, source_id, destination_id, started_at`);
}

/** Servers that have some. */
async function freeSlots(tx: Tx, running: readonly RunningTrain[]): Promise<FreeSlots> {
  const servers = await tx.execute<{ id: number; out: number; in: number }>(
    sql`select id::float8 as "id", slots_out as "out", slots_in as "in" from server`,
  );
  const busyOut = countBy(running, (row) => row.sourceId);
  const busyIn = countBy(running, (row) => row.destinationId);
  const freeOf = (way: "out" | "in", busy: Map<number, number>) =>
    new Map(servers.map((one) => [one.id, one[way] - (busy.get(one.id) ?? 0)] as const).filter(([, free]) => free > 0));
  return { out: freeOf("out", busyOut), in: freeOf("in", busyIn) };
}

export interface DueRow extends Record<string, unknown>, Coupled {
  destinationPath: string;
}

/** Nothing of it was begun, as far as anybody knows. */
export const isFresh = sql`(t.state = 'queued' and t.attempts = 0 and t.bytes_done = 0 and t.verified is null and t.tried = '[]'::jsonb)`;

/** Rivals for one name may stand in front of a line; so many more than there are slots are looked at. */
const spare = 8;

/** The first few of each person's line at each source that has a free slot. */
async function dueCandidates(
  tx: Tx,
  slots: FreeSlots,
  people: readonly number[],
  { now, places, except, trains }: LeaseRequest,
): Promise<DueRow[]> {
  if (people.length === 0) return [];
  const due = sql`state in ('queued', 'waiting') and due_at <= ${now.toISOString()}`;
  const out = [...slots.out].map(([id, free]) => ({ id, most: Math.min(free, places) }));
  const coupled = JSON.stringify([...(trains?.pairs.keys() ?? [])]);
  return await tx.execute<DueRow>(sql`
    with free as (select * from jsonb_to_recordset(${JSON.stringify(out)}::jsonb) as f(id bigint, most int)),
    line as (
      select distinct source_id, person_id, group_id, destination_id from transfer
      where ${due} and person_id = any(${idArray(people)}) and source_id = any(${idArray([...slots.out.keys()])})
        and destination_id = any(${idArray([...slots.in.keys()])}))
    select t.id::float8 as "id", t.size_bytes::float8 as "sizeBytes", ${leftOf("t")} as "leftBytes",
      t.rank::float8 as "rank", ${isFresh} as "isFresh", line.person_id::float8 as "personId", line.group_id::float8 as "groupId",
      line.source_id::float8 as "sourceId", line.destination_id::float8 as "destinationId",
      s.owner_id = line.person_id as "isOwn", s.hours is not null or ${hasVolumeLimit("s")} as "isLimited", t.destination_path as "destinationPath"
    from line
    join free on free.id = line.source_id
    join server s on s.id = line.source_id
    cross join lateral (
      select id, size_bytes, bytes_done, rank, destination_path, state, attempts, verified, tried from transfer
      where source_id = line.source_id and person_id = line.person_id and group_id = line.group_id
        and destination_id = line.destination_id and ${due} and not (id = any(${idArray(except)}))
      order by rank, size_bytes, id
      limit free.most + ${spare} + case when ${coupled}::jsonb ? (line.source_id || '>' || line.destination_id)
        then free.most * ${trains?.followers ?? 0} else 0 end) t`);
}

/**
 * Two pulls of one name into one inbox run one after the other: each looks whether the final name is free just before it
 * takes it, and both would find it so.
 */
export async function withoutRivals(tx: Tx, candidates: readonly DueRow[]): Promise<DueRow[]> {
  if (candidates.length === 0) return [];
  const destinations = [...new Set(candidates.map(({ destinationId }) => destinationId))];
  const running = await tx.execute<Pick<DueRow, "destinationId" | "destinationPath">>(sql`
    select destination_id::float8 as "destinationId", destination_path as "destinationPath" from transfer
    where state = 'running' and destination_id = any(${idArray(destinations)})`);
  const keyOf = ({ destinationId, destinationPath }: Pick<DueRow, "destinationId" | "destinationPath">) =>
    `${destinationId}/${sameness(destinationPath)}`;
  const taken = new Set(running.map(keyOf));
  return candidates.filter((one) => {
    const isFree = !taken.has(keyOf(one));
    taken.add(keyOf(one));
    return isFree;
  });
}

/** Of those who have something due between servers with free slots. */
async function standingsOf(
  tx: Tx,
  slots: FreeSlots,
  running: readonly RunningTrain[],
  { now }: LeaseRequest,
): Promise<Map<number, Standing>> {
  const rows = await tx.execute<{ personId: number; lastTurnAtMs: number | null }>(sql`
    select p.id::float8 as "personId", (
      select (extract(epoch from started_at) * 1000)::float8 from transfer
      where person_id = p.id and started_at is not null order by started_at desc limit 1) as "lastTurnAtMs"
    from person p cross join lateral (
      select from transfer
      where person_id = p.id and state in ('queued', 'waiting') and due_at <= ${now.toISOString()}
        and source_id = any(${idArray([...slots.out.keys()])})
        and destination_id = any(${idArray([...slots.in.keys()])}) limit 1) due`);
  const counts = countBy(running, (row) => row.personId);
  return new Map(
    rows.map((row) => [row.personId, { running: counts.get(row.personId) ?? 0, lastTurnAtMs: row.lastTurnAtMs ?? 0 }]),
  );
}

function countBy<T>(rows: readonly T[], key: (row: T) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return counts;
}

/** @returns the first of each train, with the others behind it */
async function startAll(tx: Tx, trains: Candidate[][], request: LeaseRequest): Promise<Lease[]> {
  const ids = idArray(trains.flat().map((candidate) => candidate.id));
  const instants = idArray(trains.flatMap((train, index) => train.map(() => index + 1)));
  // Distinct in the order of the turns, or of two who start together always the same one would count as first; and after
  // all that run, or two trains could count as one.
  const startedAt = sql`greatest(${request.now.toISOString()}::timestamptz,
      (select max(started_at) from transfer where state = 'running'))
    + (${instants})[array_position(${ids}, ${transfer.id})] * interval '1 microsecond'`;
  const leases = await startRows(tx, trains.flat(), startedAt, request);
  return trains.flatMap((train): Lease[] => {
    const [first, ...followers] = train.flatMap(({ id }) => leases.get(id) ?? []);
    if (!first) return [];
    return [followers.length > 0 ? { ...first, followers } : first];
  });
}

/** Rows that somebody is changing at this moment are left for the next time. @returns the others, by id */
export async function startRows(
  tx: Tx,
  chosen: readonly Pick<Candidate, "id">[],
  startedAt: SQL,
  { owner, now, leaseUntil }: Pick<LeaseRequest, "owner" | "now" | "leaseUntil">,
): Promise<Map<number, Lease>> {
  const ids = idArray(chosen.map(({ id }) => id));
  const token = sql`${transfer.token} + 1`;
  const rows = await tx
    .update(transfer)
    .set({ state: "running", token, owner, leaseUntil, startedAt, waitsForId: null, bytesPerSecond: null })
    .where(
      sql`${transfer.id} in (
        select id from transfer where id = any(${ids}) and state in ('queued', 'waiting') for update skip locked)`,
    )
    .returning();
  const parts = await rememberParts(tx, rows, now);
  return new Map(rows.map((row) => [row.id, { ...row, partPath: parts.get(row.id) ?? "" }]));
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
