// The table of members, and the shares and codes that go with a membership.
import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Platform } from "#contract";
import type { Db, Tx } from "../../platform/db.ts";
import { code, group, identity, member, person, room, server, share } from "../../schema/index.ts";
import type { MemberRow, Membership } from "../membership.ts";
import type { RoomKey } from "./rooms.ts";
import { isRoomOrThread } from "./rooms.ts";

const isMember = (groupId: number, personId: number) => and(eq(member.groupId, groupId), eq(member.personId, personId));

export async function selectMemberships(db: Db | Tx, personId: number): Promise<Membership[]> {
  return db
    .select({ groupId: group.id, groupName: group.name, role: member.role, policy: group.policy })
    .from(member)
    .innerJoin(group, eq(group.id, member.groupId))
    .where(eq(member.personId, personId))
    .orderBy(asc(member.joinedAt), asc(group.id));
}

/** `room`: the one they joined in, while it is bound to that group. Oldest first. */
export async function selectJoined(
  db: Db,
  personId: number,
): Promise<{ name: string; room: { platform: Platform; roomId: string } | null }[]> {
  return db
    .select({ name: group.name, room: { platform: sql<Platform>`${room.platform}`, roomId: room.roomId } })
    .from(member)
    .innerJoin(group, eq(group.id, member.groupId))
    .leftJoin(room, isJoinedIn)
    .where(eq(member.personId, personId))
    .orderBy(asc(member.joinedAt), asc(group.id));
}

const isJoinedIn = and(
  eq(room.platform, member.platform),
  eq(room.roomId, member.roomId),
  eq(room.groupId, member.groupId),
);

/** Oldest first. */
export async function selectMembers(db: Db | Tx, groupId: number): Promise<MemberRow[]> {
  return db
    .select({
      personId: member.personId,
      displayName: person.displayName,
      role: member.role,
      joinedAt: member.joinedAt,
    })
    .from(member)
    .innerJoin(person, eq(person.id, member.personId))
    .where(eq(member.groupId, groupId))
    .orderBy(asc(member.joinedAt), asc(member.personId));
}

/** Memberships of the person behind an account in the groups of a room and of its threads, in the order of their ids. */
export async function selectMembershipsAt(tx: Tx, at: RoomKey, userId: string) {
  return tx
    .selectDistinct({ groupId: group.id, groupName: group.name, personId: member.personId })
    .from(room)
    .innerJoin(group, eq(group.id, room.groupId))
    .innerJoin(identity, and(eq(identity.platform, at.platform), eq(identity.userId, userId)))
    .innerJoin(member, and(eq(member.groupId, group.id), eq(member.personId, identity.personId)))
    .where(isRoomOrThread(at))
    .orderBy(asc(group.id));
}

/** Bound rooms of a platform, with the accounts there of those who joined in them. */
export async function selectWatched(db: Db, platform: Platform) {
  return db
    .select({
      roomId: room.roomId,
      parentId: room.parentId,
      title: room.title,
      userIds: sql<
        string[]
      >`coalesce(jsonb_agg(${identity.userId} order by ${identity.userId}) filter (where ${identity.userId} is not null), '[]')`,
    })
    .from(room)
    .leftJoin(member, isJoinedIn)
    .leftJoin(identity, and(eq(identity.personId, member.personId), eq(identity.platform, room.platform)))
    .where(eq(room.platform, platform))
    .groupBy(room.platform, room.roomId)
    .orderBy(asc(room.roomId));
}

/** False when the person is a member already. */
export async function insertMember(tx: Tx, row: typeof member.$inferInsert): Promise<boolean> {
  const made = await tx.insert(member).values(row).onConflictDoNothing().returning();
  return made.length > 0;
}

/** A member whom a code let in, or who made the group in private, is known to be in this room from now on. */
export async function settleMember(tx: Tx, groupId: number, personId: number, at: RoomKey): Promise<void> {
  const { platform, roomId } = at;
  await tx
    .update(member)
    .set({ platform, roomId })
    .where(and(isMember(groupId, personId), isNull(member.roomId)));
}

/** The membership, with what the person shared with the group and the codes they made for it. */
export async function deleteMember(tx: Tx, groupId: number, personId: number): Promise<boolean> {
  const own = tx.select({ id: server.id }).from(server).where(eq(server.ownerId, personId));
  const shared = and(eq(share.groupId, groupId), inArray(share.serverId, own));
  await tx.delete(share).where(shared);
  await tx.delete(code).where(and(eq(code.groupId, groupId), eq(code.personId, personId)));
  const left = await tx.delete(member).where(isMember(groupId, personId)).returning();
  return left.length > 0;
}

export async function promoteMember(tx: Tx, groupId: number, personId: number): Promise<void> {
  await tx.update(member).set({ role: "admin" }).where(isMember(groupId, personId));
}
