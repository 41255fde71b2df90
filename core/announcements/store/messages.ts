// Which message of which room shows which announcement.
import { and, desc, eq, gt, or, sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { movedRoomId } from "../../platform/room-ids.ts";
import { announcement, announcementMessage, room } from "../../schema/index.ts";

/** A message of a room, as the platform calls it. */
export interface MessagePlace {
  platform: string;
  roomId: string;
  messageId: string;
}

/** False when the room is not one of the announcement's group. */
export async function insertMessage(db: Db, announcementId: number, place: MessagePlace): Promise<boolean> {
  const { platform, roomId, messageId } = place;
  const rows = await db.execute(sql`
    insert into announcement_message (platform, room_id, message_id, announcement_id)
    select ${platform}, ${roomId}, ${messageId}, a.id
    from announcement a join room r on r.group_id = a.group_id and r.platform = ${platform} and r.room_id = ${roomId}
    where a.id = ${announcementId}
    on conflict (platform, room_id, message_id) do update set announcement_id = excluded.announcement_id
    returning announcement_id`);
  return rows.length > 0;
}

/** Looked for in the room itself, then in its threads: a reaction may not say in which thread it was made. */
export async function findMessage(
  db: Db,
  { platform, roomId, messageId }: MessagePlace,
): Promise<{ announcementId: number; roomId: string } | undefined> {
  const shown = announcementMessage;
  const [row] = await db
    .select({ announcementId: shown.announcementId, roomId: shown.roomId })
    .from(shown)
    .leftJoin(room, and(eq(room.platform, shown.platform), eq(room.roomId, shown.roomId)))
    .where(
      and(
        eq(shown.platform, platform),
        eq(shown.messageId, messageId),
        or(eq(shown.roomId, roomId), eq(room.parentId, roomId)),
      ),
    )
    .orderBy(desc(sql`${shown.roomId} = ${roomId}`), shown.roomId)
    .limit(1);
  return row;
}

/** Newest first. */
export async function recentMessages(
  db: Db,
  platform: string,
  { since, limit }: { since: Date; limit: number },
): Promise<{ roomId: string; messageId: string }[]> {
  return db
    .select({ roomId: announcementMessage.roomId, messageId: announcementMessage.messageId })
    .from(announcementMessage)
    .innerJoin(announcement, eq(announcement.id, announcementMessage.announcementId))
    .where(and(eq(announcementMessage.platform, platform), gt(announcement.createdAt, since)))
    .orderBy(desc(announcement.toldAt), desc(announcement.id), announcementMessage.roomId)
    .limit(limit);
}

/**
 * The platform gave a room another id: the last lists of it and its topics go along. Its messages do not: a supergroup
 * numbers its own from 1, and a reaction to one of them must not be taken for one to an old announcement.
 */
export async function moveRoom(tx: Tx, platform: string, from: string, to: string): Promise<void> {
  const moved = movedRoomId(sql`room_id`, from, to);
  const isOld = sql`platform = ${platform} and (room_id = ${from} or starts_with(room_id, ${`${from}:`}))`;
  await tx.execute(sql`
    insert into last_list (platform, room_id, person_id, refs, shown_at)
    select platform, ${moved}, person_id, refs, shown_at from last_list where ${isOld} on conflict do nothing`);
  await tx.execute(sql`delete from last_list where ${isOld}`);
  await tx.execute(sql`delete from announcement_message where ${isOld}`);
}
