// The table of rooms that are bound to groups, and the places that name a room by its id.
import { and, asc, eq, inArray, or, sql } from "drizzle-orm";
import type { Platform, Room } from "#contract";
import type { Db, Tx } from "../../platform/db.ts";
import { takeLockNamed } from "../../platform/locks.ts";
import { isRoomOrTopic, movedRoomId } from "../../platform/room-ids.ts";
import { group, member, room } from "../../schema/index.ts";

export type RoomKey = Pick<Room, "platform" | "roomId">;
const isRoom = (at: RoomKey) => and(eq(room.platform, at.platform), eq(room.roomId, at.roomId));

export function isRoomOrThread({ platform, roomId }: RoomKey) {
  return and(eq(room.platform, platform), or(eq(room.roomId, roomId), eq(room.parentId, roomId)));
}

export async function selectGroupOfRoom(
  db: Db | Tx,
  at: Pick<Room, "platform" | "roomId" | "kind">,
): Promise<{ id: number; name: string } | undefined> {
  if (at.kind !== "group") return undefined;
  const [found] = await db
    .select({ id: group.id, name: group.name })
    .from(room)
    .innerJoin(group, eq(group.id, room.groupId))
    .where(isRoom(at));
  return found;
}

/** Which of these rooms are bound. */
export async function selectBound(db: Db, platform: Platform, roomIds: string[]): Promise<string[]> {
  const found = await db
    .select({ roomId: room.roomId })
    .from(room)
    .where(and(eq(room.platform, platform), inArray(room.roomId, roomIds)));
  return found.map(({ roomId }) => roomId);
}

export async function selectRooms(db: Db, groupId: number) {
  return db.select().from(room).where(eq(room.groupId, groupId)).orderBy(asc(room.boundAt));
}

/** One at a time changes what this room is bound to, until the transaction ends. */
export async function lockRoom(tx: Tx, { platform, roomId }: RoomKey): Promise<void> {
  await takeLockNamed(tx, `room ${platform} ${roomId}`);
}

/** False when the room is bound already. */
export async function insertRoom(
  tx: Tx,
  { platform, roomId, title, parentId }: Room,
  bound: Pick<typeof room.$inferInsert, "groupId" | "language" | "boundAt">,
): Promise<boolean> {
  const row = { platform, roomId, title, parentId: parentId ?? null, ...bound };
  const made = await tx.insert(room).values(row).onConflictDoNothing().returning();
  return made.length > 0;
}

export async function deleteRoom(db: Db | Tx, at: RoomKey): Promise<void> {
  await db.delete(room).where(isRoom(at));
}

/** How many there were. */
export async function deleteRoomAndThreads(db: Db, at: RoomKey): Promise<number> {
  const gone = await db.delete(room).where(isRoomOrThread(at)).returning({ roomId: room.roomId });
  return gone.length;
}

export async function updateRoomIds(tx: Tx, platform: Platform, from: string, to: string): Promise<void> {
  const isHere = and(eq(room.platform, platform), isRoomOrTopic(room.roomId, from));
  const roomId = movedRoomId(room.roomId, from, to);
  // Bound anew under the new id already: that is the later word.
  const isThere = sql`exists (select from ${room} there where there.platform = ${room.platform} and there.room_id = ${roomId})`;
  await tx.delete(room).where(and(isHere, isThere));
  await tx.update(room).set({ roomId }).where(isHere);
  await tx
    .update(room)
    .set({ parentId: movedRoomId(room.parentId, from, to) })
    .where(and(eq(room.platform, platform), isRoomOrTopic(room.parentId, from)));
  await tx
    .update(member)
    .set({ roomId: movedRoomId(member.roomId, from, to) })
    .where(and(eq(member.platform, platform), isRoomOrTopic(member.roomId, from)));
}
