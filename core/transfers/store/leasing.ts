// Leasing in turns: what may start now is chosen and started under one lock. Renewing and giving back is queue.ts's.
// Files of one train (trains.ts) start at the same instant; that is how they are known to take one place.
import { sql } from "drizzle-orm";
import type { Tx } from "../../platform/db.ts";
import { runTogether } from "../../platform/db.ts";
import { taking } from "../../platform/locks.ts";
import { signal } from "../../platform/signals.ts";
import type { Lease } from "../lease.ts";
import type { Line, TrainRules } from "../trains.ts";
import { coupleTrains, pairKey } from "../trains.ts";
import type { FreeSlots, Standing, Table } from "../turns.ts";
import { byTurn, purseKeys, takeTurns } from "../turns.ts";
import type { LimitedServer, Oversized, Reserved } from "./holding.ts";
import { hold, limitedServers, takerKey } from "./holding.ts";
import { idArray } from "./ids.ts";
import type { DueLine, DueRow } from "./lines.ts";
import { dueLines, frontsOf, leftOf, plans } from "./lines.ts";
import { runningNames, withoutRivals } from "./rivals.ts";
import type { Holder } from "./starting.ts";
import { startRows } from "./starting.ts";

export interface LeaseRequest extends Holder {
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
  const [, , running, limited, servers, lines] = await runTogether(tx, [
    taking("leasing"),
    plans("ordered"),
    runningTrains,
    limitedServers,
    serverSlots,
    dueLines(request.now),
    plans("any"),
  ]);
  const { purses, oversized, seen } = await hold(tx, limited, { lines, running, now: request.now });
  const slots = freeSlots(servers, running);
  const standings = standingsOf(lines, running);
  const table = { standings, slots, purses, places: request.places, nowMs: request.now.getTime() };
  const { chosen, inLine, isLate } = await choose(tx, table, { lines: lines.filter(between(slots)), seen }, request);
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
  if (isLimited) {
    await tx.execute(plans("any"));
    const limitedNow = await tx.execute<LimitedServer>(limitedServers);
    await hold(tx, limitedNow, { lines, running: [...running, ...chosen], now: request.now });
  }
  return { leases, oversized };
}

const between = (slots: FreeSlots) => (line: Line) => slots.out.has(line.sourceId) && slots.in.has(line.destinationId);

interface Queue {
  /** Between servers with free slots. */
  lines: readonly DueLine[];
  /** Whose limits were looked at, by `takerKey`. */
  seen: ReadonlySet<string>;
}

/**
 * Only the fronts of the lines of those who are next are read. That is enough when every turn went to somebody else; when it
 * was not, the turns are taken anew with twice as many people.
 *
 * Each statement sees what was committed before it, so a limit may have come since they were looked at: without a purse its
 * server's files would pass it. `isLate`: there are some, left for the next round.
 */
async function choose(
  tx: Tx,
  table: Table,
  { lines, seen }: Queue,
  request: LeaseRequest,
): Promise<{ chosen: DueRow[]; inLine: DueRow[]; isLate: boolean }> {
  const inTurn = [...new Set(lines.map(({ personId }) => personId))].sort(byTurn(table.standings));
  for (let people = 2 * request.places; ; people *= 2) {
    const next = new Set(inTurn.slice(0, people));
    const { due, names } = await readFronts(
      tx,
      lines.filter(({ personId }) => next.has(personId)),
      table,
      request,
    );
    const inTime = due.filter((one) => !one.isLimited || one.isOwn || seen.has(takerKey(one)));
    const inLine = withoutRivals(inTime, names);
    const chosen = takeTurns(inLine, table);
    const isSettled =
      chosen.length === request.places && new Set(chosen.map((one) => one.personId)).size === chosen.length;
    if (isSettled || people >= inTurn.length) return { chosen, inLine, isLate: inTime.length < due.length };
  }
}

/** What is in front of these lines, and the names that are being brought where that goes to. */
async function readFronts(tx: Tx, lines: readonly DueLine[], table: Table, request: LeaseRequest) {
  if (lines.length === 0) return { due: [], names: [] };
  const [, due, names] = await runTogether(tx, [
    plans("ordered"),
    frontsOf(
      lines.map((line) => frontOf(line, table, request)),
      request,
    ),
    runningNames(lines.map(({ destinationId }) => destinationId)),
  ]);
  return { due, names };
}

/** Rivals for one name may stand in front of a line; so many more than there are slots are looked at. */
const spare = 8;

function frontOf(line: DueLine, { slots }: Table, { places, trains }: LeaseRequest) {
  const free = Math.min(slots.out.get(line.sourceId) ?? 0, places);
  return { ...line, most: free + spare + (trains?.pairs.has(pairKey(line)) ? free * trains.followers : 0) };
}

/** Takes one slot at each end, and one place; most are of one file. */
export interface RunningTrain extends Record<string, unknown>, Reserved {
  destinationId: number;
}

/** All of a train have started at the same instant, and no other running transfer at that one. */
export const runningTrains = sql<RunningTrain>`
  select person_id::float8 as "personId", group_id::float8 as "groupId", source_id::float8 as "sourceId",
    destination_id::float8 as "destinationId", sum(${leftOf("t")}) as "leftBytes"
  from transfer t where state = 'running'
  group by person_id, group_id, source_id, destination_id, started_at`;

interface ServerSlots {
  id: number;
  out: number;
  in: number;
}

const serverSlots = sql<ServerSlots>`select id::float8 as "id", slots_out as "out", slots_in as "in" from server`;

/** Servers that have some. */
function freeSlots(servers: readonly ServerSlots[], running: readonly RunningTrain[]): FreeSlots {
  const busyOut = countBy(running, (row) => row.sourceId);
  const busyIn = countBy(running, (row) => row.destinationId);
  const freeOf = (way: "out" | "in", busy: Map<number, number>) =>
    new Map(servers.map((one) => [one.id, one[way] - (busy.get(one.id) ?? 0)] as const).filter(([, free]) => free > 0));
  return { out: freeOf("out", busyOut), in: freeOf("in", busyIn) };
}

/** Of those who have a line. */
function standingsOf(lines: readonly DueLine[], running: readonly RunningTrain[]): Map<number, Standing> {
  const counts = countBy(running, (row) => row.personId);
  return new Map(
    lines.map(({ personId, lastTurnAtMs }) => [
      personId,
      { running: counts.get(personId) ?? 0, lastTurnAtMs: lastTurnAtMs ?? 0 },
    ]),
  );
}

function countBy<T>(rows: readonly T[], key: (row: T) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return counts;
}

/** @returns the first of each train, with the others behind it */
async function startAll(tx: Tx, trains: DueRow[][], request: LeaseRequest): Promise<Lease[]> {
  const ids = idArray(trains.flat().map((candidate) => candidate.id));
  const instants = idArray(trains.flatMap((train, index) => train.map(() => index + 1)));
  // Distinct in the order of the turns, or of two who start together always the same one would count as first; and after
  // all that run, or two trains could count as one.
  const startedAt = sql`greatest(${request.now.toISOString()}::timestamptz,
      (select max(started_at) from transfer where state = 'running'))
    + (${instants})[array_position(${ids}, transfer.id)] * interval '1 microsecond'`;
  const leases = await startRows(tx, trains.flat(), startedAt, request);
  return trains.flatMap((train): Lease[] => {
    const [first, ...followers] = train.flatMap(({ id }) => leases.get(id) ?? []);
    if (!first) return [];
    return [followers.length > 0 ? { ...first, followers } : first];
  });
}
