// Pulls and their file transfers. A transfer row is the truth about its file.
import { sql } from "drizzle-orm";
import { bigint, date, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { group } from "./groups.ts";
import { at, id, person } from "./people.ts";
import { server } from "./servers.ts";

export interface StoredReason {
  code: string;
  params: Record<string, string | number>;
}

/** Without an `arrangement`: the server is out for this transfer; with one it is a count against that way from it. */
export interface Tried {
  sourceId: number;
  code: string;
  arrangement?: string;
}

export const pull = pgTable(
  "pull",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    personId: id()
      .notNull()
      .references(() => person.id, { onDelete: "cascade" }),
    groupId: id()
      .notNull()
      .references(() => group.id, { onDelete: "cascade" }),
    destinationId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    /** The caller's idempotency key. */
    requestId: text().notNull(),
    title: text().notNull(),
    createdAt: at().notNull().defaultNow(),
    finishedAt: at(),
  },
  (t) => [uniqueIndex().on(t.personId, t.requestId), index().on(t.personId, t.createdAt)],
);

export const transfer = pgTable(
  "transfer",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    pullId: id()
      .notNull()
      .references(() => pull.id, { onDelete: "cascade" }),
    personId: id()
      .notNull()
      .references(() => person.id, { onDelete: "cascade" }),
    groupId: id()
      .notNull()
      .references(() => group.id, { onDelete: "cascade" }),
    sourceId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    destinationId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    /** Relative to the source's share folder. */
    sourcePath: text().notNull(),
    /** Relative to the destination's inbox. */
    destinationPath: text().notNull(),
    sizeBytes: bigint({ mode: "number" }).notNull(),
    modifiedAt: at(),
    /**
     * Its place in its person's line, lowest first: seconds of the epoch when it was queued, and ten minutes more for each
     * doubling of its size. So small goes before large, and no file is passed by newer ones for ever.
     */
    rank: bigint({ mode: "number" }).notNull().default(0),
    state: text()
      .$type<"queued" | "running" | "waiting" | "paused" | "done" | "failed" | "cancelled">()
      .notNull()
      .default("queued"),
    reason: jsonb().$type<StoredReason>(),
    attempts: integer().notNull().default(0),
    dueAt: at().notNull().defaultNow(),
    /** Fencing: grows with each lease; every write of a worker names the token it holds. */
    token: integer().notNull().default(0),
    leaseUntil: at(),
    /** The engine that holds the lease, so that a restarted one takes its own back without waiting. */
    owner: text(),
    /** The server whose trouble it waits for; when that server answers again, the wait ends. */
    waitsForId: id(),
    bytesDone: bigint({ mode: "number" }).notNull().default(0),
    /** Live speed of a running transfer. */
    bytesPerSecond: bigint({ mode: "number" }),
    startedAt: at(),
    finishedAt: at(),
    /** The way its bytes went last. */
    arrangement: text(),
    /** A seed and the digest of the blocks it leads to, read when the first byte moved: what another source must have too. */
    fingerprint: text(),
    /** How the copy was compared with its source; set before the final name is given. */
    verified: text().$type<"hash" | "blocks">(),
    /** What is not tried again: servers, and with an `arrangement` only that way from that server. */
    tried: jsonb().$type<Tried[]>().notNull().default([]),
  },
  (t) => [
    index().on(t.state, t.dueAt),
    index().on(t.pullId, t.state),
    index().on(t.sourceId),
    index().on(t.destinationId),
    index().on(t.personId, t.startedAt),
    index("transfer_line")
      .on(t.sourceId, t.personId, t.groupId, t.destinationId, t.dueAt)
      .where(sql`${t.state} in ('queued', 'waiting')`),
    index("transfer_open")
      .on(t.personId, t.sourceId, t.groupId, t.destinationId, t.rank, t.sizeBytes, t.id, t.dueAt)
      .where(sql`${t.state} in ('queued', 'waiting')`),
  ],
);

/** What worked between two servers and how fast it was. */
export const pair = pgTable(
  "pair",
  {
    sourceId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    destinationId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    arrangement: text().notNull(),
    bytesPerSecond: bigint({ mode: "number" }),
    /** The servers' versions when it was learned; it is forgotten when one of them changes. */
    sourceVersion: integer().notNull(),
    destinationVersion: integer().notNull(),
    updatedAt: at().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.sourceId, t.destinationId] })],
);

/**
 * `.part` files of ours that may lie at a destination. The row is made before the file and goes after it, and has no
 * foreign key to the transfer: so a crash, a cancel or a removed source never leaves a file that nobody knows of.
 */
export const leftover = pgTable(
  "leftover",
  {
    transferId: id().primaryKey(),
    serverId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    /** Relative to the inbox. */
    path: text().notNull(),
    dueAt: at().notNull().defaultNow(),
  },
  (t) => [index().on(t.dueAt), index().on(t.serverId)],
);

/** What people took from a server, by day (UTC): the owner's limits count it, longer than pulls are remembered. */
export const volume = pgTable(
  "volume",
  {
    serverId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    personId: id()
      .notNull()
      .references(() => person.id, { onDelete: "cascade" }),
    groupId: id()
      .notNull()
      .references(() => group.id, { onDelete: "cascade" }),
    day: date().notNull(),
    bytes: bigint({ mode: "number" }).notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.serverId, t.personId, t.groupId, t.day] }), index().on(t.day)],
);

/** Bytes that went through the core for a group, by day (UTC): its quota counts them. */
export const relayed = pgTable(
  "relayed",
  {
    groupId: id()
      .notNull()
      .references(() => group.id, { onDelete: "cascade" }),
    day: date().notNull(),
    bytes: bigint({ mode: "number" }).notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.day] })],
);
