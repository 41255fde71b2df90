// The tables of groups: groups, members, rooms; and the shares and codes that go with a membership.
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { Policy, Room } from "#contract";
import type { Db, Tx } from "../platform/db.ts";
import { withdrawShareEvents } from "../platform/outbox.ts";
import { code, group, member, person, room, server, share } from "../schema/index.ts";
import type { MemberRow, Membership } from "./membership.ts";

type At = Pick<Room, "platform" | "roomId">;
const isRoom = (at: At) => and(eq(room.platform, at.platform), eq(room.roomId, at.roomId));
const isMember = (groupId: number, personId: number) => and(eq(member.groupId, groupId), eq(member.personId, personId));

export async function selectGroupOfRoom(db: Db | Tx, at: Room): Promise<{ id: number; name: string } | undefined> {
  if (at.kind !== "group") return undefined;
  const [found] = await db
    .select({ id: group.id, name: group.name })
    .from(room)
    .innerJoin(group, eq(group.id, room.groupId))
    .where(isRoom(at));
  return found;
}

export async function selectMemberships(db: Db | Tx, personId: number): Promise<Membership[]> {
  return db
    .select({ groupId: group.id, groupName: group.name, role: member.role, policy: group.policy })
    .from(member)
    .innerJoin(group, eq(group.id, member.groupId))
    .where(eq(member.personId, personId))
    .orderBy(asc(member.joinedAt), asc(group.id));
}

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

export async function selectRooms(db: Db, groupId: number) {
  return db.select().from(room).where(eq(room.groupId, groupId)).orderBy(asc(room.boundAt));
}

/** Holds the group still until the transaction ends (rows that refer to it may still be written); undefined when it is gone. */
export async function lockGroup(tx: Tx, groupId: number): Promise<{ name: string } | undefined> {
  const [found] = await tx.select({ name: group.name }).from(group).where(eq(group.id, groupId)).for("no key update");
  return found;
}

export async function insertGroup(tx: Tx, name: string, createdAt: Date): Promise<number> {
  const [made] = await tx.insert(group).values({ name, createdAt }).returning({ id: group.id });
  if (!made) throw new Error("no row came back");
  return made.id;
}

/** False when the person is a member already. */
export async function insertMember(tx: Tx, row: typeof member.$inferInsert): Promise<boolean> {
  const made = await tx.insert(member).values(row).onConflictDoNothing().returning();
  return made.length > 0;
}

/** False when the room is bound already. */
export async function insertRoom(tx: Tx, at: Room, groupId: number, boundAt: Date): Promise<boolean> {
  const row = { platform: at.platform, roomId: at.roomId, title: at.title, groupId, boundAt };
  const made = await tx.insert(room).values(row).onConflictDoNothing().returning();
  return made.length > 0;
}

export async function deleteRoom(db: Db | Tx, at: At): Promise<void> {
  await db.delete(room).where(isRoom(at));
}

/** The membership, with what the person shared with the group and the codes they made for it. */
export async function deleteMember(tx: Tx, groupId: number, personId: number): Promise<boolean> {
  const own = tx.select({ id: server.id }).from(server).where(eq(server.ownerId, personId));
  const shared = and(eq(share.groupId, groupId), inArray(share.serverId, own));
  const gone = await tx.delete(share).where(shared).returning({ id: share.id });
  await withdrawShareEvents(
    tx,
    gone.map(({ id }) => id),
  );
  await tx.delete(code).where(and(eq(code.groupId, groupId), eq(code.personId, personId)));
  const left = await tx.delete(member).where(isMember(groupId, personId)).returning();
  return left.length > 0;
}

export async function deleteGroup(tx: Tx, groupId: number): Promise<void> {
  await tx.delete(code).where(eq(code.groupId, groupId));
  await tx.delete(group).where(eq(group.id, groupId));
}

export async function promoteMember(tx: Tx, groupId: number, personId: number): Promise<void> {
  await tx.update(member).set({ role: "admin" }).where(isMember(groupId, personId));
}

export async function updatePolicy(tx: Tx, groupId: number, policy: Policy): Promise<void> {
  await tx.update(group).set({ policy }).where(eq(group.id, groupId));
}

/** One of the person's groups has this name, capitals or not. */
export async function hasGroupNamed(tx: Tx, personId: number, name: string): Promise<boolean> {
  const found = await tx
    .select({ id: group.id })
    .from(member)
    .innerJoin(group, eq(group.id, member.groupId))
    .where(and(eq(member.personId, personId), sql`lower(${group.name}) = lower(${name})`));
  return found.length > 0;
}
