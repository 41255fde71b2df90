// Which room a call is about: a thread or topic that is not bound itself counts as the room it is part of.
import type { Room } from "#contract";
import type { Db } from "../platform/db.ts";
import { selectBound } from "./store/rooms.ts";

export async function settleRoom(db: Db, room: Room): Promise<Room> {
  const { parentId, ...rest } = room;
  if (room.kind !== "group" || parentId === undefined) return room;
  const bound = await selectBound(db, room.platform, [room.roomId, parentId]);
  const isParents = bound.includes(parentId) && !bound.includes(room.roomId);
  return isParents ? { ...rest, roomId: parentId } : room;
}
