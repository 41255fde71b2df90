// Coming into a group: by its room, or by a code from one of its admins.

import type { Room } from "#contract";
import { takeCode } from "../people/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { appendEvent } from "../platform/outbox.ts";
import { insertMember, insertRoom, lockGroup, selectGroupOfRoom } from "./store.ts";

interface Deps {
  db: Db;
  clock: Clock;
}

/** @throws `group.none-here`, `group.code-invalid`, `group.already-member` (the code stays usable) */
export function joinGroup({ db, clock }: Deps, person: Person, room: Room, code?: string): Promise<{ name: string }> {
  return db.transaction(async (tx) => {
    const groupId = code ? await groupOfCode(tx, code, "join", clock.now()) : await groupHere(tx, room);
    const group = await lockGroup(tx, groupId);
    if (!group) throw new FonError("group.code-invalid");
    const joinedAt = clock.now();
    if (!(await insertMember(tx, { groupId, personId: person.id, joinedAt }))) {
      throw new FonError("group.already-member", { group: group.name });
    }
    await appendEvent(tx, {
      key: `member.joined:${groupId}:${person.id}:${joinedAt.getTime()}`,
      groupId,
      telling: { kind: "member.joined", name: person.displayName, group: group.name },
    });
    return { name: group.name };
  });
}

/** Whoever has an admin's code may bind the room they are in. @throws `request.invalid` in private, `group.room-bound`, `group.code-invalid` */
export function bindRoom({ db, clock }: Deps, room: Room, code: string): Promise<{ name: string }> {
  if (room.kind !== "group") throw new FonError("request.invalid", { field: "room" });
  return db.transaction(async (tx) => {
    const groupId = await groupOfCode(tx, code, "room", clock.now());
    const group = await lockGroup(tx, groupId);
    if (!group) throw new FonError("group.code-invalid");
    if (!(await insertRoom(tx, room, groupId, clock.now()))) throw await roomBound(tx, room);
    return { name: group.name };
  });
}

export async function roomBound(tx: Tx, room: Room): Promise<FonError> {
  const here = await selectGroupOfRoom(tx, room);
  return new FonError("group.room-bound", here ? { group: here.name } : {});
}

async function groupHere(tx: Tx, room: Room): Promise<number> {
  const here = await selectGroupOfRoom(tx, room);
  if (!here) throw new FonError("group.none-here");
  return here.id;
}

async function groupOfCode(tx: Tx, code: string, purpose: "join" | "room", now: Date): Promise<number> {
  const taken = await takeCode(tx, code, purpose, now);
  if (!taken?.groupId) throw new FonError("group.code-invalid");
  return taken.groupId;
}
