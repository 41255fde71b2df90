// What owners' limits hold back at this moment: closed hours and used-up volumes. Due transfers that may not start are put
// to wait with their reason and the time at which they are looked at again. Runs under the lock of leasing.
import { sql } from "drizzle-orm";
import type { ErrorParams } from "#contract";
import type { Tx } from "../../platform/db.ts";
import { signal } from "../../platform/signals.ts";
import type { WallHours } from "../../platform/wall-hours.ts";
import { endOfHours } from "../../platform/wall-hours.ts";
import { midnightsAfter, narrower, roomAhead } from "../limits.ts";
import { purseKeys } from "../turns.ts";
import { idArray } from "./ids.ts";
import type { Usage } from "./volume.ts";
import { readUsage } from "./volume.ts";

/** What one transfer takes away while it runs. */
export interface Reserved {
  personId: number;
  groupId: number;
  sourceId: number;
  leftBytes: number;
}

export interface Held {
  /** Bytes that may still be started, by `purseKeys`. */
  purses: Map<string, number>;
  /** Transfers that are larger than their source's owner allows at all. */
  oversized: Oversized[];
  /** The lines that were looked at, by `lineKey`: what came later at a limited server may not start yet. */
  seen: Set<string>;
}

export interface Oversized {
  id: number;
  pullId: number;
  params: ErrorParams;
}

/** At most so many rows in one go, so that others who lease do not wait long; the rest follows at once. */
const batch = 2_000;

interface LimitedServer extends Record<string, unknown> {
  id: number;
  ownerId: number;
  ownerName: string;
  hours: WallHours | null;
  memberDayBytes: number | null;
  memberWeekBytes: number | null;
  groupDayBytes: number | null;
  groupWeekBytes: number | null;
}

interface Line extends Record<string, unknown> {
  sourceId: number;
  personId: number;
  groupId: number;
}

export function lineKey({ sourceId, personId, groupId }: Record<"sourceId" | "personId" | "groupId", number>): string {
  return `${sourceId}/${personId}/${groupId}`;
}

export async function hold(tx: Tx, running: readonly Reserved[], now: Date): Promise<Held> {
  const purses = new Map<string, number>();
  const servers = await limitedServers(tx);
  if (servers.length === 0) return { purses, oversized: [], seen: new Set() };
  const byId = new Map(servers.map((server) => [server.id, server]));
  const lines = await dueLines(tx, [...byId.keys()], now);
  const usage = await readUsage(tx, [...byId.keys()], now);
  const closed: ClosedLine[] = [];
  const narrow: NarrowLine[] = [];
  for (const line of lines) {
    const server = byId.get(line.sourceId);
    if (!server) continue;
    const shut = closedLine(server, line, now);
    if (shut) closed.push(shut);
    const room = shut ? undefined : narrowLine(server, line, usage, running);
    if (room) narrow.push(room);
    const [member = "", group = ""] = purseKeys({ ...line, isOwn: false });
    if (shut) purses.set(member, -1);
    if (room?.member) purses.set(member, room.member[0] ?? 0);
    if (room?.group) purses.set(group, room.group[0] ?? 0);
  }
  const held = (await holdClosed(tx, closed, now)) + (await holdNarrow(tx, narrow, now));
  if (held >= batch) await signal(tx, "queue");
  return { purses, oversized: await findOversized(tx, narrow, now), seen: new Set(lines.map(lineKey)) };
}

/** Does the owner of a row of `server` limit what others take in a day or seven? */
export const hasVolumeLimit = (row: string) =>
  sql.raw(`(num_nonnulls(${row}.member_day_bytes, ${row}.member_week_bytes, ${row}.group_day_bytes,
    ${row}.group_week_bytes) > 0)`);

async function limitedServers(tx: Tx): Promise<LimitedServer[]> {
  return await tx.execute<LimitedServer>(sql`
    select s.id::float8 as "id", s.owner_id::float8 as "ownerId", p.display_name as "ownerName", s.hours as "hours",
      s.member_day_bytes::float8 as "memberDayBytes", s.member_week_bytes::float8 as "memberWeekBytes",
      s.group_day_bytes::float8 as "groupDayBytes", s.group_week_bytes::float8 as "groupWeekBytes"
    from server s join person p on p.id = s.owner_id
    where s.hours is not null or ${hasVolumeLimit("s")}`);
}

/** Others' transfers that are due at these servers, by person and group. */
async function dueLines(tx: Tx, serverIds: readonly number[], now: Date): Promise<Line[]> {
  return await tx.execute<Line>(sql`
    select distinct t.source_id::float8 as "sourceId", t.person_id::float8 as "personId", t.group_id::float8 as "groupId"
    from transfer t join server s on s.id = t.source_id
    where t.state in ('queued', 'waiting') and t.due_at <= ${now.toISOString()} and t.source_id = any(${idArray(serverIds)})
      and t.person_id <> s.owner_id`);
}

