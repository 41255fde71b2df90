// People and the platform identities that they speak through.
import { bigint, index, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";

export const id = () => bigint({ mode: "number" });
export const at = () => timestamp({ withTimezone: true });

export const person = pgTable("person", {
  id: id().primaryKey().generatedAlwaysAsIdentity(),
  displayName: text().notNull(),
  language: text().notNull(),
  createdAt: at().notNull().defaultNow(),
});

/** One account of a person on one platform. */
export const identity = pgTable(
  "identity",
  {
    platform: text().notNull(),
    userId: text().notNull(),
    personId: id()
      .notNull()
      .references(() => person.id, { onDelete: "cascade" }),
  },
  (t) => [primaryKey({ columns: [t.platform, t.userId] }), index().on(t.personId)],
);

/** Codes typed by people, stored only as a hash: joining two identities, joining a group, binding a room. */
export const code = pgTable("code", {
  hash: text().primaryKey(),
  purpose: text().$type<"link" | "join" | "room">().notNull(),
  personId: id()
    .notNull()
    .references(() => person.id, { onDelete: "cascade" }),
  /** The group it opens; no foreign key, because groups come after people. */
  groupId: id(),
  expiresAt: at().notNull(),
});
