// Announcements of new files, and the messages that show them.
import { bigint, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { directory } from "./catalog.ts";
import { group } from "./groups.ts";
import { at, id, person } from "./people.ts";
import { share } from "./shares.ts";

export const announcement = pgTable(
  "announcement",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    groupId: id()
      .notNull()
      .references(() => group.id, { onDelete: "cascade" }),
    /** Of a share's introduction: that share. Null where new files of one or more shares are told. */
    shareId: id().references(() => share.id, { onDelete: "cascade" }),
    /** Not told before; more files may come to it until then. */
    dueAt: at().notNull().defaultNow(),
    /** When it went to the outbox; null while it waits. */
    toldAt: at(),
    files: integer().notNull(),
    bytes: bigint({ mode: "number" }).notNull(),
    createdAt: at().notNull().defaultNow(),
  },
  (t) => [index().on(t.shareId), index().on(t.groupId, t.toldAt), index().on(t.dueAt)],
);

/** The files told by an announcement; rows go with their file, by a trigger of `file`. */
export const announcedFile = pgTable(
  "announced_file",
  {
    announcementId: id()
      .notNull()
      .references(() => announcement.id, { onDelete: "cascade" }),
    fileId: id().notNull(),
    directoryId: integer()
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

/** What a person did about an announcement. `pull` says that it was answered, whatever became of the pull. */
export const announcementMark = pgTable(
  "announcement_mark",
  {
    announcementId: id()
      .notNull()
      .references(() => announcement.id, { onDelete: "cascade" }),
    personId: id()
      .notNull()
      .references(() => person.id, { onDelete: "cascade" }),
    kind: text().$type<"pull" | "keep" | "rate">().notNull(),
    markedAt: at().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.announcementId, t.personId, t.kind] }), index().on(t.personId)],
);
