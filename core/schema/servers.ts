// Servers: what is known of them in the clear, and their sealed secrets apart.
import {
  bigint,
  boolean,
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

export const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

export const server = pgTable(
  "server",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    ownerId: id()
      .notNull()
      .references(() => person.id, { onDelete: "cascade" }),
    label: text().notNull(),
    security: text().$type<"tls" | "implicit" | "plain">().notNull(),
    /** `online` and `offline` follow what was last seen; `paused` and `locked` only an owner ends. */
    state: text().$type<"online" | "offline" | "paused" | "locked">().notNull(),
    /** Error code of what was last wrong; null when nothing is. */
    problem: text(),
    wrongPasswords: integer().notNull().default(0),
    software: text().notNull().default("unknown"),
    features: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    hasInbox: boolean().notNull().default(false),
    budgetBytes: bigint({ mode: "number" }),
    /** Transfers at a time that read from, and that write to this server. */
    slotsOut: integer().notNull().default(2),
    slotsIn: integer().notNull().default(2),
    /** What the owner allows others, see the contract's limits. */
    bytesPerSecond: bigint({ mode: "number" }),
    hours: jsonb().$type<{ from: string; to: string; zone: string }>(),
    memberDayBytes: bigint({ mode: "number" }),
    memberWeekBytes: bigint({ mode: "number" }),
    groupDayBytes: bigint({ mode: "number" }),
    groupWeekBytes: bigint({ mode: "number" }),
    allowsRelay: boolean().notNull().default(false),
    allowsClear: boolean().notNull().default(true),
    /** Grows whenever the sealed connection changes: open sessions of an older version are closed. */
    version: integer().notNull().default(1),
    checkedAt: at(),
    createdAt: at().notNull().defaultNow(),
  },
  (t) => [uniqueIndex().on(t.ownerId, t.label)],
);

/** Host, port, logins, passwords, real paths and the pinned certificate: one sealed value a field. */
export const serverSecret = pgTable(
  "server_secret",
  {
    serverId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    field: text().notNull(),
    version: integer().notNull(),
    keyId: text().notNull(),
    wrappedKey: bytea().notNull(),
    sealed: bytea().notNull(),
  },
  (t) => [primaryKey({ columns: [t.serverId, t.field] })],
);

/** One-time links to the enrolment page; only the hash of the token is stored. */
export const enrolment = pgTable(
  "enrolment",
  {
    tokenHash: text().primaryKey(),
    personId: id()
      .notNull()
      .references(() => person.id, { onDelete: "cascade" }),
    serverId: id().references(() => server.id, { onDelete: "cascade" }),
    expiresAt: at().notNull(),
  },
  (t) => [index().on(t.personId)],
);
