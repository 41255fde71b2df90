// What a line of a list shows beyond its own row: what is inside a folder, and whether the person has the file already.
import { and, eq, or, sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { directory, file, isFileSize, server } from "../../schema/index.ts";
import { literal, readRows, whole } from "./reading.ts";
import type { DirectoryRow } from "./rows.ts";
import { directoryColumns, onServers } from "./rows.ts";

export interface Totals {
  files: number;
  bytes: number;
  /** When the newest file was changed; null when the server does not tell. */
  newestAt: Date | null;
}

/** Files and bytes at any depth below each of these directories. */
export async function folderTotals(db: Db, folders: readonly Folder[]): Promise<Map<number, Totals>> {
  if (folders.length === 0) return new Map();
  const statement = folders.map(totalsOf).join(" union all ");
  const rows = await readRows<RawTotals>(db, statement, "order");
  return new Map(
    rows.map(({ id, newestMs, ...totals }) => {
      return [id, { ...totals, newestAt: newestMs === null ? null : new Date(newestMs) }];
    }),
  );
}

type Folder = Pick<DirectoryRow, "id" | "serverId" | "path">;

interface RawTotals {
  id: number;
  files: number;
  bytes: number;
  newestMs: number | null;
}

/** Each says its server for itself: to plan for all partitions takes longer than to read what is in most folders. */
function totalsOf({ id, serverId, path }: Folder): string {
  const server = whole(serverId);
  const top = literal(path);
  const isBelow = `d.server_id = ${server} and d.path >= ${top} and d.path < ${literal(`${path}0`)}
    and (d.path = ${top} or starts_with(d.path, ${literal(`${path}/`)}))`;
  const within = path === "" ? "" : `join directory d on d.id = f.directory_id and ${isBelow}`;
  return `select ${whole(id)} as id, count(*)::float8 as files,
    least(coalesce(sum(f.size_bytes), 0), 9007199254740991)::float8 as bytes,
    (extract(epoch from max(f.modified_at)) * 1000)::float8 as "newestMs"
    from file f ${within} where f.server_id = ${server}`;
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
