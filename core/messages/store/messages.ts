// The table of messages: which one of a chat shows what, and what keeps it current.
import { and, asc, eq, ne, or, sql } from "drizzle-orm";
import type { Context, Platform } from "#contract";
import type { Db, Tx } from "../../platform/db.ts";
import { isRoomOrTopic, movedRoomId } from "../../platform/room-ids.ts";
import { message } from "../../schema/index.ts";

/** Stands for no message: only who asked, and where, is remembered. */
const noMessage = "-";

export interface KeptMessage {
  key: string;
  chatId: string;
  messageId: string;
  follow: { command: string | null; context: Context } | null;
}

export async function upsertMessage(db: Db, platform: Platform, told: KeptMessage, changedAt: Date): Promise<void> {
  const { key, chatId, messageId, follow } = told;
  const userId = follow?.context.actor.userId ?? null;
  await db
    .insert(message)
    .values({ platform, key, chatId, messageId, userId, follow, changedAt })
    .onConflictDoUpdate({
      target: [message.platform, message.key, message.chatId],
      // Whose it was stays known when it is final, so that it goes when they go.
      set: { messageId, follow, changedAt, userId: sql`coalesce(excluded.user_id, ${message.userId})` },
    });
}

export async function selectMessages(db: Db, platform: Platform, key: string) {
  return await db
    .select({
      chatId: message.chatId,
      messageId: message.messageId,
      context: sql<Context | null>`${message.follow} -> 'context'`,
    })
    .from(message)
    .where(and(eq(message.platform, platform), eq(message.key, key)))
    .orderBy(asc(message.chatId));
}

/** Longest unchanged first. */
export async function selectFollowed(db: Db, platform: Platform) {
  return await db
    .select({
      key: message.key,
      chatId: message.chatId,
      messageId: message.messageId,
      command: sql<string>`${message.follow} ->> 'command'`,
      context: sql<Context>`${message.follow} -> 'context'`,
    })
    .from(message)
    .where(and(eq(message.platform, platform), sql`${message.follow} ->> 'command' is not null`))
    .orderBy(asc(message.changedAt), asc(message.key));
}

export async function deleteMessage(db: Db, platform: Platform, key: string, chatId: string): Promise<void> {
  await db.delete(message).where(and(eq(message.platform, platform), eq(message.key, key), eq(message.chatId, chatId)));
}

/** Also what stands in the private chat that has the account's own id, as on Telegram. */
export async function deleteMessagesOf(tx: Tx, platform: Platform, userId: string): Promise<void> {
  const isTheirs = or(eq(message.userId, userId), eq(message.chatId, userId));
  await tx.delete(message).where(and(eq(message.platform, platform), isTheirs));
}

export async function moveMessages(tx: Tx, platform: Platform, from: string, to: string): Promise<void> {
  const isHere = and(eq(message.platform, platform), isRoomOrTopic(message.chatId, from));
  // The moved room numbers its messages anew: an old number would be somebody else's message. What is kept without one moves.
  await tx.delete(message).where(and(isHere, ne(message.messageId, noMessage)));
  const moved = movedRoomId(message.chatId, from, to);
  // What is known of the new place already is newer.
  await tx.delete(message).where(
    and(
      isHere,
      sql`exists (select from ${message} newer where newer.platform = ${message.platform}
        and newer.key = ${message.key} and newer.chat_id = ${moved})`,
    ),
  );
  await tx.update(message).set({ chatId: moved }).where(isHere);
  for (const key of ["roomId", "parentId"]) {
    const path = sql`array['context', 'room', ${key}::text]`;
    const id = sql`(${message.follow} #>> ${path})`;
    const follow = sql`jsonb_set(${message.follow}, ${path}, to_jsonb(${movedRoomId(id, from, to)}))`;
    await tx
      .update(message)
      .set({ follow })
      .where(and(eq(message.platform, platform), isRoomOrTopic(id, from)));
  }
}
