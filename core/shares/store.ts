// The table of shares, and what of the catalog's tables is counted for a list of them.
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Policy } from "#contract";
import type { Db, Tx } from "../platform/db.ts";
import { directory, group, member, person, scan, server, share } from "../schema/index.ts";

export interface VisibleShare {
  id: number;
  groupId: number;
  name: string;
  /** Relative to the server's share folder, "" for all of it. */
  path: string;
  serverId: number;
  ownerId: number;
  ownerName: string;
  policy: Policy;
}

const owning = alias(member, "owning");
const seeing = alias(member, "seeing");

/**
 * THE rule: a share is seen by the members of its group, as long as its owner is one too.
 * @param groupId only this group's, or those of all the person's groups
 */
export async function selectVisible(db: Db | Tx, personId: number, groupId?: number): Promise<VisibleShare[]> {
  const here = groupId === undefined ? undefined : eq(share.groupId, groupId);
  return selectOwned(db)
    .innerJoin(seeing, and(eq(seeing.groupId, share.groupId), eq(seeing.personId, personId)))
    .where(here)
    .orderBy(...byName);
}

/** What every member of the group sees there. */
export async function selectOfGroup(db: Db | Tx, groupId: number): Promise<VisibleShare[]> {
  return selectOwned(db)
    .where(eq(share.groupId, groupId))
    .orderBy(...byName);
}

const byName = [asc(sql`lower(${share.name})`), asc(share.id)];

function selectOwned(db: Db | Tx) {
  return db
    .select({
      id: share.id,
      groupId: share.groupId,
      name: share.name,
      path: share.path,
      serverId: share.serverId,
      ownerId: server.ownerId,
      ownerName: person.displayName,
      policy: group.policy,
    })
    .from(share)
    .innerJoin(server, eq(server.id, share.serverId))
    .innerJoin(person, eq(person.id, server.ownerId))
    .innerJoin(group, eq(group.id, share.groupId))
    .innerJoin(owning, and(eq(owning.groupId, share.groupId), eq(owning.personId, server.ownerId)));
}

export interface ShareSize {
  files: number;
  bytes: number;
}

/** By share id, counted by folders; a share whose folder the catalog has not met yet is left out. */
export async function countFiles(db: Db, shareIds: number[]): Promise<Map<number, ShareSize>> {
  if (shareIds.length === 0) return new Map();
  const rows = await db
    .select({
      id: share.id,
      files: sql<number>`sum(${directory.files})`.mapWith(Number),
      bytes: sql<number>`least(sum(${directory.bytes}), 9007199254740991)`.mapWith(Number),
    })
    .from(share)
    .innerJoin(
      directory,
      sql`${directory.serverId} = ${share.serverId} and (${share.path} = '' or ${directory.path} = ${share.path}
        or starts_with(${directory.path}, ${share.path} || '/'))`,
    )
    .where(inArray(share.id, shareIds))
    .groupBy(share.id);
  return new Map(rows.map(({ id, files, bytes }) => [id, { files, bytes }]));
}

/** By server id: its label, and when it was read to the end last. */
export async function selectServerFacts(db: Db, serverIds: number[]) {
  if (serverIds.length === 0) return new Map<number, { label: string; scannedAt: Date | null }>();
  const rows = await db
    .select({ id: server.id, label: server.label, scannedAt: scan.finishedAt })
    .from(server)
    .leftJoin(scan, eq(scan.serverId, server.id))
    .where(inArray(server.id, serverIds));
  return new Map(rows.map(({ id, label, scannedAt }) => [id, { label, scannedAt }]));
}

/** Names and folders of a group's shares stay as they are until the transaction ends. False when the group is gone. */
export async function lockGroupShares(tx: Tx, groupId: number): Promise<boolean> {
  const found = await tx.select({ id: group.id }).from(group).where(eq(group.id, groupId)).for("no key update");
  return found.length > 0;
}

export async function selectGroupShares(tx: Tx, groupId: number) {
  return tx
    .select({ id: share.id, name: share.name, path: share.path, serverId: share.serverId })
    .from(share)
    .where(eq(share.groupId, groupId));
}

export async function isMember(tx: Tx, groupId: number, personId: number): Promise<boolean> {
  const found = await tx
    .select({ personId: member.personId })
    .from(member)
    .where(and(eq(member.groupId, groupId), eq(member.personId, personId)));
  return found.length > 0;
}

export async function insertShare(tx: Tx, row: typeof share.$inferInsert): Promise<void> {
  await tx.insert(share).values(row);
}

export async function deleteShare(tx: Tx, shareId: number): Promise<void> {
  await tx.delete(share).where(eq(share.id, shareId));
}

/** A server that is scanned already is due again now; the catalog makes the row of a new one. */
export async function makeScanDue(tx: Tx, serverId: number, now: Date): Promise<void> {
  await tx.update(scan).set({ dueAt: now }).where(eq(scan.serverId, serverId));
}
