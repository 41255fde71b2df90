// Pulls as a person sees them, computed from the transfers' rows in one statement.
import { sql } from "drizzle-orm";
import type { Pull } from "#contract";
import type { Db, Tx } from "../../platform/db.ts";
import { makeRef } from "../../platform/refs.ts";
import type { StoredReason } from "../../schema/transfers.ts";
import type { StateCounts } from "../states.ts";
import { pullStateOf } from "../states.ts";
import { turnWeightMs } from "../turns.ts";
import { idArray } from "./ids.ts";

interface ViewRow extends Record<string, unknown> {
  id: number;
  title: string;
  to: string;
  from: string[];
  counts: StateCounts;
  files: number;
  bytes: number;
  bytesDone: number;
  liveSpeed: number | null;
  waitingReason: StoredReason | null;
  lastReason: StoredReason | null;
  nextTryAtMs: number | null;
  createdAtMs: number;
  finishedAtMs: number | null;
}

/** What a number holds: servers may say anything of their sizes. */
const mostBytes = sql.raw(`${Number.MAX_SAFE_INTEGER}`);
const ms = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`);

/** All transfers of a pull are read once, and for the reasons those that wait, or came to nothing, once more. @param which a condition on `p`, the pull */
async function viewRows(db: Db | Tx, which: ReturnType<typeof sql>): Promise<ViewRow[]> {
  const reasons = (states: string, order: string) => sql`(
    select (array_agg(reason order by ${sql.raw(order)}))[1] from transfer
    where pull_id = p.id and state in (${sql.raw(states)}) and reason is not null)`;
  return await db.execute<ViewRow>(sql`
    select p.id::float8 as "id", p.title as "title", d.label as "to", ${ms("p.created_at")} as "createdAtMs",
      ${ms("p.finished_at")} as "finishedAtMs", t.*, ${reasons("'waiting'", "due_at, id")} as "waitingReason",
      ${reasons("'failed', 'cancelled'", "id")} as "lastReason"
    from pull p join server d on d.id = p.destination_id
    cross join lateral (
      with part as (
        select state, source_id, count(*) as files, sum(size_bytes) as bytes,
          sum(case when state = 'done' then size_bytes else least(bytes_done, size_bytes) end) as bytes_done,
          sum(bytes_per_second) as speed, min(due_at) as due_at
        from transfer where pull_id = p.id group by state, source_id)
      select coalesce(sum(files), 0)::int as "files", least(coalesce(sum(bytes), 0), ${mostBytes})::float8 as "bytes",
        least(coalesce(sum(bytes_done), 0), ${mostBytes})::float8 as "bytesDone",
        (sum(speed) filter (where state = 'running'))::float8 as "liveSpeed",
        ${ms("min(due_at) filter (where state = 'waiting')")} as "nextTryAtMs",
        coalesce((select jsonb_object_agg(state, n) from (
          select state, sum(files)::int as n from part group by state) c), '{}') as "counts",
        array(
          select distinct o.display_name from part join server s on s.id = part.source_id join person o on o.id = s.owner_id
          order by 1) as "from"
      from part) t
    where ${which}
    order by p.created_at desc, p.id desc`);
}

/** @param personId the asking person: other people's pulls are not seen */
export async function viewPulls(db: Db | Tx, personId: number, ids: readonly number[], now: Date): Promise<Pull[]> {
  const rows = await viewRows(db, sql`p.person_id = ${personId} and p.id = any(${idArray(ids)})`);
  return await withPlaces(db, rows, now);
}

export async function viewLatest(db: Db, personId: number, limit: number, now: Date): Promise<Pull[]> {
  const latest = sql`p.id in (
    select id from pull where person_id = ${personId} order by finished_at is not null, created_at desc limit ${limit})`;
  return await withPlaces(db, await viewRows(db, latest), now);
}

async function withPlaces(db: Db | Tx, rows: ViewRow[], now: Date): Promise<Pull[]> {
  const queued = rows.filter((row) => pullStateOf(row.counts) === "queued").map((row) => row.id);
  const places = queued.length > 0 ? await queuePlaces(db, queued, now) : new Map<number, number>();
  return rows.map((row) => toPull(row, places.get(row.id)));
}

/**
 * The order of the turns (turns.ts) at each source: a pull stands where its next file stands, and with several sources
 * where it is next.
 */
async function queuePlaces(db: Db | Tx, ids: readonly number[], now: Date): Promise<Map<number, number>> {
  const nowMs = now.getTime();
  const rows = await db.execute<{ id: number; place: number }>(sql`
    with line as (
      select pull_id, person_id, source_id,
        row_number() over (partition by source_id, person_id order by rank, size_bytes, id) as nth
      from transfer
      where state in ('queued', 'waiting') and due_at <= ${now.toISOString()} and source_id in (
        select source_id from transfer where state = 'queued' and pull_id = any(${idArray(ids)}))),
    next as (
      select pull_id, person_id, source_id, min(nth) as nth from line group by pull_id, person_id, source_id),
    people as materialized (
      select p.person_id, (
        select count(distinct (started_at, source_id, destination_id)) from transfer
        where person_id = p.person_id and state = 'running') as running,
        coalesce((
          select extract(epoch from started_at) * 1000 from transfer
          where person_id = p.person_id and started_at is not null order by started_at desc limit 1), 0) as turn_at
      from (select distinct person_id from next) p),
    place as (
      select next.pull_id, row_number() over (partition by next.source_id order by
        case when nth = 1 then turn_at else ${nowMs} end + (running + nth - 1) * ${turnWeightMs}, nth,
        turn_at + running * ${turnWeightMs}, people.person_id) as place
      from next join people using (person_id))
    select pull_id::float8 as "id", min(place)::int as "place" from place where pull_id = any(${idArray(ids)})
    group by pull_id`);
  return new Map(rows.map((row) => [row.id, row.place]));
}

function toPull(row: ViewRow, place: number | undefined): Pull {
  const state = pullStateOf(row.counts);
  // What the pair once reached with a large file says nothing about many small ones.
  const speed = state === "running" ? row.liveSpeed : null;
  return {
    ref: makeRef("p", row.id),
    title: row.title,
    from: row.from,
    to: row.to,
    state,
    files: row.files,
    filesDone: row.counts.done ?? 0,
    filesFailed: row.counts.failed ?? 0,
    bytes: row.bytes,
    bytesDone: row.bytesDone,
    bytesPerSecond: speed,
    remainingMs: speed ? Math.round(((row.bytes - row.bytesDone) / speed) * 1000) : null,
    position: state === "queued" ? (place ?? null) : null,
    reason: reasonOf(row, state),
    nextTryAt: state === "waiting" ? toInstant(row.nextTryAtMs) : null,
    createdAt: new Date(row.createdAtMs).toISOString(),
    finishedAt: toInstant(row.finishedAtMs),
  };
}

function reasonOf(row: ViewRow, state: Pull["state"]): StoredReason | null {
  if (state === "waiting") return row.waitingReason;
  return state === "failed" || state === "cancelled" ? row.lastReason : null;
}

function toInstant(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
