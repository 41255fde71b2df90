// Groups, their members and the rooms they are bound to.
import { index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { at, id, person } from "./people.ts";

export const group = pgTable("share_group", {
  id: id().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull(),
  policy: text().$type<"fxp" | "fxp-tls-only">().notNull().default("fxp"),
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
    boundAt: at().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.roomId] }), index().on(t.groupId)],
);
