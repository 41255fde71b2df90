// Groups, their members and the rooms they are bound to.
import { index, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { at, id, person } from "./people.ts";

export const group = pgTable("share_group", {
  id: id().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull(),
  policy: text().$type<"fxp" | "fxp-tls-only" | "relay-allowed" | "relay-only">().notNull().default("fxp"),
  news: text().$type<"full" | "folders" | "count" | "off">().notNull().default("full"),
  /** Hours as `22:00` in a zone of the IANA database. */
  quiet: jsonb().$type<{ from: string; to: string; zone: string }>(),
  createdAt: at().notNull().defaultNow(),
});

export const member = pgTable(
  "member",
  {
    groupId: id()
      .notNull()
      .references(() => group.id, { onDelete: "cascade" }),
    personId: id()
      .notNull()
      .references(() => person.id, { onDelete: "cascade" }),
    role: text().$type<"admin" | "member">().notNull().default("member"),
    joinedAt: at().notNull().defaultNow(),
    /** The room they joined in; null when a code let them in. */
    platform: text(),
    roomId: text(),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.personId] }), index().on(t.personId)],
);

export const room = pgTable(
  "room",
  {
    platform: text().notNull(),
    roomId: text().notNull(),
    groupId: id()
      .notNull()
      .references(() => group.id, { onDelete: "cascade" }),
    title: text().notNull(),
    /** Of a thread or topic: the room it is part of. */
    parentId: text(),
    /** In which the group's news are told there. */
    language: text().$type<"en" | "fr">().notNull().default("en"),
    boundAt: at().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.roomId] }), index().on(t.groupId), index().on(t.platform, t.parentId)],
);
