// The contract's procedures about groups.
import type { api, Room } from "#contract";
import type { RandomCode } from "../people/index.ts";
import { issueCode } from "../people/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Handlers, Person } from "../platform/handler.ts";
import { signal } from "../platform/signals.ts";
import { settleHours } from "../platform/wall-hours.ts";
import { bindRoom } from "./bind.ts";
import { createGroup } from "./create.ts";
import type { Groups } from "./groups.ts";
import { joinGroup } from "./join.ts";
import { leaveGroup } from "./leave.ts";
import { memberGone } from "./member-gone.ts";
import type { Membership } from "./membership.ts";
import { isAdminHere } from "./membership.ts";
import { removeMember } from "./remove-member.ts";
import type { MoveRoom } from "./room-moved.ts";
import { moveRoom } from "./room-moved.ts";
import { showGroup } from "./show.ts";
import { updateGroup } from "./store/groups.ts";
import { selectJoined, selectWatched } from "./store/members.ts";
import { deleteRoom, deleteRoomAndThreads } from "./store/rooms.ts";

const codeLivesMs = 24 * 60 * 60_000;

export interface GroupsApiDeps {
  db: Db;
  clock: Clock;
  groups: Groups;
  randomCode: RandomCode;
  /** How the rows of other features follow a room that gets another id. */
  afterMove?: readonly MoveRoom[];
}

type GroupHandlers = Handlers<typeof api.groups>;
type RequireAdmin = (person: Person, room: Room) => Promise<Membership>;

export function createGroupsApi(deps: GroupsApiDeps): GroupHandlers {
  const { groups } = deps;
  const requireAdmin: RequireAdmin = async (person, room) => {
    const own = await groups.requireMember(person, room);
    if (!isAdminHere(own, room)) throw new FonError("group.admin-only", { group: own.groupName });
    return own;
  };
  return { ...createMembersApi(deps, requireAdmin), ...createSettingsApi(deps, requireAdmin), ...createBotApi(deps) };
}

/** Coming, going, and what one sees. */
function createMembersApi(deps: GroupsApiDeps, requireAdmin: RequireAdmin) {
  const { db, groups } = deps;
  return {
    show: async ({ person, room }) => showGroup(db, await groups.requireMember(person, room), person, room),
    mine: async ({ person }) => ({ groups: await selectJoined(db, person.id) }),
    // A thread is bound by itself, also where it counts as a room that is bound already.
    create: ({ person, room, spokenIn = room }, { name }) => createGroup(deps, person, spokenIn, name),
    bind: ({ person, room, spokenIn = room }, { code }) => bindRoom(deps, person, spokenIn, code),
    async code({ person, room }, { purpose }) {
      const { groupId } = await requireAdmin(person, room);
      const issued = await issueCode(deps, { purpose, personId: person.id, groupId }, codeLivesMs);
      return { code: issued.code, expiresAt: issued.expiresAt.toISOString() };
    },
    join: ({ person, room }, { code }) => joinGroup(deps, person, room, code),
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
  } satisfies Partial<GroupHandlers>;
}

/** What the admins of a group decide. */
function createSettingsApi({ db }: GroupsApiDeps, requireAdmin: RequireAdmin) {
  return {
    async setPolicy({ person, room }, { policy }) {
      const { groupId } = await requireAdmin(person, room);
      await db.transaction(async (tx) => {
        await updateGroup(tx, groupId, { policy });
        await signal(tx, "rights");
      });
      return { policy };
    },
    async setNews({ person, room }, { news }) {
      const { groupId } = await requireAdmin(person, room);
      await updateGroup(db, groupId, { news });
      return { news };
    },
    async setQuiet({ person, room }, { quiet: wanted }) {
      const { groupId } = await requireAdmin(person, room);
      const quiet = wanted && settleHours(wanted);
      await updateGroup(db, groupId, { quiet });
      return { quiet };
    },
    async removeMember({ person, room }, { name }) {
      const { groupId } = await requireAdmin(person, room);
      await removeMember(db, groupId, name);
      return { done: true };
    },
  } satisfies Partial<GroupHandlers>;
}

/** What a bot tells of its platform's rooms. */
function createBotApi({ db, afterMove = [] }: GroupsApiDeps) {
  return {
    watched: async ({ platform }) => ({ rooms: await selectWatched(db, platform) }),
    roomGone: async ({ platform }, { roomId }) => ({ unbound: await deleteRoomAndThreads(db, { platform, roomId }) }),
    async roomMoved({ platform }, ids) {
      await moveRoom(db, afterMove, platform, ids);
      return { done: true };
    },
    memberGone: ({ platform }, { roomId, userId }) => memberGone(db, { platform, roomId }, userId),
  } satisfies Partial<GroupHandlers>;
}
