// What the catalog still has of an announcement's files.
import { sql } from "drizzle-orm";
import type { Db } from "../../platform/db.ts";
import { isFileId, isFileSize } from "../../schema/index.ts";

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

/** The folder in which a file was announced tells its server, and so the part of the table that it is in. */
const announced = sql`announced_file a join directory told on told.id = a.directory_id
  join file f on f.server_id = told.server_id and ${isFileId(sql`f.id`, sql`a.file_id`)} join directory d on d.id = f.directory_id`;

/** In the order of their paths. */
export async function announcedFiles(db: Db, announcementId: number): Promise<AnnouncedFile[]> {
  interface Row extends Record<string, unknown>, AnnouncedFile {}
  return await db.execute<Row>(sql`
    select f.id::float8 as "fileId", f.server_id::float8 as "serverId", d.id::float8 as "directoryId",
      d.path as "directoryPath", f.name as "name", f.size_bytes::float8 as "sizeBytes",
      (extract(epoch from f.modified_at) * 1000)::float8 as "modifiedAtMs"
    from ${announced}
    where a.announcement_id = ${announcementId} order by d.path, f.server_id, f.name`);
}

export interface AnnouncedFolder {
  announcementId: number;
  serverId: number;
  directoryId: number;
  /** Relative to the server's share folder. */
  directoryPath: string;
  files: number;
  bytes: number;
  /** Names of a few files. */
  examples: string[];
}

/** Folders with announced files directly in them. */
export async function announcedFolders(db: Db, announcementIds: readonly number[]): Promise<AnnouncedFolder[]> {
  if (announcementIds.length === 0) return [];
  interface Row extends Record<string, unknown>, AnnouncedFolder {}
  return await db.execute<Row>(sql`
    select a.announcement_id::float8 as "announcementId", d.server_id::float8 as "serverId",
      d.id::float8 as "directoryId", d.path as "directoryPath", count(*)::int as "files",
      least(sum(f.size_bytes), 9007199254740991)::float8 as "bytes", (array_agg(f.name order by f.name collate "C"))[1:3] as "examples"
    from ${announced}
    where a.announcement_id = any(${idArray(announcementIds)}) group by a.announcement_id, d.id
    order by count(*) desc, d.id`);
}

/** Folders in which, and below which, nothing lies but files of this announcement that are directly in them. */
export async function allNewFolders(db: Db, announcementId: number): Promise<Set<number>> {
  const rows = await db.execute<{ id: number }>(sql`
    select d.id::float8 as id
    from ${announced}
    where a.announcement_id = ${announcementId} group by d.id
    having count(*) = (
      select sum(b.files) from directory b
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
    from unnest(${idArray(fileIds)}) wanted(id) join file f on ${isFileId(sql`f.id`, sql`wanted.id`)}
    join file c on ${isFileSize(sql`c.size_bytes`, sql`f.size_bytes`)} and c.name = f.name join server s on s.id = c.server_id
    where (s.id = any(${idArray(serverIds)}) or s.owner_id = ${personId})
    group by f.id`);
  return new Map(rows.map(({ fileId, copies, isYours }) => [fileId, { copies, isYours }]));
}

/** A bigint array as one parameter. */
function idArray(ids: readonly number[]) {
  return sql`${`{${ids.join(",")}}`}::bigint[]`;
}
