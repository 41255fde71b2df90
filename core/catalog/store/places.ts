// Reading rows of the visible shares, a share at a time: the work grows with what a person sees and not with the catalog.
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import type { Plan } from "../plan.ts";
import type { Query } from "../query.ts";
import type { Sight } from "../sight.ts";

export type Table = "file" | "directory";

export interface Place {
  serverId: number;
  /** Of a share; "" is the whole server. */
  path: string;
}

/** Where the person may look: each server once where all of it is visible. */
export function placesOf(sight: Sight): Place[] {
  const complete = new Set(sight.shares.filter(({ path }) => path === "").map(({ serverId }) => serverId));
  const parts = sight.shares.filter(({ serverId }) => !complete.has(serverId));
  const unique = new Map(parts.map(({ serverId, path }) => [`${serverId}/${path}`, { serverId, path }]));
  return [...[...complete].map((serverId) => ({ serverId, path: "" })), ...unique.values()];
}

/**
 * For reading with plans, in a transaction of its own: by indexes alone, with what reading a row and its words really
 * costs; the planner thinks that comparing arrays costs nothing.
 */
export function readPlanned<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(
    async (tx) => {
      await tx.execute(sql`select ${setAll}`);
      return read(tx);
    },
    { accessMode: "read only" },
  );
}

const settings = {
  enable_seqscan: "off",
  // An index scan by time would read every file of a server to find the few that have the words.
  enable_indexscan: "off",
  jit: "off",
  max_parallel_workers_per_gather: "0",
  cpu_tuple_cost: "0.5",
  cpu_index_tuple_cost: "0.2",
  random_page_cost: "1.1",
};
const setAll = sql.raw(
  Object.entries(settings)
    .map(([name, value]) => `set_config('${name}', '${value}', true)`)
    .join(", "),
);

/** Of one statement: by time, from the newest on. */
export async function allowIndexScans(tx: Tx, isAllowed: boolean): Promise<void> {
  await tx.execute(sql`select set_config('enable_indexscan', ${isAllowed ? "on" : "off"}, true)`);
}

export const whole = (n: number) => sql.raw(String(Math.trunc(n)));
const array = (ids: readonly number[]) => sql.raw(`'{${ids.map(Math.trunc).join(",")}}'::int[]`);

/** What a plan asks of row `f`. Numbers are written into the text: the planner has to see how common they are. */
export function conditionsOf({ groups, filters, excluded }: Omit<Plan, "branches">): SQL[] {
  const single = groups.filter((group) => group.length === 1).flat();
  const several = groups.filter((group) => group.length > 1);
  return [
    ...(single.length > 0 ? [sql`f.words @> ${array(single)}`] : []),
    ...several.map((group) => sql`f.words && ${array(group)}`),
    ...filters.map(isAmong),
    ...(excluded.length > 0 ? [sql`not f.words && ${array(excluded)}`] : []),
  ];
}

const hashedFrom = 9;

/** In words that no index is asked for. Of a long list a hash table is made. */
function isAmong(group: readonly number[]): SQL {
  if (group.length < hashedFrom) return sql`(f.words && ${array(group)}) is true`;
  return sql`exists (select from unnest(f.words) w(id) where w.id = any(${array(group)}))`;
}

/** What the filters of a query ask of file `f`. */
export function figuresOf({ minBytes, maxBytes, newerThan }: Query): SQL[] {
  const age = sql`coalesce(f.modified_at, f.seen_at)`;
  return [
    ...(minBytes === undefined ? [] : [sql`f.size_bytes >= ${minBytes}::bigint`]),
    ...(maxBytes === undefined ? [] : [sql`f.size_bytes <= ${maxBytes}::bigint`]),
    ...(newerThan === undefined ? [] : [sql`${age} >= ${newerThan.toISOString()}::timestamptz`]),
  ];
}

/** For reading by time, where every row is looked at once. */
export function withoutBranches(plan: Plan): Plan {
  const [first = []] = plan.branches;
  const together = first.map((_, i) => plan.branches.flatMap((branch) => branch[i] ?? []));
  return { ...plan, groups: [...plan.groups, ...together], branches: [] };
}

export interface Reading {
  /** Of row `f`. */
  columns: SQL;
  conditions: readonly SQL[];
  branches?: readonly number[][][];
  order?: SQL | undefined;
  /** Rows of one place at most, for one branch. */
  limit: number;
}

/** Rows `c` with the number of their place in the list, which must have one. Branch after branch, and place after place. */
export function inPlaces(
  places: readonly Place[],
  table: Table,
  { columns, conditions, branches = [], order, limit }: Reading,
): SQL {
  const all = [
    sql`f.server_id = a.server_id`,
    ...conditions,
    ...(branches[0] ?? []).map((_, i) => sql.raw(`f.words && a.g${i}`)),
    ...(places.some(({ path }) => path !== "") ? [isInPlace(table)] : []),
  ];
  return sql`
    select c.*, a.place from (${steps(places, branches)}) a cross join lateral (
      select ${columns} from ${sql.raw(table)} f where ${sql.join(all, sql` and `)} ${order ?? sql``} limit ${whole(limit)}
    ) c`;
}

/** Every place for every branch, in order; "offset 0" keeps it. */
function steps(places: readonly Place[], branches: readonly number[][][]): SQL {
  const rows = places.map(({ serverId, path }, i) => sql`(${whole(i)}, ${whole(serverId)}, ${path}::text)`);
  const placed = sql`(values ${sql.join(rows, sql`, `)}) p(place, server_id, path)`;
  const [first] = branches;
  if (!first) return sql`select * from ${placed} order by place offset 0`;
  const groups = sql.raw(first.map((_, i) => `g${i}`).join(", "));
  const branched = branches.map((branch, i) => sql`(${sql.join([whole(i), ...branch.map(array)], sql`, `)})`);
  return sql`select * from ${placed} cross join (values ${sql.join(branched, sql`, `)}) b(step, ${groups})
    order by step, place offset 0`;
}

/** Row `f` lies in the folder of place `a`. */
function isInPlace(table: Table): SQL {
  const isBelow = (path: string) => `(${path} = a.path or starts_with(${path}, a.path || '/'))`;
  if (table === "directory") return sql.raw(`(a.path = '' or ${isBelow("f.path")})`);
  return sql.raw(
    `(a.path = '' or exists (select from directory d where d.id = f.directory_id and ${isBelow("d.path")}))`,
  );
}

/** Folder `f` goes by its own name: that of a shared folder is hidden behind the share's. */
export function isNotShared(sight: Sight): SQL {
  const roots = sight.shares.map(({ serverId, path }) => sql`(${whole(serverId)}, ${path}::text)`);
  return sql`(f.server_id, f.path) not in (${sql.join(roots, sql`, `)})`;
}
