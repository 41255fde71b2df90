// Rooms that get another id: Telegram makes a supergroup of a group. Topics are `<room>:<topic>` and move along.
import type { SQL, SQLWrapper } from "drizzle-orm";
import { sql } from "drizzle-orm";

/** The room itself, or a topic of it. @param id a column or expression that holds a room's id */
export function isRoomOrTopic(id: SQLWrapper, roomId: string): SQL {
  return sql`(${id} = ${roomId} or starts_with(${id}, ${`${roomId}:`}))`;
}

/** What an id becomes for which `isRoomOrTopic(id, from)` holds. */
export function movedRoomId(id: SQLWrapper, from: string, to: string): SQL<string> {
  return sql<string>`${to}::text || substr(${id}, ${from.length + 1}::int)`;
}
