// The catalog: directories and files by server, the schedule of scans, and the last list shown to a person.
import type { SQLWrapper } from "drizzle-orm";
import { sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { at, id, person } from "./people.ts";
import { server } from "./servers.ts";

/** Compared byte by byte whatever the database's locale is, so that an index serves "everything below this path". */
const pathText = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** New rows are noted beside the index and come into it in bulk; every search reads the notes, so they are few (kB). */
const fewNotes = { fastupdate: true, gin_pending_list_limit: 256 };

const wordId = () => integer();
const directoryId = () => integer();
/** Refers to server.id; half of its size, as every file has one. */
const serverId = () => integer();

/**
 * Distinct words of all names. Rows hold their numbers instead of the words: 4 bytes each, and a smaller index.
 * A word stays when its last name goes; the retention job forgets it.
 */
export const word = pgTable(
  "word",
  { id: wordId().primaryKey().generatedAlwaysAsIdentity(), word: pathText().notNull() },
  (t) => [uniqueIndex().on(t.word), index("word_trigrams").using("gin", sql`${t.word} gin_trgm_ops`).with(fewNotes)],
);

/**
 * Numbers of a name's words (see catalog/words.ts), and negated those of the words of the folders above inside the
 * scanned folder.
 */
const words = () => integer().array().notNull().default([]);

export const directory = pgTable(
  "directory",
  {
    id: directoryId().primaryKey().generatedAlwaysAsIdentity(),
    serverId: serverId()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    parentId: directoryId(),
    /** Relative to the server's share folder, "" for that folder itself; no leading or trailing slash. Its end is the name. */
    path: pathText().notNull(),
    /** As its parent's listing told it, only when it stood still: then the same time again means the same files. */
    modifiedAt: at(),
    words: words(),
    /** Of its files as they were listed, where no time says that they are the same; only when the catalog has all of them. */
    filesHash: bigint({ mode: "number" }),
    /** Of the files that lie in it, not of those below: what a folder holds at any depth is the sum over folders. */
    bytes: bigint({ mode: "number" }).notNull().default(0),
    /** When the newest of them was changed; null when there is none, or the server tells no times. */
    newestAt: at(),
    files: integer().notNull().default(0),
  },
  (t) => [
    uniqueIndex().on(t.serverId, t.path),
    index().on(t.parentId),
    index("directory_words_index").using("gin", t.serverId, t.words).with(fewNotes),
  ],
);

/** Sizes are told apart by so many keys: a prime, so that those of whole blocks get different ones. */
const sizeKeys = 4093;

/**
 * Indexed instead of the ids and sizes themselves: a key that several rows share is stored once, so that it takes a
 * third of the room. Who looks for an id or a size asks for its key, and for itself: see isFileId and isFileSize.
 */
const fileIdKey = (id: SQLWrapper) => sql`(${id} / 32)`;
const fileSizeKey = (sizeBytes: SQLWrapper) => sql`(${sizeBytes} % ${sql.raw(String(sizeKeys))})`;

/** Newest first without comparing all files that came at the same moment, as a whole server does at first. */
const newestKey = (id: SQLWrapper) => sql`(${id} / 64)`;

/** A file that was rewritten long after it had come; two days are more than clocks and time zones differ. */
export const isRewritten = (modifiedAt: SQLWrapper, seenAt: SQLWrapper) =>
  sql`${modifiedAt} - ${seenAt} > interval '2 days'`;

/** @param id, other columns or values of type bigint */
export const isFileId = (id: SQLWrapper, other: SQLWrapper) =>
  sql`${fileIdKey(id)} = ${fileIdKey(other)} and ${id} = ${other}`;
export const isFileSize = (sizeBytes: SQLWrapper, other: SQLWrapper) =>
  sql`${fileSizeKey(sizeBytes)} = ${fileSizeKey(other)} and ${sizeBytes} = ${other}`;
/** The same in a statement that is written as text. */
export const isFileSizeText = (sizeBytes: string, other: string) =>
  `${sizeBytes} % ${sizeKeys} = ${other} % ${sizeKeys} and ${sizeBytes} = ${other}`;

/**
 * Partitioned by hash(server_id), see the migration: who sees few of many servers reads few partitions, and a
 * distributed PostgreSQL can keep each server's rows together. Columns stand in the order that wastes no padding.
 */
export const file = pgTable(
  "file",
  {
    /** Of a sequence: the oldest PostgreSQL that is supported has no identity columns in partitioned tables. */
    id: bigserial({ mode: "number" }).notNull(),
    sizeBytes: bigint({ mode: "number" }).notNull(),
    modifiedAt: at(),
    seenAt: at().notNull().defaultNow(),
    serverId: serverId().notNull(),
    directoryId: directoryId().notNull(),
    name: text().notNull(),
    words: words(),
  },
  (t) => [
    index("file_id_key").on(fileIdKey(t.id)),
    index().on(t.directoryId),
    index("file_newest_key").on(t.serverId, t.seenAt, newestKey(t.id)),
    // The few whose age their coming does not tell.
    index("file_rewritten_key").on(t.serverId, t.modifiedAt).where(isRewritten(t.modifiedAt, t.seenAt)),
    index("file_size_key").on(fileSizeKey(t.sizeBytes)),
    // By server too (btree_gin): who sees few of many servers reads what these have, whatever else has the word.
    index("file_words_index").using("gin", t.serverId, t.words),
  ],
);

/** One row a server: when it is read next, who reads it now, and how the last scan ended. */
export const scan = pgTable(
  "scan",
  {
    serverId: id()
      .primaryKey()
      .references(() => server.id, { onDelete: "cascade" }),
    dueAt: at().notNull(),
    intervalMs: integer().notNull(),
    /** Fencing: grows with each lease; a scan applies its result only while it still holds the lease. */
    token: integer().notNull().default(0),
    leaseUntil: at(),
    /** How the last one ended; one is running now while the lease lasts. */
    state: text().$type<"never" | "complete" | "partial" | "failed" | "quarantined">().notNull().default("never"),
    problem: text(),
    files: integer().notNull().default(0),
    bytes: bigint({ mode: "number" }).notNull().default(0),
    /** When the newest of these files was changed; null when there is none, or the server tells no times. */
    newestAt: at(),
    /** The owner said that a sudden loss is real: the next scan may apply it. */
    lossAcceptedAt: at(),
    /** When every folder was listed last; null: never yet, which asks for a full sweep. */
    fullAt: at(),
    finishedAt: at(),
    /** Ids of the server's shares when the last scan began: another set makes it due. */
    scope: jsonb().$type<number[]>().notNull().default([]),
    /** Sessions at a time that the server lets us have, learned downward. */
    sessions: integer().notNull().default(4),
    /** Scans in a row that failed. */
    failures: integer().notNull().default(0),
    /** Files that the last scan left out because they had changed a moment before. */
    held: integer().notNull().default(0),
  },
  (t) => [index().on(t.dueAt)],
);

/** The references of the last list that a person was shown in a room, so that `/pull 2` finds its second line. */
export const lastList = pgTable(
  "last_list",
  {
    personId: id()
      .notNull()
      .references(() => person.id, { onDelete: "cascade" }),
    platform: text().notNull(),
    roomId: text().notNull(),
    refs: jsonb().$type<string[]>().notNull(),
    shownAt: at().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.platform, t.roomId] })],
);
