// What bots keep here: buttons by their opaque id, and which message of a chat shows what.
import { index, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { at } from "./people.ts";

export const button = pgTable(
  "button",
  {
    platform: text().notNull(),
    id: text().notNull(),
    command: text().notNull(),
    /** Where pressing it counts as spoken, as the contract's `buttonRoomSchema`. */
    room: jsonb().$type<Record<string, unknown>>().notNull(),
    /** Who may press it; null for everybody who can. */
    userId: text(),
    keptAt: at().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.id] }), index().on(t.keptAt), index().on(t.platform, t.userId)],
);

export const message = pgTable(
  "message",
  {
    platform: text().notNull(),
    key: text().notNull(),
    chatId: text().notNull(),
    messageId: text().notNull(),
    /** Whose command keeps or kept it current. */
    userId: text(),
    follow: jsonb().$type<Record<string, unknown>>(),
    changedAt: at().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.platform, t.key, t.chatId] }),
    index().on(t.changedAt),
    index().on(t.platform, t.userId),
  ],
);
