// The table of groups, and the codes that open them.
import { and, eq, sql } from "drizzle-orm";
import type { News, Policy, Quiet } from "#contract";
import type { Db, Tx } from "../../platform/db.ts";
import { code, group, member } from "../../schema/index.ts";

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

export async function deleteGroup(tx: Tx, groupId: number): Promise<void> {
  await tx.delete(code).where(eq(code.groupId, groupId));
  await tx.delete(group).where(eq(group.id, groupId));
}

export async function updateGroup(
  db: Db | Tx,
  groupId: number,
  change: { policy: Policy } | { news: News } | { quiet: Quiet | null },
): Promise<void> {
  await db.update(group).set(change).where(eq(group.id, groupId));
}

export async function selectNews(
  db: Db | Tx,
  groupId: number,
): Promise<{ news: News; quiet: Quiet | null } | undefined> {
  const [found] = await db.select({ news: group.news, quiet: group.quiet }).from(group).where(eq(group.id, groupId));
  return found;
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
