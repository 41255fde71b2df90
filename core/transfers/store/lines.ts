// The lines in which transfers wait: one person's, in one group, between two servers. By one index it goes from each line to the
// next, and to what is due first in it; by another to what is in front. So it matters how many lines there are, not how long.
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { Coupled, Line } from "../trains.ts";
import { idArray } from "./ids.ts";
import { hasVolumeLimit } from "./volume.ts";

/** Something in it is due. */
export interface DueLine extends Line {
  /** When a transfer of this person started last (ms of the epoch); null: never. */
  lastTurnAtMs: number | null;
}

/** What the indexes `transfer_line` and `transfer_open` begin with. The one goes on with `due_at`, the other with the order in a line. */
const bySource = ["source_id", "person_id", "group_id", "destination_id"];
const byPerson = ["person_id", "source_id", "group_id", "destination_id"];
const inOrder = sql`rank, size_bytes, id`;
const isOpen = sql`state in ('queued', 'waiting')`;

const isOfLine = sql`${isOpen} and ${sql.raw(bySource.map((column) => `${column} = line.${column}`).join(" and "))}`;

/**
 * For the statements of this file, and for starting what they give: `ordered`. Else whole lines are read, and sorted for their
 * fronts, where PostgreSQL does not know yet how long they are. Until the end of the transaction, and compiled is none of them: a
 * sort that cannot be left out seems to cost so much before 18 that it would be.
 */
export function plans(which: "ordered" | "any"): SQL<object> {
  const others = which === "ordered" ? "off" : "on";
  return sql<object>`
    select set_config('enable_sort', ${others}, true), set_config('enable_bitmapscan', ${others}, true),
      set_config('jit', 'off', true)`;
}

/**
 * The query of a recursive `line`: from each line to the next, by the index of this key.
 * @param first only those with this id in the first column: an upper bound, as beside an equal one the comparison of rows would not
 * be where PostgreSQL begins to read
 */
function walk(key: readonly string[], first?: number): SQL {
  const columns = sql.raw(key.join(", "));
  const last = sql.raw(key.map((column) => `line.${column}`).join(", "));
  const column = sql.raw(key[0] ?? "");
  const [begins, ends] =
    first === undefined ? [sql`true`, sql`true`] : [sql`${column} = ${first}`, sql`${column} <= ${first}`];
  return sql`
    (select ${columns} from transfer where ${isOpen} and ${begins} order by ${columns} limit 1)
    union all
    select next.* from line cross join lateral (
      select ${columns} from transfer where ${isOpen} and (${columns}) > (${last}) and ${ends}
      order by ${columns} limit 1) next`;
}

/** Something of `line` is due. */
const isDue = (now: Date) => sql`(
  select due_at from transfer where ${isOfLine} order by due_at limit 1) <= ${now.toISOString()}`;

/** All of them. */
export function dueLines(now: Date): SQL<DueLine> {
  return sql`
    with recursive line as (${walk(bySource)}),
    due as (select * from line where ${isDue(now)}),
    turn as (
      select person_id, (
        select (extract(epoch from started_at) * 1000)::float8 from transfer
        where person_id = p.person_id and started_at is not null order by started_at desc limit 1) as at
      from (select distinct person_id from due) p)
    select person_id::float8 as "personId", group_id::float8 as "groupId", source_id::float8 as "sourceId",
      destination_id::float8 as "destinationId", turn.at as "lastTurnAtMs"
    from due join turn using (person_id)`;
}

/** A condition: is something due in another line from the same source, or of the same person? */
export function isAnotherDue({ personId, groupId, sourceId, destinationId }: Line, now: Date): SQL {
  const among = (key: readonly string[], first: number) => sql`exists (
    with recursive line as (${walk(key, first)})
    select from line where ${isDue(now)}
      and (source_id, person_id, group_id, destination_id) <>
        (${sourceId}::bigint, ${personId}::bigint, ${groupId}::bigint, ${destinationId}::bigint))`;
  return sql`(${among(bySource, sourceId)} or ${among(byPerson, personId)})`;
}

export interface DueRow extends Record<string, unknown>, Coupled {
  destinationPath: string;
}

/** What is still to come of a transfer. */
export const leftOf = (row: string) =>
  sql.raw(`(${row}.size_bytes - least(${row}.bytes_done, ${row}.size_bytes))::float8`);

/** Row `t` tells of no byte, attempt, verified copy or tried way. A part may lie there nevertheless: section.ts looks. */
const isFresh = sql`(t.state = 'queued' and t.attempts = 0 and t.bytes_done = 0 and t.verified is null and t.tried = '[]'::jsonb)`;

interface FrontRequest {
  now: Date;
  /** Transfers that this engine has not let go of yet. */
  except: readonly number[];
}

type Front = Line & { most: number };

/** The first `most` of each line that are due, in the order of their lines. @param lines at least one */
export function frontsOf(lines: readonly Front[], request: FrontRequest): SQL<DueRow> {
  return sql`
    select t.id::float8 as "id", t.size_bytes::float8 as "sizeBytes", ${leftOf("t")} as "leftBytes", t.rank::float8 as "rank",
      ${isFresh} as "isFresh", line.person_id::float8 as "personId", line.group_id::float8 as "groupId",
      line.source_id::float8 as "sourceId", line.destination_id::float8 as "destinationId",
      s.owner_id = line.person_id as "isOwn", s.hours is not null or ${hasVolumeLimit("s")} as "isLimited",
      t.destination_path as "destinationPath"
    from ${firstOf(lines, request)} join server s on s.id = line.source_id
    order by t.rank, t.size_bytes, t.id`;
}

/** How many of the first `most` of a line may go in trains, files up to `lightBytes`, before the first one that goes alone. */
export function lightAhead(line: Front, lightBytes: number, request: FrontRequest): SQL<{ files: number }> {
  return sql`
    select count(*)::int as "files" from (
      select bool_and(t.size_bytes <= ${lightBytes} and ${isFresh}) over (order by t.rank, t.size_bytes, t.id) as goes
      from ${firstOf([line], request)}) ahead
    where goes`;
}

/** Rows of `line` with rows of `t`. */
function firstOf(lines: readonly Front[], { now, except }: FrontRequest): SQL {
  const rows = lines.map(({ personId, groupId, sourceId, destinationId, most }) => {
    return sql`(${personId}::bigint, ${groupId}::bigint, ${sourceId}::bigint, ${destinationId}::bigint, ${most}::int)`;
  });
  return sql`
    (values ${sql.join(rows, sql`, `)}) as line(person_id, group_id, source_id, destination_id, most)
    cross join lateral (
      select id, size_bytes, bytes_done, rank, destination_path, state, attempts, verified, tried from transfer
      where ${isOfLine} and due_at <= ${now.toISOString()} and not (id = any(${idArray(except)}))
      order by ${inOrder} limit line.most) t`;
}
