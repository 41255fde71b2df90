// The first scan of a server: its files go straight into the catalog while they are listed, in one transaction that is seen at
// its end. No second copy of them, and nothing to compare. Until it is applied the transaction writes files alone: it holds
// nothing that anybody who leaves, erases or unshares would wait for, and whatever they did meanwhile is looked at then.
import { sql } from "drizzle-orm";
import type { Clock } from "../../platform/clock.ts";
import type { Database, DatabaseOptions, Db } from "../../platform/db.ts";
import type { RowWriter } from "./copy-rows.ts";
import type { FileTarget } from "./encode.ts";
import { partitionOf } from "./partition.ts";

export interface Load {
  serverId: number;
  /** `file.seen_at` of all of them. */
  at: Date;
  /** Written until now. */
  files: number;
  /** Exactly one connection, in the transaction. */
  database: Database;
  /** Another one: words are everybody's at once, and others would wait for those of a long transaction. */
  words: Database;
  target: FileTarget;
  /** Of folders as they come: the catalog's, or one that nobody has yet. */
  idsFor(paths: readonly string[]): Promise<number[]>;
  /** Has the notes beside the index of words put in order when they wait for long: every search reads them. */
  boundNotes(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Of the server's own partition, at most: more would come into the index by themselves. A search reads as many in some 20 ms,
 * and for some seconds only.
 */
const mostNotesKb = 16 * 1024;
const settleEveryMs = 5_000;
const mostFolders = 1_000;

/** Nothing is known that could differ, and nobody is to hear of files one by one. */
async function mayLoad(db: Db, serverId: number): Promise<boolean> {
  const rows = await db.execute(sql`
    select where not exists (select from file where server_id = ${serverId})
      and not exists (select from share where server_id = ${serverId} and introduced_at is not null)
      and (select count(*) from (select from directory where server_id = ${serverId} limit ${mostFolders}) d) < ${mostFolders}`);
  return rows.length > 0;
}

export interface LoadDeps {
  db: Db;
  /** With exactly one connection; one that is read-only refuses to write outside a transaction that says otherwise. */
  connect: (options?: DatabaseOptions) => Database;
  clock: Clock;
}

/** @returns undefined where files have to be staged and compared */
export async function beginLoad({ db, connect, clock }: LoadDeps, serverId: number): Promise<Load | undefined> {
  if (!(await mayLoad(db, serverId))) return undefined;
  // A driver that lost its connection opens another one and goes on: outside the transaction nothing may be written.
  const [database, words] = [connect({ readOnly: true }), connect()];
  const close = async () => {
    await database.close();
    await words.close();
  };
  try {
    const at = clock.now();
    const { partition, known } = await look(words, serverId);
    await database.sql`begin read write`;
    await database.sql`select set_config('gin_pending_list_limit', ${String(mostNotesKb)}, true)`;
    const target = loadedFiles(partition, serverId, at);
    const boundNotes = createNotesBound(words, partition, clock);
    return {
      serverId,
      at,
      files: 0,
      database,
      words,
      target,
      idsFor: (paths) => idsFor(words, known, paths),
      boundNotes,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Its partition, written to by its name: to find it anew for each row costs a tenth of it all. */
async function look(
  { db, sql }: Database,
  serverId: number,
): Promise<{ partition: string; known: Map<string, number> }> {
  const partition = await partitionOf(db, serverId);
  const folders = await sql<Array<{ id: number; path: string }>>`
    select id, path from directory where server_id = ${serverId}`;
  return { partition, known: new Map(folders.map(({ id, path }) => [path, id])) };
}

async function idsFor({ sql }: Database, known: Map<string, number>, paths: readonly string[]): Promise<number[]> {
  const fresh = paths.filter((path) => !known.has(path)).length;
  const drawn = await sql<Array<{ id: number }>>`
    select nextval('directory_id_seq')::integer as id from generate_series(1, ${fresh})`;
  let used = 0;
  return paths.map((path) => known.get(path) ?? drawn[used++]?.id ?? 0);
}

function loadedFiles(table: string, serverId: number, at: Date): FileTarget {
  return {
    table,
    columns: ["server_id", "seen_at", "directory_id", "size_bytes", "modified_at", "name", "words"],
    write(rows: RowWriter, directoryId, file) {
      rows.begin(7);
      rows.int4(serverId);
      rows.time(at);
      rows.int4(directoryId);
      rows.int8(file.sizeBytes);
      rows.time(file.modifiedAt);
      rows.text(file.name);
    },
  };
}

function createNotesBound({ sql }: Database, partition: string, clock: Clock): () => Promise<void> {
  let settledMs = clock.monotonicMs();
  return async () => {
    if (clock.monotonicMs() - settledMs < settleEveryMs) return;
    await sql`
      select gin_clean_pending_list(indexrelid) from pg_index join pg_class i on i.oid = indexrelid
      join pg_am on pg_am.oid = i.relam and pg_am.amname = 'gin' where indrelid = ${partition}::regclass`;
    settledMs = clock.monotonicMs();
  };
}
