// The bytes that people took from others' servers, by day: written as they move, read by the owners' limits.
import { sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { dayMs, daysOfWeek } from "../limits.ts";
import { idArray } from "./ids.ts";

/** How far a run came, as its worker knows it. */
export interface Moved {
  id: number;
  token: number;
  bytesDone: number;
}

/** What a number holds: servers may say anything of their sizes. */
const mostBytes = sql.raw(`${Number.MAX_SAFE_INTEGER}`);
const dayOf = (now: Date) => sql`${now.toISOString().slice(0, 10)}::date`;

/**
 * Counts what moved since the last call. Call it before `bytes_done` is written, with the transfers' rows locked: the
 * difference to that column is what is new. Less than before is nothing: a part may end before what was counted, and only
 * what moves from there on is new; `bytes_done` is set back before that (see `settleOffset` in run.ts). What owners take
 * from themselves is not counted, nor anything of a server, person or group that is being removed at this moment.
 * @param mine a query that gives transfer rows with their new `"bytesDone"`
 */
export function counting(mine: ReturnType<typeof sql>, now: Date) {
  return sql`
    insert into volume (server_id, person_id, group_id, day, bytes)
    select source_id, person_id, group_id, ${dayOf(now)}, least(sum(bytes), ${mostBytes}) from (
      select m.source_id, m.person_id, m.group_id,
        greatest(m."bytesDone" - m.bytes_done, 0) as bytes
      from ${mine} m join server s on s.id = m.source_id join person p on p.id = m.person_id
        join share_group g on g.id = m.group_id
      where s.owner_id <> m.person_id
      for key share of s, p, g skip locked) moved
    group by source_id, person_id, group_id having sum(bytes) > 0
    order by source_id, person_id, group_id
    on conflict (server_id, person_id, group_id, day) do update set bytes = least(volume.bytes::numeric + excluded.bytes, ${mostBytes})`;
}

/** Counts the end of a run, also of one that was paused or cancelled meanwhile. Before the row is written. */
export async function countMoved(tx: Tx, { id, token, bytesDone }: Moved, now: Date): Promise<void> {
  await tx.execute(sql`
    with mine as (
      select *, ${bytesDone}::bigint as "bytesDone" from transfer
      where id = ${id} and token = ${token} and state in ('running', 'paused', 'cancelled', 'failed') for update)
    ${counting(sql`mine`, now)}`);
}

/** Does the owner of a row of `server` limit what others take in a day or seven? */
export const hasVolumeLimit = (row: string) =>
  sql.raw(`(num_nonnulls(${row}.member_day_bytes, ${row}.member_week_bytes, ${row}.group_day_bytes,
    ${row}.group_week_bytes) > 0)`);

export interface Usage {
  /** By day, today's first, seven days. */
  ofMember(serverId: number, personId: number): number[];
  ofGroup(serverId: number, groupId: number): number[];
}

interface Row extends Record<string, unknown> {
  serverId: number;
  personId: number;
  groupId: number;
  age: number;
  bytes: number;
}

export async function readUsage(tx: Tx | Db, serverIds: readonly number[], now: Date): Promise<Usage> {
  const rows = await tx.execute<Row>(sql`
    select server_id::float8 as "serverId", person_id::float8 as "personId", group_id::float8 as "groupId",
      (${dayOf(now)} - day) as "age", bytes::float8 as "bytes"
    from volume where server_id = any(${idArray(serverIds)})
      and day > ${dayOf(new Date(now.getTime() - daysOfWeek * dayMs))} and day <= ${dayOf(now)}`);
  const sums = new Map<string, number[]>();
  for (const { serverId, personId, groupId, age, bytes } of rows) {
    for (const key of [`${serverId}/p${personId}`, `${serverId}/g${groupId}`]) {
      const days = sums.get(key) ?? Array.from({ length: daysOfWeek }, () => 0);
      days[age] = (days[age] ?? 0) + bytes;
      sums.set(key, days);
    }
  }
  return {
    ofMember: (serverId, personId) => sums.get(`${serverId}/p${personId}`) ?? [],
    ofGroup: (serverId, groupId) => sums.get(`${serverId}/g${groupId}`) ?? [],
  };
}

/** Limits of these servers are wider, or what was reserved there came free: what waited for that is tried again. */
export async function wakeLimited(tx: Tx, serverId: number, now: Date, most?: number): Promise<void> {
  await tx.execute(sql`
    update transfer set due_at = ${now.toISOString()}
    where id in (
      select id from transfer
      where source_id = ${serverId} and state = 'waiting' and due_at > ${now.toISOString()}
        and reason->>'code' in ('pull.hours', 'pull.limit-member', 'pull.limit-group')
      order by rank, size_bytes, id limit ${most ?? null} for update skip locked)`);
}
