// Candidates of a search: everything that the index finds among the visible shares, up to a cap. Ranking is in search.ts.
import { and, eq, gte, lte, sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { directory, file, word } from "../../schema/index.ts";
import type { Query } from "../query.ts";
import type { Sight } from "../sight.ts";
import type { DirectoryRow, FileRow } from "./rows.ts";
import { directoryColumns, fileColumns, visibleTo } from "./rows.ts";

export interface Candidates {
  files: FileRow[];
  directories: DirectoryRow[];
}

export interface Wish {
  sight: Sight;
  query: Query;
  wantsFiles: boolean;
  /** tsquery text; undefined: every visible one. */
  fileWords: string | undefined;
  wantsDirectories: boolean;
  directoryWords: string | undefined;
  /** At most so many of each. */
  limit: number;
}

/** Reads with the word index even where the planner would rather read whole tables (common words). */
export async function findCandidates(db: Db, wish: Wish): Promise<Candidates> {
  if (wish.sight.serverIds.length === 0) return { files: [], directories: [] };
  return db.transaction(
    async (tx) => {
      await tx.execute(sql`set local enable_seqscan = off`);
      const files = wish.wantsFiles ? await findFiles(tx, wish) : [];
      return { files, directories: wish.wantsDirectories ? await findDirectories(tx, wish) : [] };
    },
    { accessMode: "read only" },
  );
}

function findFiles(tx: Tx, { sight, query, fileWords, limit }: Wish): Promise<FileRow[]> {
  const age = sql`coalesce(${file.modifiedAt}, ${file.seenAt})`;
  const found = tx
    .select(fileColumns)
    .from(file)
    .innerJoin(directory, eq(directory.id, file.directoryId))
    .where(
      and(
        visibleTo(sight, file.serverId),
        fileWords === undefined ? undefined : sql`${file.words} @@ ${fileWords}::tsquery`,
        query.minBytes === undefined ? undefined : gte(file.sizeBytes, query.minBytes),
        query.maxBytes === undefined ? undefined : lte(file.sizeBytes, query.maxBytes),
        query.newerThan === undefined ? undefined : sql`${age} >= ${query.newerThan.toISOString()}::timestamptz`,
      ),
    );
  if (query.wanted.length > 0) return found.limit(limit);
  return found.orderBy(sql`${age} desc`, sql`${file.id} desc`).limit(limit);
}

function findDirectories(tx: Tx, { sight, directoryWords, limit }: Wish): Promise<DirectoryRow[]> {
  const hasWords = directoryWords === undefined ? undefined : sql`${directory.words} @@ ${directoryWords}::tsquery`;
  const visible = visibleTo(sight, directory.serverId);
  return tx.select(directoryColumns).from(directory).where(and(visible, hasWords)).limit(limit);
}

/** Words of the whole catalog that look like this one, most alike first. A person may not be told one that only others see. */
export async function similarWords(db: Db, mistyped: string, limit: number): Promise<string[]> {
  const likeness = sql`similarity(${word.word}, ${mistyped})`;
  return db.transaction(async (tx) => {
    // Two swapped letters of a short word leave it only a quarter of its trigrams.
    await tx.execute(sql`set local pg_trgm.similarity_threshold = 0.2`);
    const rows = await tx
      .select({ word: word.word })
      .from(word)
      .where(sql`${word.word} % ${mistyped}`)
      .orderBy(sql`${likeness} desc`, word.word)
      .limit(limit);
    return rows.map((row) => row.word);
  });
}
