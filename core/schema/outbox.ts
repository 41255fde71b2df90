// What must be told (outbox) and how far each bot has told it.
import { index, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { group } from "./groups.ts";
import { at, id, person } from "./people.ts";
import { server } from "./servers.ts";

export const outbox = pgTable(
  "outbox",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    key: text().notNull().unique(),
    /** One of the two: told in the group's rooms, or to a person in private. */
    groupId: id().references(() => group.id, { onDelete: "cascade" }),
    personId: id().references(() => person.id, { onDelete: "cascade" }),
    /** What it is about, so that it goes when that goes. */
    serverId: id().references(() => server.id, { onDelete: "cascade" }),
    telling: jsonb().$type<Record<string, unknown>>().notNull(),
    createdAt: at().notNull().defaultNow(),
  },
  (t) => [index().on(t.createdAt)],
);

export const botCursor = pgTable("bot_cursor", {
  bot: text().primaryKey(),
  eventId: id().notNull(),
  updatedAt: at().notNull().defaultNow(),
});
