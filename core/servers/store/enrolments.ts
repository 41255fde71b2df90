// The table of one-time links.
import { and, desc, eq, gt, inArray, lte } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { enrolment } from "../../schema/index.ts";

export type EnrolmentRow = typeof enrolment.$inferSelect;

const isValid = (tokenHash: string, now: Date) => and(eq(enrolment.tokenHash, tokenHash), gt(enrolment.expiresAt, now));

export async function insertEnrolment(db: Db | Tx, row: EnrolmentRow): Promise<void> {
  await db.insert(enrolment).values(row);
}

export async function selectEnrolment(db: Db | Tx, tokenHash: string, now: Date): Promise<EnrolmentRow | undefined> {
  const [row] = await db.select().from(enrolment).where(isValid(tokenHash, now));
  return row;
}

/** Undefined when another call took it first. */
export async function deleteEnrolment(tx: Tx, tokenHash: string, now: Date): Promise<EnrolmentRow | undefined> {
  const [row] = await tx.delete(enrolment).where(isValid(tokenHash, now)).returning();
  return row;
}

/** Old links of the person, and all but the newest few. */
export async function thinOut(db: Db | Tx, personId: number, now: Date, keep: number): Promise<void> {
  await db.delete(enrolment).where(and(eq(enrolment.personId, personId), lte(enrolment.expiresAt, now)));
  const more = await db
    .select({ tokenHash: enrolment.tokenHash })
    .from(enrolment)
    .where(eq(enrolment.personId, personId))
    .orderBy(desc(enrolment.expiresAt))
    .offset(keep);
  const hashes = more.map((row) => row.tokenHash);
  if (hashes.length > 0) await db.delete(enrolment).where(inArray(enrolment.tokenHash, hashes));
}
