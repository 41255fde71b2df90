// What others take from one person's servers, by pull and server, and ending that.
// Of a pull's other servers nothing is read.
import { sql } from "drizzle-orm";
import type { Outgoing } from "#contract";
import type { Db, Tx } from "../../platform/db.ts";
import { makeRef } from "../../platform/refs.ts";
import { signal } from "../../platform/signals.ts";
import type { StateCounts } from "../states.ts";
import { openStates, pullStateOf } from "../states.ts";
import { endTransfers } from "./pulls.ts";

export function createOutgoingStore(db: Db) {
  return {
    /** Latest first. */
    latest: (ownerId: number, limit: number) => latest(db, ownerId, limit),
    /** How many it ended; undefined: nothing of that pull is from this person's servers. */
    stop: (ownerId: number, pullId: number, now: Date) => db.transaction((tx) => stop(tx, ownerId, pullId, now)),
  };
}

interface Row extends Record<string, unknown> {
  pullId: number;
  server: string;
  person: string;
  group: string;
  path: string;
  counts: StateCounts;
  bytes: number;
  bytesDone: number;
  bytesPerSecond: number | null;
  startedAtMs: number | null;
}

async function latest(db: Db, ownerId: number, limit: number): Promise<Outgoing[]> {
  const rows = await db.execute<Row>(sql`
    with taken as (
      select t.pull_id, t.source_id, coalesce(max(t.started_at), max(p.created_at)) as at
      from server s join transfer t on t.source_id = s.id join pull p on p.id = t.pull_id
      where s.owner_id = ${ownerId} and t.person_id <> s.owner_id
      group by t.pull_id, t.source_id order by at desc, t.pull_id desc limit ${limit})
    select taken.pull_id::float8 as "pullId", s.label as "server", o.display_name as "person", t.*
    from taken join server s on s.id = taken.source_id join pull p on p.id = taken.pull_id
    join person o on o.id = p.person_id
    cross join lateral (
      select min(g.name) as "group", (array_agg(source_path order by t.id))[1] as "path",
        coalesce(sum(size_bytes), 0)::float8 as "bytes",
        coalesce(sum(case when state = 'done' then size_bytes else least(bytes_done, size_bytes) end), 0)::float8
          as "bytesDone",
        (sum(bytes_per_second) filter (where state = 'running'))::float8 as "bytesPerSecond",
        (extract(epoch from min(started_at)) * 1000)::float8 as "startedAtMs",
        (select jsonb_object_agg(state, n) from (
          select state, count(*)::int as n from transfer
          where pull_id = taken.pull_id and source_id = taken.source_id group by state) c) as "counts"
      from transfer t join share_group g on g.id = t.group_id
      where t.pull_id = taken.pull_id and t.source_id = taken.source_id) t
    order by taken.at desc, taken.pull_id desc`);
  return rows.map(toOutgoing);
}

function toOutgoing({ pullId, counts, startedAtMs, ...row }: Row): Outgoing {
  const state = pullStateOf(counts);
  return {
    ref: makeRef("p", pullId),
    server: row.server,
    person: row.person,
    group: row.group,
    path: row.path,
    state,
    files: Object.values(counts).reduce((sum, n) => sum + n, 0),
    filesDone: counts.done ?? 0,
    bytes: row.bytes,
    bytesDone: row.bytesDone,
    bytesPerSecond: state === "running" ? row.bytesPerSecond : null,
    startedAt: startedAtMs === null ? null : new Date(startedAtMs).toISOString(),
  };
}

async function stop(tx: Tx, ownerId: number, pullId: number, now: Date): Promise<number | undefined> {
  const isTheirs = sql`person_id <> ${ownerId} and source_id in (select id from server where owner_id = ${ownerId})`;
  const [owner] = await tx.execute<{ name: string }>(sql`
    select display_name as "name" from person where id = ${ownerId} and exists (
      select from transfer where pull_id = ${pullId} and ${isTheirs})`);
  if (!owner) return undefined;
  const isOpen = sql`state in (${sql.join(
    openStates.map((state) => sql`${state}`),
    sql`, `,
  )})`;
  const reason = { code: "pull.stopped-by-owner", params: { server: owner.name, owner: owner.name } };
  const stopped = await endTransfers(tx, pullId, sql`${isTheirs} and ${isOpen}`, { state: "failed", reason }, now);
  await signal(tx, "rights");
  return stopped;
}
