// The rows of announcements, and what of the catalog's rows is counted and listed for them.
import { and, eq, sql } from "drizzle-orm";
import type { AddedFile } from "../catalog/index.ts";
import type { Db, Tx } from "../platform/db.ts";
import { announcement, announcementMessage, person, server, share } from "../schema/index.ts";
import type { TellingShare } from "./told.ts";

/** A message of a room, as the platform calls it. */
export interface MessagePlace {
  platform: string;
  roomId: string;
  messageId: string;
}

/** Shares of a server, locked, so that no two scans introduce one. */
export async function sharesOf(tx: Tx, serverId: number): Promise<TellingShare[]> {
  const { id, groupId, name, path, introducedAt } = share;
  return await tx
    .select({ id, groupId, name, path, introducedAt, owner: person.displayName })
    .from(share)
    .innerJoin(server, eq(server.id, share.serverId))
    .innerJoin(person, eq(person.id, server.ownerId))
    .where(eq(share.serverId, serverId))
    .orderBy(share.id)
    .for("no key update", { of: share });
}

/** What the catalog holds below a share. */
export async function totalsOf(tx: Tx, shareId: number): Promise<{ files: number; bytes: number; folders: number }> {
  const [row] = await tx.execute<{ files: number; bytes: number; folders: number }>(sql`
    select count(f.id)::int as "files", coalesce(sum(f.size_bytes), 0)::float8 as "bytes",
      count(distinct d.id)::int as "folders"
    from share s
    join directory d on d.server_id = s.server_id and (s.path = '' or d.path = s.path or starts_with(d.path, s.path || '/'))
    left join file f on f.directory_id = d.id
    where s.id = ${shareId}`);
  return row ?? { files: 0, bytes: 0, folders: 0 };
}

export async function markIntroduced(tx: Tx, shareId: number, at: Date): Promise<void> {
  await tx.update(share).set({ introducedAt: at }).where(eq(share.id, shareId));
}

export async function insertAnnouncement(
  tx: Tx,
  made: { shareId: number; files: number; bytes: number; createdAt: Date },
  files: readonly AddedFile[],
): Promise<number> {
  const [row] = await tx.insert(announcement).values(made).returning({ id: announcement.id });
  if (!row) throw new Error("an announcement was not made");
  const rows = JSON.stringify(files.map(({ fileId, directoryId }) => ({ fileId, directoryId })));
  await tx.execute(sql`
    insert into announced_file (announcement_id, file_id, directory_id)
    select ${row.id}, f."fileId", f."directoryId"
    from jsonb_to_recordset(${rows}::jsonb) as f("fileId" bigint, "directoryId" bigint)
    on conflict do nothing`);
  return row.id;
}

/** False when the room is not one of the announcement's group. */
export async function insertMessage(db: Db, announcementId: number, place: MessagePlace): Promise<boolean> {
  const { platform, roomId, messageId } = place;
  const rows = await db.execute(sql`
    insert into announcement_message (platform, room_id, message_id, announcement_id)
    select ${platform}, ${roomId}, ${messageId}, a.id
    from announcement a join share s on s.id = a.share_id
    join room r on r.group_id = s.group_id and r.platform = ${platform} and r.room_id = ${roomId}
    where a.id = ${announcementId}
    on conflict (platform, room_id, message_id) do update set announcement_id = excluded.announcement_id
    returning announcement_id`);
  return rows.length > 0;
}

export interface FoundAnnouncement {
  id: number;
  shareId: number;
  ownerId: number;
  createdAt: Date;
}

const found = {
  id: announcement.id,
  shareId: announcement.shareId,
  ownerId: server.ownerId,
  createdAt: announcement.createdAt,
};

export async function byId(db: Db, id: number): Promise<FoundAnnouncement | undefined> {
  const [row] = await db
    .select(found)
    .from(announcement)
    .innerJoin(share, eq(share.id, announcement.shareId))
    .innerJoin(server, eq(server.id, share.serverId))
    .where(eq(announcement.id, id));
  return row;
}

export async function byMessage(db: Db, place: MessagePlace): Promise<FoundAnnouncement | undefined> {
  const { platform, roomId, messageId } = announcementMessage;
  const [row] = await db
    .select({ id: announcementMessage.announcementId })
    .from(announcementMessage)
    .where(and(eq(platform, place.platform), eq(roomId, place.roomId), eq(messageId, place.messageId)));
  return row && (await byId(db, row.id));
}

export interface AnnouncedFile {
  fileId: number;
  serverId: number;
  directoryId: number;
  /** Relative to the server's share folder. */
  directoryPath: string;
  name: string;
  sizeBytes: number;
  modifiedAtMs: number | null;
}

/** Announced files that the catalog still has, in the order of their paths. */
export async function announcedFiles(db: Db, announcementId: number): Promise<AnnouncedFile[]> {
  interface Row extends Record<string, unknown>, AnnouncedFile {}
  return await db.execute<Row>(sql`
    select f.id::float8 as "fileId", f.server_id::float8 as "serverId", d.id::float8 as "directoryId",
      d.path as "directoryPath", f.name as "name", f.size_bytes::float8 as "sizeBytes",
      (extract(epoch from f.modified_at) * 1000)::float8 as "modifiedAtMs"
    from announced_file a join file f on f.id = a.file_id join directory d on d.id = f.directory_id
    where a.announcement_id = ${announcementId} order by d.path, f.name`);
}

/** Folders in which, and below which, nothing lies but files of this announcement that are directly in them. */
export async function allNewFolders(db: Db, announcementId: number): Promise<Set<number>> {
  const rows = await db.execute<{ id: number }>(sql`
    select d.id::float8 as id
    from announced_file a join file f on f.id = a.file_id join directory d on d.id = f.directory_id
    where a.announcement_id = ${announcementId} group by d.id
    having count(*) = (
      select count(*) from file g join directory b on b.id = g.directory_id
      where b.server_id = d.server_id and (d.path = '' or b.path = d.path or starts_with(b.path, d.path || '/')))`);
  return new Set(rows.map((row) => row.id));
}

export interface Copies {
  /** Servers among those asked for that hold the same file. */
  copies: number;
  /** One of the person's own servers holds it. */
  isYours: boolean;
}

/** By file id: who has a file of the same name and size, among `serverIds` and the person's own servers. */
export async function copiesOf(
  db: Db,
  personId: number,
  { fileIds, serverIds }: { fileIds: readonly number[]; serverIds: readonly number[] },
): Promise<Map<number, Copies>> {
  const rows = await db.execute<{ fileId: number; copies: number; isYours: boolean }>(sql`
    select f.id::float8 as "fileId", bool_or(s.owner_id = ${personId}) as "isYours",
      count(distinct s.id) filter (where s.id = any(${idArray(serverIds)}))::int as "copies"
    from file f join file c on c.size_bytes = f.size_bytes and c.name = f.name join server s on s.id = c.server_id
    where f.id = any(${idArray(fileIds)}) and (s.id = any(${idArray(serverIds)}) or s.owner_id = ${personId})
    group by f.id`);
  return new Map(rows.map(({ fileId, copies, isYours }) => [fileId, { copies, isYours }]));
}

/** A bigint array as one parameter. */
function idArray(ids: readonly number[]) {
  return sql`${`{${ids.join(",")}}`}::bigint[]`;
}
