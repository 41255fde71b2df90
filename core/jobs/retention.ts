// What is forgotten when: finished pulls, told events, announcements, lists, expired codes and links, unused words.
import { and, isNotNull, lt, lte, or, sql } from "drizzle-orm";
import type { Db } from "../platform/db.ts";
import { announcement, botCursor, code, enrolment, lastList, outbox, pull } from "../schema/index.ts";

/** An event that a bot never fetched is kept so many times longer: the bot may have been away. */
const untoldFactor = 4;

export async function forgetOld(db: Db, now: Date, retentionMs: number): Promise<void> {
  const old = new Date(now.getTime() - retentionMs);
  const veryOld = new Date(now.getTime() - retentionMs * untoldFactor);
  await db.delete(pull).where(and(isNotNull(pull.finishedAt), lt(pull.finishedAt, old)));
  const toldUpTo = sql`(select min(${botCursor.eventId}) from ${botCursor})`;
  const isTold = and(lt(outbox.createdAt, old), lte(outbox.id, toldUpTo));
  await db.delete(outbox).where(or(isTold, lt(outbox.createdAt, veryOld)));
  await db.delete(announcement).where(lt(announcement.createdAt, old));
  await db.delete(lastList).where(lt(lastList.shownAt, old));
  await db.delete(code).where(lt(code.expiresAt, now));
  await db.delete(enrolment).where(lt(enrolment.expiresAt, now));
  await forgetWords(db, now.getUTCHours());
}

/** Words that no name has any more; a 24th of all words an hour, by the index. */
async function forgetWords(db: Db, hour: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`);
    await tx.execute(sql`
      delete from word where mod(abs(hashtext(word)::bigint), 24) = ${hour}
        and not exists (select from file where words @@ ('''' || word.word || '''')::tsquery)
        and not exists (select from directory where words @@ ('''' || word.word || '''')::tsquery)`);
  });
}
