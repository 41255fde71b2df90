// The catalog: directories and files by server, the schedule of scans, and the last list shown to a person.
import { sql } from "drizzle-orm";
import { bigint, customType, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { at, id, person } from "./people.ts";
import { server } from "./servers.ts";

const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });
/** Compared byte by byte whatever the database's locale is, so that an index serves "everything below this path". */
const pathText = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

export const directory = pgTable(
  "directory",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    serverId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    parentId: id(),
    /** Relative to the server's share folder, "" for that folder itself; no leading or trailing slash. */
    path: pathText().notNull(),
    name: text().notNull(),
    /** As its parent's listing told it, only when it stood still: then the same time again means the same files. */
    modifiedAt: at(),
    /** Normalised words of the name, and with a leading slash those of the folders above; see catalog/words.ts. */
    words: tsvector().notNull().default(sql`''::tsvector`),
  },
  (t) => [uniqueIndex().on(t.serverId, t.path), index().on(t.parentId), index().using("gin", t.words)],
);

export const file = pgTable(
  "file",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    serverId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    directoryId: id()
      .notNull()
      .references(() => directory.id, { onDelete: "cascade" }),
    name: text().notNull(),
    sizeBytes: bigint({ mode: "number" }).notNull(),
    modifiedAt: at(),
    seenAt: at().notNull().defaultNow(),
    /** Normalised words of the name, and with a leading slash those of its folders. */
    words: tsvector().notNull().default(sql`''::tsvector`),
  },
  (t) => [
    uniqueIndex().on(t.directoryId, t.name),
    index().on(t.serverId, t.seenAt),
    index().using("gin", t.words),
    index().on(t.sizeBytes, t.name),
  ],
);

/** Distinct words of the catalog, for forgiving typos and completing the last word. */
export const word = pgTable("word", { word: text().primaryKey() }, (t) => [
  index("word_trigrams").using("gin", sql`${t.word} gin_trgm_ops`),
]);

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
    /** The owner said that a sudden loss is real: the next scan may apply it. */
    lossAcceptedAt: at(),
    /** When every folder was listed last; null: never yet, which asks for a full sweep. */
    fullAt: at(),
    finishedAt: at(),
    /** Ids of the server's shares when the last scan began: another set makes it due. */
    scope: jsonb().$type<number[]>().notNull().default([]),
    /** Sessions at a time that the server lets us have, learned downward. */
    sessions: integer().notNull().default(3),
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
