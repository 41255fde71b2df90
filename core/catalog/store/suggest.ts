// Words of names that a person may see, counted in a sample: asked at every key press, so it is bounded in work.
import type { SQL } from "drizzle-orm";
import { and, eq, gte, lte, not, or, sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { directory, file } from "../../schema/index.ts";
import type { Query } from "../query.ts";
import { hasFileFilter } from "../query.ts";
import type { Sight } from "../sight.ts";
import { visibleTo } from "./rows.ts";

export interface WordCount {
  word: string;
  /** Names that have it, among those looked at. */
  count: number;
}

export interface WordWish {
  sight: Sight;
  query: Query;
  /** tsquery text over words of names alone; undefined: every visible name. */
  words: string | undefined;
  /** How the wanted words begin. */
  beginning: string;
}

/** Names looked at; what stands in most files is in most of these too. */
const sampleSize = 1_000;
const mostWords = 60;

/** Most frequent first. */
export async function countWords(db: Db, wish: WordWish): Promise<WordCount[]> {
  if (wish.sight.serverIds.length === 0) return [];
  return db.transaction(
    async (tx) => {
      // Without a word there is nothing that an index could narrow.
      if (wish.words !== undefined) await tx.execute(sql`set local enable_seqscan = off`);
      return [...(await count(tx, wish))];
    },
    { accessMode: "read only" },
  );
}

function count(tx: Tx, wish: WordWish) {
  const { beginning } = wish;
  // Words of folders above begin with a slash; they may lie above the share.
  const fits = beginning === "" ? sql`not starts_with(lexeme, '/')` : sql`starts_with(lexeme, ${beginning})`;
  const sources = [
    ...(wish.query.only === "folders" ? [] : [fileNames(wish)]),
    ...(wish.query.only === "files" || hasFileFilter(wish.query) ? [] : [folderNames(wish)]),
  ];
  const names = sql.join(sources, sql` union all `);
  return tx.execute<{ word: string; count: number }>(sql`
    select lexeme as word, count(*)::int as count
    from (${names}) found, unnest(found.words)
    where ${fits} group by 1 order by 2 desc, 1 limit ${mostWords}`);
}

function hasWords(column: SQL, words: string | undefined): SQL | undefined {
  return words === undefined ? undefined : sql`${column} @@ ${words}::tsquery`;
}

function fileNames({ sight, query, words }: WordWish): SQL {
  const age = sql`coalesce(${file.modifiedAt}, ${file.seenAt})`;
  const fits = and(
    visibleTo(sight, file.serverId),
    hasWords(sql`${file.words}`, words),
    query.minBytes === undefined ? undefined : gte(file.sizeBytes, query.minBytes),
    query.maxBytes === undefined ? undefined : lte(file.sizeBytes, query.maxBytes),
    query.newerThan === undefined ? undefined : sql`${age} >= ${query.newerThan.toISOString()}::timestamptz`,
  );
  return sql`(select ${file.words} as words from ${file} join ${directory} on ${directory.id} = ${file.directoryId}
    where ${fits} limit ${sampleSize})`;
}

/** A shared folder's own name is hidden behind the share's. */
function folderNames({ sight, words }: WordWish): SQL {
  const roots = sight.shares.map(({ serverId, path }) =>
    and(eq(directory.serverId, serverId), eq(directory.path, path)),
  );
  const isRoot = or(...roots);
  const fits = and(
    visibleTo(sight, directory.serverId),
    hasWords(sql`${directory.words}`, words),
    isRoot && not(isRoot),
  );
  return sql`(select ${directory.words} as words from ${directory} where ${fits} limit ${sampleSize})`;
}
