// Words of names that a person may see, counted in a sample: asked at every key press, so it is bounded in work.
import type { Db } from "../../platform/db.ts";
import type { Plan } from "../plan.ts";
import type { Query } from "../query.ts";
import { samplePercent } from "../sample.ts";
import type { Sight } from "../sight.ts";
import { conditionsOf, figuresOf, walksOf } from "./conditions.ts";
import type { Place, Table } from "./places.ts";
import { anywhere, inPlaces, placesOf } from "./places.ts";
import { ids, readRows, whole } from "./reading.ts";
import type { CatalogFacts } from "./words.ts";
import { spreadOf } from "./words.ts";

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
export async function countWords(db: Db, wish: WordWish): Promise<WordCount[]> {
  if (wish.sight.shares.length === 0) return [];
  const names = [
    ...(wish.files ? [`(${fileNames(wish, wish.files)})`] : []),
    ...(wish.directories ? [`(${folderNames(wish, wish.directories)})`] : []),
  ];
  if (names.length === 0 || wish.among?.length === 0) return [];
  const isAmong = wish.among ? `u.id = any(${ids(wish.among)})` : "u.id > 0";
  const statement = `
    with counted as (
      select u.id, count(*)::int as count from (${names.join(" union all ")}) found, unnest(found.words) u(id)
      where ${isAmong} group by u.id order by 2 desc limit ${mostWords})
    select word.word, counted.count from counted join word on word.id = counted.id order by 2 desc, 1`;
  return readRows<WordCount>(db, statement, wish.isNewest ? "order" : "content");
}

function fileNames({ sight, query, limit, isNewest }: WordWish, plan: Plan): string {
  const conditions = [...conditionsOf(plan), ...figuresOf(query)];
  const walks = isNewest ? walksOf(query) : [{ conditions: [], order: "" }];
  const names = walks.map((walk) =>
    namesIn(sight, "file", plan, [...conditions, ...walk.conditions], limit, walk.order),
  );
  return names.map((some) => `(${some})`).join(" union all ");
}

function folderNames({ sight, limit }: WordWish, plan: Plan): string {
  return namesIn(sight, "directory", plan, conditionsOf(plan), limit);
}

function namesIn(
  sight: Sight,
  table: Table,
  { branches }: Plan,
  conditions: string[],
  limit: number,
  order?: string,
): string {
  const places = placesOf(sight);
  const perPlace = Math.max(leastPerPlace, Math.ceil((2 * limit) / places.length));
  const hidesRoots = table === "directory";
  const reading = { columns: "f.words", conditions, branches, order, hidesRoots, limit: perPlace };
  const names = inPlaces(places, table, reading);
  return `select words from (${names} limit ${whole(limit)}) sample`;
}

const countedNames = 40;
const countedInPlace = 5;
/** Of each place, where a sample is to find enough of them. */
const sampledInPlace = 20;
/** Names with rare words that are read at once. */
const mostRareNames = 2_000;

/**
 * In how many visible names each of these words stands, up to a bound; one that stands in none is left out. A single word has
 * none to be compared with: it stands in some, or in none.
 * Common ones are looked for share by share, in some pages before all of a server's names.
 */
export async function countNames(
  db: Db,
  sight: Sight,
  wordIds: readonly number[],
  facts: CatalogFacts,
): Promise<Map<number, number>> {
  if (wordIds.length === 0 || sight.shares.length === 0) return new Map();
  const places = placesOf(sight);
  const shares = new Map(facts.common.map(({ id, share }) => [id, share]));
  const common = wordIds.filter((id) => shares.has(id));
  const rare = wordIds.filter((id) => !shares.has(id));
  const most = wordIds.length === 1 ? 1 : countedNames;
  const percentOf = (id: number) => samplePercent(spreadOf(shares.get(id) ?? 0, facts), sampledInPlace);
  const [some, others] = await Promise.all([
    countCommon(db, places, common, { most, percentOf }),
    countRare(db, places, rare),
  ]);
  // Of many names not all were read: who was in none of them may be in others.
  const missed = others.isCut ? rare.filter((id) => !others.counts.has(id)) : [];
  return new Map([...some, ...others.counts, ...(await countEach(db, places, missed, { most }))]);
}

interface Counting {
  /** Names that are counted of each word at most. */
  most: number;
  /** Per cent of the pages of files: then words that have not as many files there are left out. */
  sample?: number;
}

async function countCommon(
  db: Db,
  places: readonly Place[],
  wordIds: readonly number[],
  { most, percentOf }: Counting & { percentOf: (id: number) => number | undefined },
): Promise<Map<number, number>> {
  const veryCommon = wordIds.filter((id) => percentOf(id) !== undefined);
  if (veryCommon.length === 0) return countEach(db, places, wordIds, { most });
  const sample = Math.max(...veryCommon.map((id) => percentOf(id) ?? 0));
  const sampled = await countEach(db, places, veryCommon, { most, sample });
  const left = wordIds.filter((id) => !sampled.has(id));
  return new Map([...sampled, ...(await countEach(db, places, left, { most }))]);
}

/** Each word by itself, share by share. */
async function countEach(
  db: Db,
  places: readonly Place[],
  wordIds: readonly number[],
  { most, sample }: Counting,
): Promise<Map<number, number>> {
  if (wordIds.length === 0) return new Map();
  const numbers = wordIds.map((id) => `(${whole(id)})`).join(",");
  const conditions = ["f.words @> array[w.id]"];
  const some = (table: Table): string => {
    const isFile = table === "file";
    const of = { columns: "1", hidesRoots: !isFile, limit: countedInPlace, sample: isFile ? sample : undefined };
    const reading = { conditions, ...of };
    return `(select count(*)::int from (${inPlaces(places, table, reading)} limit ${whole(most)}) names)`;
  };
  const rows = await readRows<{ id: number; files: number; folders: number }>(
    db,
    `select w.id, ${some("file")} as files, ${some("directory")} as folders from (values ${numbers}) w(id)`,
  );
  const enough = Math.min(most, countedInPlace * places.length);
  const known = rows.filter(({ files, folders }) => (sample === undefined ? files + folders > 0 : files === enough));
  return new Map(known.map(({ id, files, folders }) => [id, files + folders]));
}

/** All words together, wherever they are. `isCut`: there may be more names. */
async function countRare(
  db: Db,
  places: readonly Place[],
  wordIds: readonly number[],
): Promise<{ counts: Map<number, number>; isCut: boolean }> {
  const counts = new Map<number, number>();
  if (wordIds.length === 0) return { counts, isCut: false };
  const tables = ["file", "directory"] as const;
  const statements = tables.map((table) => {
    const reading = { columns: "f.words", conditions: [`f.words && ${ids(wordIds)}`], limit: mostRareNames };
    const names = anywhere(places, table, { ...reading, hidesRoots: table === "directory" });
    return `with names as materialized (${names})
      select u.id, count(*)::int as count, (select count(*)::int from names) as names
      from names, unnest(names.words) u(id) where u.id = any(${ids(wordIds)}) group by u.id`;
  });
  const read = (statement: string) => readRows<{ id: number; count: number; names: number }>(db, statement);
  const rows = (await Promise.all(statements.map(read))).flat();
  for (const { id, count } of rows) counts.set(id, Math.min(countedNames, (counts.get(id) ?? 0) + count));
  return { counts, isCut: rows.some(({ names }) => names >= mostRareNames) };
}
