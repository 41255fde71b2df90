// The vocabulary: numbers of words, words that begin alike, and which are common. It is everybody's: what comes from here
// only says how to look, never that a word exists; a person is told of words that visible names have.
import { sql } from "drizzle-orm";
import type { Clock } from "../../platform/clock.ts";
import type { Db, Tx } from "../../platform/db.ts";
import { textLiteral } from "../../platform/literal.ts";
import type { Known } from "../plan.ts";
import type { Spread } from "../sample.ts";
import { partitions } from "./partition.ts";
import { readTogether, whole } from "./reading.ts";

export interface CommonWord {
  id: number;
  word: string;
  /** Share of all files that have it, about. */
  share: number;
}

/** What PostgreSQL's statistics told some time ago; nothing before they were gathered. */
export interface CatalogFacts {
  /** Most common first. */
  common: readonly CommonWord[];
  /** In the whole catalog, and of one server in the mean. */
  files: number;
  filesPerServer: number;
  servers: number;
}

export interface CommonWords {
  read(db: Db | Tx): Promise<CatalogFacts>;
}

const freshMs = 60_000;

export function createCommonWords(clock: Clock): CommonWords {
  let known: { facts: CatalogFacts; readAtMs: number } | undefined;
  return {
    async read(db) {
      if (known && clock.monotonicMs() - known.readAtMs < freshMs) return known.facts;
      known = { facts: await readFacts(db), readAtMs: clock.monotonicMs() };
      return known.facts;
    },
  };
}

/** Statistics of each partition, which autovacuum gathers; those of the whole table nobody does. */
async function readFacts(db: Db | Tx): Promise<CatalogFacts> {
  const rows = await db.execute<{ id: number; word: string; share: number; total: number }>(sql`
    with part as (
      select s.most_common_elems::text::int[] as ids, s.most_common_elem_freqs as freqs, greatest(c.reltuples, 0) as files
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      join pg_stats s on s.schemaname = current_schema() and s.tablename = c.relname and s.attname = 'words'
      where i.inhparent = 'file'::regclass and s.most_common_elems is not null and not s.inherited
    ), total as (
      select greatest(sum(files), 1)::float8 as files from part
    ), seen as (
      select u.id, sum(u.freq * part.files) as files from part, unnest(part.ids, part.freqs[1:cardinality(part.ids)]) u(id, freq)
      where u.id > 0 group by u.id order by 2 desc limit 2000
    )
    select word.id, word.word, (seen.files / total.files)::float8 as share, total.files as total
    from seen join word on word.id = seen.id, total order by share desc, word.id`);
  const [counted] = await db.execute<{ n: number }>(sql`select greatest(count(*), 1)::int as n from server`);
  const common = rows.map(({ id, word, share }) => ({ id, word, share }));
  const files = rows[0]?.total ?? 0;
  const servers = counted?.n ?? 1;
  return { common, files, filesPerServer: files / servers, servers };
}

/** Longer words looked at. Those of a single letter may be a tenth of all: besides the common ones, a few will do. */
const mostLonger = (beginning: string) => (beginning.length > 1 ? 1_000 : 250);

/** Of a word that is not among the common ones. */
const rareShare = 0.00005;

export interface WordsWish {
  words: readonly string[];
  /** The unfinished word; "" none. */
  beginning: string;
  /** Longer words at most. */
  mostIds: number;
  places: number;
}

/** Everything the plan of a query needs to know. */
export async function readKnown(db: Db, facts: CatalogFacts, wish: WordsWish): Promise<Known> {
  const { words, beginning, mostIds, places } = wish;
  const { common } = facts;
  const most = mostLonger(beginning);
  const asked = [wordsNamed(words), wordsBeginning(beginning, most + 1)];
  const [exact, longer] = (await readTogether(db, asked, "order")) as unknown as [KnownWord[], KnownWord[]];
  const ids = new Map(exact.map(({ id, word }) => [word, id]));
  const shares = new Map(common.map(({ id, share }) => [id, share]));
  const begun = new Map(longer.map((one) => [one.id, one.word]));
  for (const { id, word } of common) if (beginning !== "" && word.startsWith(beginning)) begun.set(id, word);
  const ordered = [...begun].filter(([, word]) => word !== beginning);
  ordered.sort(
    ([a, one], [b, other]) => (shares.get(b) ?? 0) - (shares.get(a) ?? 0) || one.length - other.length || a - b,
  );
  return {
    idOf: (word) => ids.get(word),
    longer: (word) => {
      if (word !== beginning) return { ids: [], isCut: false };
      return {
        ids: ordered.slice(0, mostIds).map(([id]) => id),
        isCut: ordered.length > mostIds || longer.length > most,
      };
    },
    isCommon: (id) => shares.has(Math.abs(id)),
    filesWith: (some) => shareOf(some, shares) * facts.filesPerServer * places,
    filesAnywhereWith: (some) => shareOf(some, shares) * facts.files,
    spreadOf: (some) => spreadOf(shareOf(some, shares), facts),
    places,
  };
}

export const spreadOf = (share: number, { filesPerServer, servers }: CatalogFacts): Spread => ({
  share,
  filesPerServer,
  crowd: 1 + servers / partitions,
});

function shareOf(some: readonly number[], shares: ReadonlyMap<number, number>): number {
  const distinct = new Set(some.map(Math.abs));
  let sum = 0;
  for (const id of distinct) sum += shares.get(id) ?? rareShare;
  return Math.min(1, sum);
}

export interface KnownWord {
  id: number;
  word: string;
}

const nothing = "select null where false";

function wordsNamed(words: readonly string[]): string {
  if (words.length === 0) return nothing;
  return `select id, word from word where word in (${words.map(textLiteral).join(", ")})`;
}

/** In the order of their letters, the word itself included. */
function wordsBeginning(beginning: string, limit: number): string {
  if (beginning === "") return nothing;
  const from = textLiteral(beginning);
  return `select id, word from word where word >= ${from} and word < ${from} || chr(1114111)
    order by word limit ${whole(limit)}`;
}

/** Two swapped letters of a short word leave it only a quarter of its trigrams. */
const leastAlike = "select set_config('pg_trgm.similarity_threshold', '0.2', true)";

/** Words of the whole catalog that look like this one, most alike first. */
export async function similarWords(db: Db, mistyped: string, limit: number): Promise<KnownWord[]> {
  const word = textLiteral(mistyped);
  const alike = `select id, word from word where word % ${word} and length(word) >= ${whole(mistyped.length - 2)}
    order by similarity(word, ${word}) desc, word limit ${whole(limit)}`;
  const [, rows = []] = await readTogether(db, [leastAlike, alike]);
  return [...rows] as unknown as KnownWord[];
}
