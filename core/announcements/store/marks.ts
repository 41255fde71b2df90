// What people did about announcements.
import { and, count, eq, inArray } from "drizzle-orm";
import type { Reaction } from "#contract";
import type { Db } from "../../platform/db.ts";
import { announcementMark } from "../../schema/index.ts";

export interface Mark {
  announcementId: number;
  personId: number;
  kind: Reaction;
}

const isMark = ({ announcementId, personId, kind }: Mark) =>
  and(
    eq(announcementMark.announcementId, announcementId),
    eq(announcementMark.personId, personId),
    eq(announcementMark.kind, kind),
  );

export async function hasMark(db: Db, mark: Mark): Promise<boolean> {
  const found = await db.select({ kind: announcementMark.kind }).from(announcementMark).where(isMark(mark));
  return found.length > 0;
}

export async function setMark(db: Db, mark: Mark, markedAt: Date): Promise<void> {
  await db
    .insert(announcementMark)
    .values({ ...mark, markedAt })
    .onConflictDoNothing();
}

export async function takeMark(db: Db, mark: Mark): Promise<void> {
  await db.delete(announcementMark).where(isMark(mark));
}

/** By announcement; one without stars is left out. */
export async function starsOf(db: Db, announcementIds: readonly number[]): Promise<Map<number, number>> {
  if (announcementIds.length === 0) return new Map();
  const rows = await db
    .select({ id: announcementMark.announcementId, stars: count() })
    .from(announcementMark)
    .where(and(inArray(announcementMark.announcementId, [...announcementIds]), eq(announcementMark.kind, "rate")))
    .groupBy(announcementMark.announcementId);
  return new Map(rows.map(({ id, stars }) => [id, stars]));
}
