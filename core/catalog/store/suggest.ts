// Words of names that a person may see, counted in a sample: asked at every key press, so it is bounded in work.
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { Tx } from "../../platform/db.ts";
import type { Plan } from "../plan.ts";
import type { Query } from "../query.ts";
import type { Sight } from "../sight.ts";
import type { Table } from "./places.ts";
import { allowIndexScans, conditionsOf, figuresOf, inPlaces, isNotShared, placesOf, whole } from "./places.ts";

export interface WordCount {
  word: string;
  /** Names that have it, among those looked at. */
  count: number;
}

export interface WordWish {
  sight: Sight;
  query: Query;
  /** Undefined: no names of files. */
  files: Plan | undefined;
  directories: Plan | undefined;
  /** Names of each kind looked at; what stands in most is in most of these too. */
  limit: number;
  /** Words that are counted; undefined: every one. */
  among?: readonly number[] | undefined;
  /** Of files those that came last, whatever their names. */
  isNewest?: boolean;
}

const mostWords = 200;
const leastPerPlace = 20;

/** Words of the things' own names, most frequent first. */
export async function countWords(tx: Tx, wish: WordWish): Promise<WordCount[]> {
  if (wish.sight.shares.length === 0) return [];
  const names = [
    ...(wish.files ? [sql`(${fileNames(wish, wish.files)})`] : []),
    ...(wish.directories ? [sql`(${folderNames(wish, wish.directories)})`] : []),
  ];
  if (names.length === 0 || wish.among?.length === 0) return [];
  await allowIndexScans(tx, wish.isNewest === true);
  const isAmong = wish.among ? sql.raw(`u.id = any('{${wish.among.join(",")}}'::int[])`) : sql`u.id > 0`;
  const rows = await tx.execute<{ word: string; count: number }>(sql`
    with counted as (
      select u.id, count(*)::int as count from (${sql.join(names, sql` union all `)}) found, unnest(found.words) u(id)
      where ${isAmong} group by u.id order by 2 desc limit ${mostWords})
    select word.word, counted.count from counted join word on word.id = counted.id order by 2 desc, 1`);
  return [...rows];
}

function fileNames({ sight, query, limit, isNewest }: WordWish, plan: Plan): SQL {
  const conditions = [...conditionsOf(plan), ...figuresOf(query)];
  return namesIn(sight, "file", plan, conditions, limit, isNewest ? sql`order by f.seen_at desc` : sql``);
}

function folderNames({ sight, limit }: WordWish, plan: Plan): SQL {
  return namesIn(sight, "directory", plan, [...conditionsOf(plan), isNotShared(sight)], limit);
}

function namesIn(sight: Sight, table: Table, { branches }: Plan, conditions: SQL[], limit: number, order?: SQL): SQL {
  const places = placesOf(sight);
  const perPlace = Math.max(leastPerPlace, Math.ceil((2 * limit) / places.length));
  const names = inPlaces(places, table, { columns: sql`f.words`, conditions, branches, order, limit: perPlace });
  return sql`select words from (${names} limit ${whole(limit)}) sample`;
}

const countedNames = 40;
const countedInPlace = 5;

/** In how many visible names each of these words stands, up to a bound; one that stands in none is left out. */
export async function countNames(tx: Tx, sight: Sight, ids: readonly number[]): Promise<Map<number, number>> {
  if (ids.length === 0 || sight.shares.length === 0) return new Map();
  const numbers = sql.raw(ids.map((id) => `(${Math.trunc(id)})`).join(","));
  const places = placesOf(sight);
  const some = (table: Table): SQL => {
    const conditions = [sql`f.words @> array[w.id]`, ...(table === "directory" ? [isNotShared(sight)] : [])];
    const names = inPlaces(places, table, { conditions, columns: sql`1`, limit: countedInPlace });
    return sql`(select count(*)::int from (${names} limit ${countedNames}) sample)`;
  };
  const rows = await tx.execute<{ id: number; count: number }>(sql`
    select w.id, ${some("file")} + ${some("directory")} as count from (values ${numbers}) w(id)`);
  return new Map(rows.filter(({ count }) => count > 0).map(({ id, count }) => [id, count]));
}
