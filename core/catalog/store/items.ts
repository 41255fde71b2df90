// What a line of a list shows beyond its own row: what is inside a folder, and whether the person has the file already.
import { and, eq, inArray, or, sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { directory, file, isFileSize, server } from "../../schema/index.ts";
import type { DirectoryRow } from "./rows.ts";
import { directoryColumns, onServers } from "./rows.ts";

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
    join file f on f.server_id = top.server_id and f.directory_id = d.id
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

const isSame = ({ name, sizeBytes }: Sized) =>
  and(isFileSize(file.sizeBytes, sql`${sizeBytes}::bigint`), eq(file.name, name));

export const copyKey = ({ name, sizeBytes }: Sized) => `${sizeBytes}/${name}`;

/** Which of these files lie on a server of this person, by copyKey. */
export async function ownCopies(db: Db, personId: number, files: Sized[]): Promise<Set<string>> {
  if (files.length === 0) return new Set();
  const servers = await db.select({ id: server.id }).from(server).where(eq(server.ownerId, personId));
  if (servers.length === 0) return new Set();
  const onOwn = onServers(
    file.serverId,
    servers.map(({ id }) => id),
  );
  const rows = await db
    .selectDistinct({ name: file.name, sizeBytes: file.sizeBytes })
    .from(file)
    .where(and(onOwn, or(...files.map(isSame))));
  return new Set(rows.map(copyKey));
}

export async function holds(db: Db, serverId: number, copy: Sized): Promise<boolean> {
  const same = and(eq(file.serverId, serverId), isSame(copy));
  return (await db.select({ id: file.id }).from(file).where(same).limit(1)).length > 0;
}

/** The rows of the folders that are shared themselves, as far as they are known already. */
export async function directoriesAt(
  db: Db | Tx,
  places: Array<{ serverId: number; path: string }>,
): Promise<DirectoryRow[]> {
  if (places.length === 0) return [];
  const there = sql.join(
    places.map(({ serverId, path }) => sql`(${serverId}::int, ${path}::text)`),
    sql`, `,
  );
  const at = sql`(values ${there}) at(server_id, path)`;
  return db
    .select(directoryColumns)
    .from(directory)
    .innerJoin(at, sql`at.server_id = ${directory.serverId} and at.path = ${directory.path}`);
}
