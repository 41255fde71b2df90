// What a line of a list shows beyond its own row: what is inside a folder, and whether the person has the file already.
import { and, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { textLiteral } from "../../platform/literal.ts";
import { directory, file, isFileSize, isFileSizeText, server } from "../../schema/index.ts";
import { readRows, whole } from "./reading.ts";
import type { DirectoryRow, Totals } from "./rows.ts";
import { dateOf, directoryColumns, msOf } from "./rows.ts";

/** Files and bytes at any depth below each of these directories, which may come several times (in several shares). */
export async function folderTotals(db: Db, some: readonly Folder[]): Promise<Map<number, Totals>> {
  if (some.length === 0) return new Map();
  const folders = [...new Map(some.map((folder) => [folder.id, folder])).values()];
  const inside = folders.filter(({ path }) => path !== "");
  const statements = inside.length > 0 ? [totalsBelow(inside)] : [];
  for (const folder of folders) if (folder.path === "") statements.push(totalsOfServer(folder));
  const rows = await readRows<RawTotals>(db, statements.join(" union all "), "order");
  return new Map(rows.map(({ id, newestMs, ...totals }) => [id, { ...totals, newestAt: dateOf(newestMs) }]));
}

type Folder = Pick<DirectoryRow, "id" | "serverId" | "path">;

interface RawTotals {
  id: number;
  files: number;
  bytes: number;
  newestMs: number | null;
}

const totals = `sum(d.files)::float8 as files, least(sum(d.bytes), 9007199254740991)::float8 as bytes,
  ${msOf("max(d.newest_at)")} as "newestMs"`;

/** Its scans keep count: to count a large one takes longer than a search. */
const totalsOfServer = ({ id, serverId }: Folder) =>
  `select ${whole(id)} as id, files::float8 as files, bytes::float8 as bytes,
    ${msOf("newest_at")} as "newestMs" from scan where server_id = ${whole(serverId)}`;

function totalsBelow(folders: readonly Folder[]): string {
  const asked = folders.map(
    ({ id, serverId, path }) => `(${whole(id)}, ${whole(serverId)}, ${textLiteral(path)} collate "C")`,
  );
  return `select at.id, ${totals} from (values ${asked.join(", ")}) at(id, server_id, path)
    join directory d on d.server_id = at.server_id and d.path >= at.path and d.path < at.path || '0'
      and (d.path = at.path or starts_with(d.path, at.path || '/'))
    group by at.id`;
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
  const asked = files.map(({ sizeBytes, name }) => `(${whole(sizeBytes)}::bigint, ${textLiteral(name)})`).join(", ");
  const rows = await readRows<Sized>(
    db,
    `select distinct f.size_bytes::float8 as "sizeBytes", f.name from (values ${asked}) at(size_bytes, name)
      join file f on ${isFileSizeText("f.size_bytes", "at.size_bytes")} and f.name = at.name
        and f.server_id in (${servers.map(({ id }) => whole(id)).join(", ")})`,
    "order",
  );
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
