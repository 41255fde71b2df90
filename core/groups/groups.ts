// What other features ask about groups: the group of a room, a person's memberships.
import type { News, Quiet, Room } from "#contract";
import type { Db, Tx } from "../platform/db.ts";
import { leaveAllGroups } from "./leave.ts";
import type { Membership } from "./membership.ts";
import { membershipFor } from "./membership.ts";
import { settleRoom } from "./settle-room.ts";
import { selectNews } from "./store/groups.ts";
import { selectMemberships } from "./store/members.ts";
import { selectGroupOfRoom } from "./store/rooms.ts";

export interface Groups {
  /** Undefined in a private room and in one that is not bound. */
  groupOfRoom(room: Room): Promise<{ id: number; name: string } | undefined>;
  /** In private: the person's only group. @throws `group.none-here`, `group.not-a-member` */
  requireMember(person: { id: number }, room: Room): Promise<Membership>;
  /** Oldest first. */
  membershipsOf(personId: number): Promise<Membership[]>;
  /** Leaves every group as `groups.leave` does; for the erasure of a person, in its transaction. */
  leaveAll(tx: Tx, personId: number): Promise<void>;
  /** The room whose group counts: itself when it is bound or no thread, else the one it is part of when that is bound. */
  settleRoom(room: Room): Promise<Room>;
  /** How much of new files the group is told, and when not; nothing for a group that is no more. */
  newsOf(tx: Tx | Db, groupId: number): Promise<{ news: News; quiet: Quiet | null }>;
}

export function createGroups({ db }: { db: Db }): Groups {
  return {
    groupOfRoom: (room) => selectGroupOfRoom(db, room),
    async requireMember(person, room) {
      const [here, memberships] = await Promise.all([selectGroupOfRoom(db, room), selectMemberships(db, person.id)]);
      return membershipFor(room, here, memberships);
    },
    membershipsOf: (personId) => selectMemberships(db, personId),
    leaveAll: leaveAllGroups,
    settleRoom: (room) => settleRoom(db, room),
    newsOf: async (tx, groupId) => (await selectNews(tx, groupId)) ?? { news: "off", quiet: null },
  };
}
