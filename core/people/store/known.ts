// Reads, across the tables, what is stored about one person: for the greeting and the export. Never a sealed column.
import { and, count, eq } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Room } from "#contract";
import type { Db } from "../../platform/db.ts";
import { makeRef } from "../../platform/refs.ts";
import {
  announcementMark,
  button,
  group,
  identity,
  lastList,
  member,
  message,
  person,
  pull,
  room,
  server,
  share,
  transfer,
  volume,
} from "../../schema/index.ts";

export async function selectGroupOfRoom(db: Db, at: Room): Promise<{ id: number; name: string } | undefined> {
  if (at.kind !== "group") return undefined;
  const [found] = await db
    .select({ id: group.id, name: group.name })
    .from(room)
    .innerJoin(group, eq(group.id, room.groupId))
    .where(and(eq(room.platform, at.platform), eq(room.roomId, at.roomId)));
  return found;
}

export async function selectGroups(db: Db, personId: number) {
  return db
    .select({
      ...{ id: group.id, name: group.name, role: member.role, joinedAt: member.joinedAt },
      ...{ platform: member.platform, room: member.roomId },
    })
    .from(member)
    .innerJoin(group, eq(group.id, member.groupId))
    .where(eq(member.personId, personId))
    .orderBy(member.joinedAt);
}

export async function countServers(db: Db, personId: number): Promise<number> {
  const [row] = await db.select({ n: count() }).from(server).where(eq(server.ownerId, personId));
  return row?.n ?? 0;
}

export async function selectShares(db: Db, personId: number) {
  return db
    .select({ name: share.name, group: group.name, server: server.label, path: share.path, createdAt: share.createdAt })
    .from(share)
    .innerJoin(server, eq(server.id, share.serverId))
    .innerJoin(group, eq(group.id, share.groupId))
    .where(eq(server.ownerId, personId))
    .orderBy(share.createdAt);
}

/** Rows of the export that have no reader of their own. */
export async function selectRest(db: Db, personId: number) {
  const [self] = await db.select().from(person).where(eq(person.id, personId));
  return {
    person: { name: self?.displayName, language: self?.language, since: self?.createdAt },
    identities: await db
      .select({ platform: identity.platform, userId: identity.userId })
      .from(identity)
      .where(eq(identity.personId, personId)),
    servers: await selectServers(db, personId),
    pulls: await db
      .select({ title: pull.title, createdAt: pull.createdAt, finishedAt: pull.finishedAt })
      .from(pull)
      .where(eq(pull.personId, personId)),
    files: await db
      .select({ path: transfer.destinationPath, bytes: transfer.sizeBytes, state: transfer.state })
      .from(transfer)
      .where(eq(transfer.personId, personId)),
    taken: await selectTaken(db, personId),
    reactions: await selectReactions(db, personId),
    ...(await selectKeptByBots(db, personId)),
    lastLists: await db
      .select({ platform: lastList.platform, room: lastList.roomId, refs: lastList.refs, shownAt: lastList.shownAt })
      .from(lastList)
      .where(eq(lastList.personId, personId)),
  };
}

/** Bytes by day, from servers of others: named by their owners. */
async function selectTaken(db: Db, personId: number) {
  const owner = alias(person, "owner");
  return db
    .select({ from: owner.displayName, group: group.name, day: volume.day, bytes: volume.bytes })
    .from(volume)
    .innerJoin(server, eq(server.id, volume.serverId))
    .innerJoin(owner, eq(owner.id, server.ownerId))
    .innerJoin(group, eq(group.id, volume.groupId))
    .where(eq(volume.personId, personId))
    .orderBy(volume.day);
}

async function selectReactions(db: Db, personId: number) {
  const { announcementId, kind, markedAt } = announcementMark;
  const found = await db
    .select({ id: announcementId, kind, markedAt })
    .from(announcementMark)
    .where(eq(announcementMark.personId, personId));
  return found.map(({ id, ...mark }) => ({ announcement: makeRef("a", id), ...mark }));
}

/** What bots keep for the person's accounts: the commands below their messages, and which messages those are. */
async function selectKeptByBots(db: Db, personId: number) {
  const isTheirs = (kept: typeof button | typeof message) =>
    and(eq(identity.personId, personId), eq(identity.platform, kept.platform), eq(identity.userId, kept.userId));
  return {
    buttons: await db
      .select({ platform: button.platform, command: button.command, keptAt: button.keptAt })
      .from(button)
      .innerJoin(identity, isTheirs(button))
      .orderBy(button.keptAt),
    messages: await db
      .select({ platform: message.platform, chat: message.chatId, message: message.messageId, at: message.changedAt })
      .from(message)
      .innerJoin(identity, isTheirs(message))
      .orderBy(message.changedAt),
  };
}

async function selectServers(db: Db, personId: number) {
  return db
    .select({
      label: server.label,
      security: server.security,
      state: server.state,
      problem: server.problem,
      software: server.software,
      hasInbox: server.hasInbox,
      budgetBytes: server.budgetBytes,
      slotsOut: server.slotsOut,
      slotsIn: server.slotsIn,
      bytesPerSecond: server.bytesPerSecond,
      hours: server.hours,
      memberDayBytes: server.memberDayBytes,
      memberWeekBytes: server.memberWeekBytes,
      groupDayBytes: server.groupDayBytes,
      groupWeekBytes: server.groupWeekBytes,
      allowsRelay: server.allowsRelay,
      allowsClear: server.allowsClear,
      checkedAt: server.checkedAt,
      createdAt: server.createdAt,
    })
    .from(server)
    .where(eq(server.ownerId, personId))
    .orderBy(server.createdAt);
}
