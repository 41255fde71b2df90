// A new group: its maker is the first admin, the room it was made in is bound to it.
import type { Room } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { roomBound } from "./join.ts";
import { hasGroupNamed, insertGroup, insertMember, insertRoom } from "./store.ts";

/** @throws `group.room-bound`; `group.name-taken` among the person's own groups (others' names are nobody's business) */
export function createGroup(
  { db, clock }: { db: Db; clock: Clock },
  person: Person,
  room: Room,
  name: string,
): Promise<{ name: string }> {
  return db.transaction(async (tx) => {
    if (await hasGroupNamed(tx, person.id, name)) throw new FonError("group.name-taken", { name });
    const now = clock.now();
    const groupId = await insertGroup(tx, name, now);
    await insertMember(tx, { groupId, personId: person.id, role: "admin", joinedAt: now });
    if (room.kind === "group" && !(await insertRoom(tx, room, groupId, now))) throw await roomBound(tx, room);
    return { name };
  });
}
