// What a line of a list shows beyond its own row: what is inside a folder, and whether the person has the file already.
import { and, eq, inArray, or, sql } from "drizzle-orm";
import type { Db } from "../../platform/db.ts";
import { directory, file, server } from "../../schema/index.ts";
import type { DirectoryRow } from "./rows.ts";
import { directoryColumns } from "./rows.ts";

export interface Totals {
  files: number;
  bytes: number;
  /** When the newest file was changed; null when the server does not tell. */
  newestAt: Date | null;
}

/** Files and bytes at any depth below each of these directories. */
export async function folderTotals(db: Db, directoryIds: number[]): Promise<Map<number, Totals>> {
  if (directoryIds.length === 0) return new Map();
  const rows = await db.execute<{ id: string; files: string; bytes: string; newestMs: string | null }>(sql`
    select top.id, count(f.id) as files, least(coalesce(sum(f.size_bytes), 0), 9007199254740991) as bytes,
      (extract(epoch from max(f.modified_at)) * 1000)::float8 as "newestMs"
    from directory top
    join directory d on d.server_id = top.server_id and d.path >= top.path
      and d.path < case when top.path = '' then chr(1114111) else top.path || '0' end
      and (top.path = '' or d.path = top.path or starts_with(d.path, top.path || '/'))
    join file f on f.directory_id = d.id
    where ${inArray(sql`top.id`, directoryIds)}
    group by top.id`);
  return new Map(
    rows.map(({ id, files, bytes, newestMs }) => {
      const newestAt = newestMs === null ? null : new Date(Number(newestMs));
      return [Number(id), { files: Number(files), bytes: Number(bytes), newestAt }];
    }),
  );
}

export interface Sized {
  name: string;
  sizeBytes: number;
}

export const copyKey = ({ name, sizeBytes }: Sized) => `${sizeBytes}/${name}`;

/** Which of these files lie on a server of this person, by copyKey. */
export async function ownCopies(db: Db, personId: number, files: Sized[]): Promise<Set<string>> {
  if (files.length === 0) return new Set();
  const same = files.map(({ name, sizeBytes }) => and(eq(file.sizeBytes, sizeBytes), eq(file.name, name)));
  const rows = await db
    .selectDistinct({ name: file.name, sizeBytes: file.sizeBytes })
    .from(file)
    .innerJoin(server, eq(server.id, file.serverId))
    .where(and(eq(server.ownerId, personId), or(...same)));
  return new Set(rows.map(copyKey));
}

export async function holds(db: Db, serverId: number, { name, sizeBytes }: Sized): Promise<boolean> {
  const same = and(eq(file.serverId, serverId), eq(file.sizeBytes, sizeBytes), eq(file.name, name));
  return (await db.select({ id: file.id }).from(file).where(same).limit(1)).length > 0;
}

/** The rows of the folders that are shared themselves, as far as they are known already. */
export async function directoriesAt(
  db: Db,
  places: Array<{ serverId: number; path: string }>,
): Promise<DirectoryRow[]> {
  if (places.length === 0) return [];
  const there = places.map(({ serverId, path }) => and(eq(directory.serverId, serverId), eq(directory.path, path)));
  return db
    .select(directoryColumns)
    .from(directory)
    .where(or(...there));
}
