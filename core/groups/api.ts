// The contract's procedures about groups.
import type { api, Room } from "#contract";
import type { RandomCode } from "../people/index.ts";
import { issueCode } from "../people/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Handlers, Person } from "../platform/handler.ts";
import { signal } from "../platform/signals.ts";
import { createGroup } from "./create.ts";
import type { Groups } from "./groups.ts";
import { bindRoom, joinGroup } from "./join.ts";
import { leaveGroup } from "./leave.ts";
import type { Membership } from "./membership.ts";
import { isAdminHere } from "./membership.ts";
import { removeMember } from "./remove-member.ts";
import { showGroup } from "./show.ts";
import { deleteRoom, updatePolicy } from "./store.ts";

const codeLivesMs = 24 * 60 * 60_000;

export interface GroupsApiDeps {
  db: Db;
  clock: Clock;
  groups: Groups;
  randomCode: RandomCode;
}

export function createGroupsApi(deps: GroupsApiDeps): Handlers<typeof api.groups> {
  const { db, groups } = deps;
  const requireAdmin = async (person: Person, room: Room): Promise<Membership> => {
    const own = await groups.requireMember(person, room);
    if (!isAdminHere(own, room)) throw new FonError("group.admin-only", { group: own.groupName });
    return own;
  };
  return {
    show: async ({ person, room }) => showGroup(db, await groups.requireMember(person, room), person, room),
    async mine({ person }) {
      const own = await groups.membershipsOf(person.id);
      return { groups: own.map(({ groupName }) => ({ name: groupName })) };
    },
    create: ({ person, room }, { name }) => createGroup(deps, person, room, name),
    async code({ person, room }, { purpose }) {
      const { groupId } = await requireAdmin(person, room);
      const issued = await issueCode(deps, { purpose, personId: person.id, groupId }, codeLivesMs);
      return { code: issued.code, expiresAt: issued.expiresAt.toISOString() };
    },
    join: ({ person, room }, { code }) => joinGroup(deps, person, room, code),
    bind: async ({ room }, { code }) => bindRoom(deps, room, code),
    async unbind({ person, room }) {
      const here = await groups.groupOfRoom(room);
      if (!here) throw new FonError("group.none-here");
      // Who runs the room may always take it out, member or not.
      if (!room.isAdmin) await requireAdmin(person, room);
      await deleteRoom(db, room);
      return { name: here.name };
    },
    async leave({ person, room }) {
      const own = await groups.requireMember(person, room);
      await db.transaction((tx) => leaveGroup(tx, own.groupId, person.id));
      return { name: own.groupName };
    },
    async setPolicy({ person, room }, { policy }) {
      const { groupId } = await requireAdmin(person, room);
      await db.transaction(async (tx) => {
        await updatePolicy(tx, groupId, policy);
        await signal(tx, "rights");
      });
      return { policy };
    },
    async removeMember({ person, room }, { name }) {
      const { groupId } = await requireAdmin(person, room);
      await removeMember(db, groupId, name);
      return { done: true };
    },
  };
}
