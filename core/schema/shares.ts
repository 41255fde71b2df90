// Shares: a folder of a server that a group may see.
import { pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { group } from "./groups.ts";
import { at, id } from "./people.ts";
import { server } from "./servers.ts";

export const share = pgTable(
  "share",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    groupId: id()
      .notNull()
      .references(() => group.id, { onDelete: "cascade" }),
    serverId: id()
      .notNull()
      .references(() => server.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** Relative to the server's share folder; "" is all of it. Never shown to others. */
    path: text().notNull(),
    createdAt: at().notNull().defaultNow(),
    /** When the first whole scan of it was told to the group. */
    introducedAt: at(),
  },
  (t) => [uniqueIndex().on(t.groupId, t.name), uniqueIndex().on(t.groupId, t.serverId, t.path)],
);