interface ClosedLine extends Line {
  dueAt: string;
  reason: { code: string; params: ErrorParams };
}

function closedLine({ hours, ownerName }: LimitedServer, line: Line, now: Date): ClosedLine | undefined {
  if (!hours) return undefined;
  const { from, to, zone } = hours;
  const opensAt = endOfHours({ from: to, to: from, zone }, now);
  if (!opensAt) return undefined;
  const params = { server: ownerName, from, to, zone };
  return { ...line, dueAt: opensAt.toISOString(), reason: { code: "pull.hours", params } };
}

interface NarrowLine extends Line {
  member: number[] | undefined;
  group: number[] | undefined;
  /** Both together: now, and at the next midnights. */
  room: number[];
  params: ErrorParams;
}

function narrowLine(
  server: LimitedServer,
  line: Line,
  usage: Usage,
  running: readonly Reserved[],
): NarrowLine | undefined {
  const here = running.filter((one) => one.sourceId === server.id && one.personId !== server.ownerId);
  const reserved = (who: "personId" | "groupId") =>
    here.filter((one) => one[who] === line[who]).reduce((sum, one) => sum + one.leftBytes, 0);
  const memberLimit = { dayBytes: server.memberDayBytes, weekBytes: server.memberWeekBytes };
  const groupLimit = { dayBytes: server.groupDayBytes, weekBytes: server.groupWeekBytes };
  const member = roomAhead(memberLimit, usage.ofMember(server.id, line.personId), reserved("personId"));
  const group = roomAhead(groupLimit, usage.ofGroup(server.id, line.groupId), reserved("groupId"));
  const room = narrower(member, group);
  return room && { ...line, member, group, room, params: { server: server.ownerName } };
}

const recordOf = (lines: readonly Line[], columns: string) => sql`
  jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
    as l("sourceId" bigint, "personId" bigint, "groupId" bigint, ${sql.raw(columns)})`;

const dueOf = (now: Date) => sql`
  t.source_id = l."sourceId" and t.person_id = l."personId" and t.group_id = l."groupId"
    and t.state in ('queued', 'waiting') and t.due_at <= ${now.toISOString()}`;

async function holdClosed(tx: Tx, lines: readonly ClosedLine[], now: Date): Promise<number> {
  if (lines.length === 0) return 0;
  const rows = await tx.execute(sql`
    update transfer set state = 'waiting', reason = mine.reason, due_at = mine."dueAt", waits_for_id = null
    from (
      select t.id, l.reason, l."dueAt" from ${recordOf(lines, '"dueAt" timestamptz, reason jsonb')}
      join transfer t on ${dueOf(now)} order by t.id limit ${batch} for update of t skip locked) mine
    where transfer.id = mine.id returning 1`);
  return rows.length;
}

/** `nth` of the times from now on at which it fits: 1 is now; null when it never does. */
const nth = sql`(
  select min(r.n) from unnest(l.room) with ordinality as r(bytes, n)
  where r.bytes >= t.size_bytes - least(t.bytes_done, t.size_bytes))`;
const narrowColumns = "room float8[], member float8[], params jsonb";

async function holdNarrow(tx: Tx, lines: readonly NarrowLine[], now: Date): Promise<number> {
  if (lines.length === 0) return 0;
  const midnights = sql`${`{${midnightsAfter(now).map((at) => at.toISOString())}}`}::timestamptz[]`;
  const rows = await tx.execute(sql`
    update transfer set state = 'waiting', due_at = mine.due_at, waits_for_id = null,
      reason = jsonb_build_object('code', mine.code, 'params', mine.params)
    from (
      select t.id, (${midnights})[${nth} - 1] as due_at, l.params,
        case when t.size_bytes - least(t.bytes_done, t.size_bytes) > l.member[1] then 'pull.limit-member'
          else 'pull.limit-group' end as code
      from ${recordOf(lines, narrowColumns)}
      join transfer t on ${dueOf(now)} where ${nth} > 1 order by t.id limit ${batch} for update of t skip locked) mine
    where transfer.id = mine.id returning 1`);
  return rows.length;
}

async function findOversized(tx: Tx, lines: readonly NarrowLine[], now: Date): Promise<Oversized[]> {
  if (lines.length === 0) return [];
  interface Row extends Record<string, unknown>, Oversized {}
  return await tx.execute<Row>(sql`
    select t.id::float8 as "id", t.pull_id::float8 as "pullId", l.params as "params"
    from ${recordOf(lines, narrowColumns)} join transfer t on ${dueOf(now)} where ${nth} is null limit ${batch}`);
}
