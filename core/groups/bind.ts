// Binding one more room to a group, by a code from one of its admins.
import type { Room } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { groupOfCode } from "./join.ts";
import { lockGroup } from "./store/groups.ts";
import { settleMember } from "./store/members.ts";
import { insertRoom, lockRoom, selectGroupOfRoom } from "./store/rooms.ts";

/**
 * Whoever has an admin's code may bind the room that they run.
 * @throws `request.invalid` in private, `room.admin-only`, `group.room-bound`, `group.code-invalid`
 */
export async function bindRoom(
  { db, clock }: { db: Db; clock: Clock },
  person: Person,
  room: Room,
  code: string,
): Promise<{ name: string }> {
  if (room.kind !== "group") throw new FonError("request.invalid", { field: "room" });
  requireRoomAdmin(room);
  return db.transaction(async (tx) => {
    await lockRoom(tx, room);
    const groupId = await groupOfCode(tx, code, "room", clock.now());
    const group = await lockGroup(tx, groupId);
    if (!group) throw new FonError("group.code-invalid");
    const bound = { groupId, language: person.language, boundAt: clock.now() };
    if (!(await insertRoom(tx, room, bound))) throw roomBound(await selectGroupOfRoom(tx, room));
    await settleMember(tx, groupId, person.id, room);
    return { name: group.name };
  });
}

/** The console has no rooms that somebody runs: there everybody may. @throws `room.admin-only` */
export function requireRoomAdmin(room: Room): void {
  if (!room.isAdmin && room.platform !== "console") throw new FonError("room.admin-only");
}

export function roomBound(here: { name: string } | undefined): FonError {
  return new FonError("group.room-bound", here ? { group: here.name } : {});
}
