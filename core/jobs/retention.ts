// What is forgotten when: finished pulls, taken volumes, told events, announcements, lists, what bots keep, expired codes
// and links, unused words.
import { and, eq, isNotNull, isNull, lt, lte, notExists, or, sql } from "drizzle-orm";
import type { Db, Tx } from "../platform/db.ts";
import { takeLock } from "../platform/locks.ts";
import {
  announcement,
  announcementMark,
  botCursor,
  button,
  code,
  enrolment,
  lastList,
  message,
  outbox,
  pull,
  relayed,
  volume,
} from "../schema/index.ts";

/** An event that a bot never fetched is kept so many times longer: the bot may have been away. */
const untoldFactor = 4;
/** A message that still shows something that changes is remembered so many times longer. */
const followedFactor = 2;
/** Old messages keep the buttons that are for everybody: people scroll up and press. One's own say what one asked for. */
const buttonDays = 90;
const wordsAtATime = 500;
/** Of what people took. */
const volumeDays = 8;

export async function forgetOld(db: Db, now: Date, retentionMs: number): Promise<void> {
  const old = new Date(now.getTime() - retentionMs);
  const veryOld = new Date(now.getTime() - retentionMs * untoldFactor);
  const followedOld = new Date(now.getTime() - retentionMs * followedFactor);
  const buttonOld = new Date(now.getTime() - buttonDays * 86_400_000);
  await db.delete(pull).where(and(isNotNull(pull.finishedAt), lt(pull.finishedAt, old)));
  const toldUpTo = sql`(select min(${botCursor.eventId}) from ${botCursor})`;
  const isTold = and(lt(outbox.createdAt, old), lte(outbox.id, toldUpTo));
  await db.delete(outbox).where(or(isTold, lt(outbox.createdAt, veryOld)));
  await forgetAnnouncements(db, old, veryOld);
  await db
    .delete(button)
    .where(or(lt(button.keptAt, buttonOld), and(isNotNull(button.userId), lt(button.keptAt, old))));
  const isFinal = and(isNull(message.follow), lt(message.changedAt, old));
  await db.delete(message).where(or(isFinal, lt(message.changedAt, followedOld)));
  await db.delete(lastList).where(lt(lastList.shownAt, old));
  await forgetVolumes(db, now);
  await db.delete(code).where(lt(code.expiresAt, now));
  await db.delete(enrolment).where(lt(enrolment.expiresAt, now));
  await forgetWords(db, now.getUTCHours());
}

/** What was taken and relayed by day: as long as a limit of seven days, or today's quota, counts it. */
async function forgetVolumes(db: Db, now: Date): Promise<void> {
  const kept = new Date(now.getTime() - volumeDays * 86_400_000).toISOString().slice(0, 10);
  await db.delete(volume).where(lt(volume.day, kept));
  await db.delete(relayed).where(lt(relayed.day, kept));
}

/** Not what somebody kept, and what waits to be told only when its time is long over. */
async function forgetAnnouncements(db: Db, old: Date, veryOld: Date): Promise<void> {
  const { announcementId, kind } = announcementMark;
  const keeps = db
    .select({ one: sql`1` })
    .from(announcementMark)
    .where(and(eq(announcementId, announcement.id), eq(kind, "keep")));
  const isOver = or(isNotNull(announcement.toldAt), lt(announcement.dueAt, veryOld));
  await db.delete(announcement).where(and(lt(announcement.createdAt, old), isOver, notExists(keeps)));
}

/** Words that no name has any more; a 24th of all words an hour, by the indexes, some at a time: scans wait meanwhile. */
async function forgetWords(db: Db, hour: number): Promise<void> {
  for (let after = 0; ; ) {
    const last = await db.transaction((tx) => forgetSomeWords(tx, hour, after));
    if (last === null) return;
    after = last;
  }
}

/** @returns the number of the last word looked at; null when there are no more */
async function forgetSomeWords(tx: Tx, hour: number, after: number): Promise<number | null> {
  await takeLock(tx, "vocabulary");
  await tx.execute(sql`set local enable_seqscan = off`);
  const rows = await tx.execute<{ last: number | null }>(sql`
    with looked_at as materialized (
      select id from word where id > ${after} and mod(id, 24) = ${hour} order by id limit ${wordsAtATime}
    ), forgotten as (
      delete from word using looked_at l where word.id = l.id
        and not exists (select from file where words && array[l.id, -l.id])
        and not exists (select from directory where words && array[l.id, -l.id]))
    select max(id) as last from looked_at`);
  return rows[0]?.last ?? null;
}
