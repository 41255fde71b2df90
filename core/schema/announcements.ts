// Announcements of new files, and the messages that show them.
import { bigint, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { directory, file } from "./catalog.ts";
import { at, id } from "./people.ts";
import { share } from "./shares.ts";

export const announcement = pgTable(
  "announcement",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    shareId: id()
      .notNull()
      .references(() => share.id, { onDelete: "cascade" }),
    files: integer().notNull(),
    bytes: bigint({ mode: "number" }).notNull(),
    createdAt: at().notNull().defaultNow(),
  },
  (t) => [index().on(t.shareId)],
);

/** The files told by an announcement; rows go with their file. */
export const announcedFile = pgTable(
  "announced_file",
  {
    announcementId: id()
      .notNull()
      .references(() => announcement.id, { onDelete: "cascade" }),
    fileId: id()
      .notNull()
      .references(() => file.id, { onDelete: "cascade" }),
    directoryId: id()
      .notNull()
      .references(() => directory.id, { onDelete: "cascade" }),
  },
  (t) => [primaryKey({ columns: [t.announcementId, t.fileId] }), index().on(t.fileId), index().on(t.directoryId)],
);

export const announcementMessage = pgTable(
  "announcement_message",
  {
    platform: text().notNull(),
    roomId: text().notNull(),
    messageId: text().notNull(),
    announcementId: id()
      .notNull()
      .references(() => announcement.id, { onDelete: "cascade" }),
  },
  (t) => [primaryKey({ columns: [t.platform, t.roomId, t.messageId] })],
);
