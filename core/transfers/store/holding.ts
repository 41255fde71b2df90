// What owners' limits hold back at this moment: closed hours and used-up volumes. Due transfers that may not start are put
// to wait with their reason and the time at which they are looked at again. Runs under the lock of leasing.
import { sql } from "drizzle-orm";
import type { ErrorParams } from "#contract";
import type { Tx } from "../../platform/db.ts";
import { signal } from "../../platform/signals.ts";
import type { WallHours } from "../../platform/wall-hours.ts";
import { endOfHours } from "../../platform/wall-hours.ts";
import { midnightsAfter, narrower, roomAhead } from "../limits.ts";
import type { Line } from "../trains.ts";
import { purseKeys } from "../turns.ts";
import type { Usage } from "./volume.ts";
import { hasVolumeLimit, readUsage } from "./volume.ts";

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
  /** Who was looked at, by `takerKey`: what came later at a limited server may not start yet. */
  seen: Set<string>;
}

export interface Oversized {
  id: number;
  pullId: number;
  params: ErrorParams;
}

/** At most so many rows in one go, so that others who lease do not wait long; the rest follows at once. */
const batch = 2_000;

export interface LimitedServer extends Record<string, unknown> {
  id: number;
  ownerId: number;
  ownerName: string;
  hours: WallHours | null;
  memberDayBytes: number | null;
  memberWeekBytes: number | null;
  groupDayBytes: number | null;
  groupWeekBytes: number | null;
}

/** Who takes from what: owners do not look at where to. */
interface Taker extends Record<string, unknown> {
  sourceId: number;
  personId: number;
  groupId: number;
}

export function takerKey({ sourceId, personId, groupId }: Pick<Line, "sourceId" | "personId" | "groupId">): string {
  return `${sourceId}/${personId}/${groupId}`;
}

/** @param servers what `limitedServers` gives */
export async function hold(
  tx: Tx,
  servers: readonly LimitedServer[],
  { lines, running, now }: { lines: readonly Line[]; running: readonly Reserved[]; now: Date },
): Promise<Held> {
  const purses = new Map<string, number>();
  if (servers.length === 0) return { purses, oversized: [], seen: new Set() };
  const byId = new Map(servers.map((server) => [server.id, server]));
  const takers = takersOf(lines, byId);
  const usage = await readUsage(tx, [...byId.keys()], now);
  const closed: Closed[] = [];
  const narrow: Narrow[] = [];
  for (const taker of takers) {
    const server = byId.get(taker.sourceId);
    if (!server) continue;
    const shut = closedOf(server, taker, now);
    if (shut) closed.push(shut);
    const room = shut ? undefined : narrowOf(server, taker, usage, running);
    if (room) narrow.push(room);
    const [member = "", group = ""] = purseKeys({ ...taker, isOwn: false });
    if (shut) purses.set(member, -1);
    if (room?.member) purses.set(member, room.member[0] ?? 0);
    if (room?.group) purses.set(group, room.group[0] ?? 0);
  }
  const held = (await holdClosed(tx, closed, now)) + (await holdNarrow(tx, narrow, now));
  if (held >= batch) await signal(tx, "queue");
  return { purses, oversized: await findOversized(tx, narrow, now), seen: new Set(takers.map(takerKey)) };
}

export const limitedServers = sql<LimitedServer>`
  select s.id::float8 as "id", s.owner_id::float8 as "ownerId", p.display_name as "ownerName", s.hours as "hours",
    s.member_day_bytes::float8 as "memberDayBytes", s.member_week_bytes::float8 as "memberWeekBytes",
    s.group_day_bytes::float8 as "groupDayBytes", s.group_week_bytes::float8 as "groupWeekBytes"
  from server s join person p on p.id = s.owner_id
  where s.hours is not null or ${hasVolumeLimit("s")}`;

/** Others who take from these servers. */
function takersOf(lines: readonly Line[], servers: ReadonlyMap<number, LimitedServer>): Taker[] {
  const takers = new Map<string, Taker>();
  for (const { sourceId, personId, groupId } of lines) {
    const server = servers.get(sourceId);
    const taker = { sourceId, personId, groupId };
    if (server && server.ownerId !== personId) takers.set(takerKey(taker), taker);
  }
  return [...takers.values()];
}

interface Closed extends Taker {
  dueAt: string;
  reason: { code: string; params: ErrorParams };
}

