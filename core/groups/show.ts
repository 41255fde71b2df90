// A group as its members see it.
import type { api, OutputOf, Room } from "#contract";
import type { Db } from "../platform/db.ts";
import type { Person } from "../platform/handler.ts";
import type { Membership } from "./membership.ts";
import { nameMembers } from "./membership.ts";
import { selectNews } from "./store/groups.ts";
import { selectMembers } from "./store/members.ts";
import { selectRooms } from "./store/rooms.ts";

export async function showGroup(
  db: Db,
  own: Membership,
  person: Person,
  here: Room,
): Promise<OutputOf<typeof api.groups.show>> {
  const [members, rooms, news] = await Promise.all([
    selectMembers(db, own.groupId),
    selectRooms(db, own.groupId),
    selectNews(db, own.groupId),
  ]);
  return {
    name: own.groupName,
    policy: own.policy,
    news: news?.news ?? "off",
    quiet: news?.quiet ?? null,
    role: own.role,
    members: nameMembers(members).map((member) => ({
      name: member.name,
      role: member.role,
      joinedAt: member.joinedAt.toISOString(),
      isYou: member.personId === person.id,
    })),
    rooms: rooms.map((room) => ({
      platform: room.platform as Room["platform"],
      title: room.title,
      isHere: room.platform === here.platform && room.roomId === here.roomId,
    })),
  };
}
