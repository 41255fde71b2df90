// A new group: its maker is the first admin, the room it was made in is bound to it.
import type { Room } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { requireRoomAdmin, roomBound } from "./bind.ts";
import { hasGroupNamed, insertGroup } from "./store/groups.ts";
import { insertMember, selectMemberships } from "./store/members.ts";
import { insertRoom, lockRoom, selectGroupOfRoom } from "./store/rooms.ts";

/**
 * Doing it again in the same room answers like the first time.
 * @throws `room.admin-only`; `group.room-bound`; `group.name-taken` among the person's own groups (others' names are
 * nobody's business)
 */
export async function createGroup(
  { db, clock }: { db: Db; clock: Clock },
  person: Person,
  room: Room,
  name: string,
): Promise<{ name: string }> {
  if (room.kind === "group") requireRoomAdmin(room);
  return db.transaction(async (tx) => {
    // The same message twice in one moment: the second finds what the first has made.
    await lockRoom(tx, room);
    const here = await selectGroupOfRoom(tx, room);
    if (here && (await isOwn(tx, person, here.id)) && isSame(here.name, name)) return { name: here.name };
    if (here) throw roomBound(here);
    if (await hasGroupNamed(tx, person.id, name)) throw new FonError("group.name-taken", { name });
    await makeGroup(tx, person, room, name, clock.now());
    return { name };
  });
}

async function makeGroup(tx: Tx, person: Person, room: Room, name: string, now: Date): Promise<void> {
  const groupId = await insertGroup(tx, name, now);
  const joinedIn = room.kind === "group" ? { platform: room.platform, roomId: room.roomId } : {};
  await insertMember(tx, { groupId, personId: person.id, role: "admin", joinedAt: now, ...joinedIn });
  if (room.kind !== "group") return;
  const bound = { groupId, language: person.language, boundAt: now };
  if (!(await insertRoom(tx, room, bound))) throw roomBound(await selectGroupOfRoom(tx, room));
}

async function isOwn(tx: Tx, person: Person, groupId: number): Promise<boolean> {
  return (await selectMemberships(tx, person.id)).some((own) => own.groupId === groupId);
}

const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
