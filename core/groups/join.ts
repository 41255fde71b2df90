// Coming into a group: by its room, or by a code from one of its admins.

import type { Room } from "#contract";
import { takeCode } from "../people/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { appendEvent } from "../platform/outbox.ts";
import { lockGroup } from "./store/groups.ts";
import { insertMember } from "./store/members.ts";
import { selectGroupOfRoom } from "./store/rooms.ts";

interface Deps {
  db: Db;
  clock: Clock;
}

/** @throws `group.none-here`, `group.code-invalid`, `group.already-member` (the code stays usable) */
export function joinGroup({ db, clock }: Deps, person: Person, room: Room, code?: string): Promise<{ name: string }> {
  return db.transaction(async (tx) => {
    const here = await selectGroupOfRoom(tx, room);
    const groupId = code ? await groupOfCode(tx, code, "join", clock.now()) : here?.id;
    if (groupId === undefined) throw new FonError("group.none-here");
    const group = await lockGroup(tx, groupId);
    if (!group) throw new FonError("group.code-invalid");
    const joinedAt = clock.now();
    const joinedIn = here?.id === groupId ? { platform: room.platform, roomId: room.roomId } : {};
    if (!(await insertMember(tx, { groupId, personId: person.id, joinedAt, ...joinedIn }))) {
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

/** Uses the code up. @throws `group.code-invalid` */
export async function groupOfCode(tx: Tx, code: string, purpose: "join" | "room", now: Date): Promise<number> {
  const taken = await takeCode(tx, code, purpose, now);
  if (!taken?.groupId) throw new FonError("group.code-invalid");
  return taken.groupId;
}
