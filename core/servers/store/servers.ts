// The table of servers: nothing in it is secret.
import { and, asc, eq, ne, sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { FonError } from "../../platform/errors.ts";
import { enrolment, person, server } from "../../schema/index.ts";

export type ServerRow = typeof server.$inferSelect;

export async function selectServer(db: Db | Tx, serverId: number): Promise<ServerRow | undefined> {
  const [row] = await db.select().from(server).where(eq(server.id, serverId));
  return row;
}

/** Holds the row until the transaction ends; rows that refer to it may still be written. */
export async function lockServer(tx: Tx, serverId: number): Promise<ServerRow | undefined> {
  const [row] = await tx.select().from(server).where(eq(server.id, serverId)).for("no key update");
  return row;
}

/** Whoever writes this person's labels waits here, so that two links cannot store the same one. */
export async function lockOwner(tx: Tx, ownerId: number): Promise<void> {
  await tx.select({ id: person.id }).from(person).where(eq(person.id, ownerId)).for("no key update");
}

/** Oldest first. */
export async function selectOwn(db: Db | Tx, ownerId: number): Promise<ServerRow[]> {
  return db.select().from(server).where(eq(server.ownerId, ownerId)).orderBy(asc(server.createdAt), asc(server.id));
}

/** Another server of the owner has this label, capitals or not. */
export async function isLabelTaken(db: Db | Tx, ownerId: number, label: string, exceptId: number): Promise<boolean> {
  const same = and(eq(server.ownerId, ownerId), sql`lower(${server.label}) = lower(${label})`);
  const found = await db
    .select({ id: server.id })
    .from(server)
    .where(and(same, ne(server.id, exceptId)));
  return found.length > 0;
}

export async function insertServer(tx: Tx, row: typeof server.$inferInsert): Promise<ServerRow> {
  const [made] = await tx.insert(server).values(row).returning();
  if (!made) throw new Error("no row came back");
  return made;
}

/** @throws `server.unknown` when it is gone */
export async function updateServer(db: Db | Tx, serverId: number, set: Partial<ServerRow>): Promise<ServerRow> {
  const [row] = await db.update(server).set(set).where(eq(server.id, serverId)).returning();
  if (!row) throw new FonError("server.unknown");
  return row;
}

export async function deleteServer(tx: Tx, serverId: number): Promise<void> {
  await tx.delete(enrolment).where(eq(enrolment.serverId, serverId));
  await tx.delete(server).where(eq(server.id, serverId));
}