function closedOf({ hours, ownerName }: LimitedServer, taker: Taker, now: Date): Closed | undefined {
  if (!hours) return undefined;
  const { from, to, zone } = hours;
  const opensAt = endOfHours({ from: to, to: from, zone }, now);
  if (!opensAt) return undefined;
  const params = { server: ownerName, from, to, zone };
  return { ...taker, dueAt: opensAt.toISOString(), reason: { code: "pull.hours", params } };
}

interface Narrow extends Taker {
  member: number[] | undefined;
  group: number[] | undefined;
  /** Both together: now, and at the next midnights. */
  room: number[];
  params: ErrorParams;
}

function narrowOf(server: LimitedServer, taker: Taker, usage: Usage, running: readonly Reserved[]): Narrow | undefined {
  const here = running.filter((one) => one.sourceId === server.id && one.personId !== server.ownerId);
  const reserved = (who: "personId" | "groupId") =>
    here.filter((one) => one[who] === taker[who]).reduce((sum, one) => sum + one.leftBytes, 0);
  const memberLimit = { dayBytes: server.memberDayBytes, weekBytes: server.memberWeekBytes };
  const groupLimit = { dayBytes: server.groupDayBytes, weekBytes: server.groupWeekBytes };
  const member = roomAhead(memberLimit, usage.ofMember(server.id, taker.personId), reserved("personId"));
  const group = roomAhead(groupLimit, usage.ofGroup(server.id, taker.groupId), reserved("groupId"));
  const room = narrower(member, group);
  return room && { ...taker, member, group, room, params: { server: server.ownerName } };
}

const recordOf = (takers: readonly Taker[], columns: string) => sql`
  jsonb_to_recordset(${JSON.stringify(takers)}::jsonb)
    as l("sourceId" bigint, "personId" bigint, "groupId" bigint, ${sql.raw(columns)})`;

const dueOf = (now: Date) => sql`
  t.source_id = l."sourceId" and t.person_id = l."personId" and t.group_id = l."groupId"
    and t.state in ('queued', 'waiting') and t.due_at <= ${now.toISOString()}`;

async function holdClosed(tx: Tx, closed: readonly Closed[], now: Date): Promise<number> {
  if (closed.length === 0) return 0;
  const rows = await tx.execute(sql`
    update transfer set state = 'waiting', reason = mine.reason, due_at = mine."dueAt", waits_for_id = null
    from (
      select t.id, l.reason, l."dueAt" from ${recordOf(closed, '"dueAt" timestamptz, reason jsonb')}
      join transfer t on ${dueOf(now)} order by t.id limit ${batch} for update of t skip locked) mine
    where transfer.id = mine.id returning 1`);
  return rows.length;
}

/** `nth` of the times from now on at which it fits: 1 is now; null when it never does. */
const nth = sql`(
  select min(r.n) from unnest(l.room) with ordinality as r(bytes, n)
  where r.bytes >= t.size_bytes - least(t.bytes_done, t.size_bytes))`;
const narrowColumns = "room float8[], member float8[], params jsonb";

async function holdNarrow(tx: Tx, narrow: readonly Narrow[], now: Date): Promise<number> {
  if (narrow.length === 0) return 0;
  const midnights = sql`${`{${midnightsAfter(now).map((at) => at.toISOString())}}`}::timestamptz[]`;
  const rows = await tx.execute(sql`
    update transfer set state = 'waiting', due_at = mine.due_at, waits_for_id = null,
      reason = jsonb_build_object('code', mine.code, 'params', mine.params)
    from (
      select t.id, (${midnights})[${nth} - 1] as due_at, l.params,
        case when t.size_bytes - least(t.bytes_done, t.size_bytes) > l.member[1] then 'pull.limit-member'
          else 'pull.limit-group' end as code
      from ${recordOf(narrow, narrowColumns)}
      join transfer t on ${dueOf(now)} where ${nth} > 1 order by t.id limit ${batch} for update of t skip locked) mine
    where transfer.id = mine.id returning 1`);
  return rows.length;
}

async function findOversized(tx: Tx, narrow: readonly Narrow[], now: Date): Promise<Oversized[]> {
  if (narrow.length === 0) return [];
  interface Row extends Record<string, unknown>, Oversized {}
  return await tx.execute<Row>(sql`
    select t.id::float8 as "id", t.pull_id::float8 as "pullId", l.params as "params"
    from ${recordOf(narrow, narrowColumns)} join transfer t on ${dueOf(now)} where ${nth} is null limit ${batch}`);
}
