// Reading the catalog by place and by id: children of a folder, what came last, everything below.
import type { SQL } from "drizzle-orm";
import { and, eq, or, sql } from "drizzle-orm";
import type { Db } from "../../platform/db.ts";
import { directory, file, isFileId } from "../../schema/index.ts";
import type { DirectoryRow, FileRow } from "./rows.ts";
import { below, directoryColumns, fileColumns } from "./rows.ts";

export async function findFile(db: Db, id: number): Promise<FileRow | undefined> {
  const rows = await db
    .select(fileColumns)
    .from(file)
    .innerJoin(directory, eq(directory.id, file.directoryId))
    .where(isFileId(file.id, sql`${id}::bigint`));
  return rows[0];
}

export async function findDirectory(db: Db, id: number): Promise<DirectoryRow | undefined> {
  return (await db.select(directoryColumns).from(directory).where(eq(directory.id, id)))[0];
}

/** The folder at a path; when no name fits exactly, one whose letters differ in case only. */
export async function findDirectoryAt(db: Db, serverId: number, path: string): Promise<DirectoryRow | undefined> {
  const onServer = eq(directory.serverId, serverId);
  const exact = await db
    .select(directoryColumns)
    .from(directory)
    .where(and(onServer, eq(directory.path, path)));
  if (exact[0]) return exact[0];
  const alike = sql`lower(${directory.path}) = lower(${path})`;
  const rows = await db
    .select(directoryColumns)
    .from(directory)
    .where(and(onServer, alike))
    .orderBy(directory.path)
    .limit(1);
  return rows[0];
}

/** A line of a folder: `rank` 0 for a folder and 1 for a file. */
export interface Child {
  rank: number;
  id: number;
}

export interface Part<R> {
  page: R[];
  /** The list goes on after the page. */
  hasMore: boolean;
}

/**
 * One page of a folder's content: folders, then files, by name without accents and case.
 * It begins after a line, or ends before it (`isBack`); `shown` lines are skipped when that line is gone.
 */
export async function childrenOf(
  db: Db,
  parentId: number,
  from: (Child & { shown: number; isBack: boolean }) | undefined,
  limit: number,
): Promise<Part<Child>> {
  const line = sql`(select rank, sort, id from child where rank = ${from?.rank ?? 0}::bigint and id = ${from?.id ?? 0}::bigint)`;
  if (from?.isBack) {
    const before = { where: sql`(rank, sort, id) < ${line}`, isDescending: true, offset: sql`0`, limit };
    const page = (await readChildren(db, parentId, before)).toReversed();
    if (page.length > 0) return { page, hasMore: true };
  }
  const after = from && !from.isBack;
  const rows = await readChildren(db, parentId, {
    where: after ? sql`not exists ${line} or (rank, sort, id) > ${line}` : sql`true`,
    isDescending: false,
    offset: after ? sql`case when exists ${line} then 0 else ${from.shown}::int end` : sql`${from?.shown ?? 0}::int`,
    limit: limit + 1,
  });
  return { page: rows.slice(0, limit), hasMore: rows.length > limit };
}

async function readChildren(
  db: Db,
  parentId: number,
  { where, isDescending, offset, limit }: { where: SQL; isDescending: boolean; offset: SQL; limit: number },
): Promise<Child[]> {
  const way = isDescending ? sql`desc` : sql`asc`;
  const content = sql`
    select 0 as rank, lower(unaccent(split_part(path, '/', -1))) collate "C" as sort, id from directory where parent_id = ${parentId}
    union all
    select 1, lower(unaccent(name)) collate "C", id from file where directory_id = ${parentId}`;
  const rows = await db.execute<{ rank: number; id: string }>(sql`
    with child as (${content})
    select rank, id from child where ${where}
    order by child.rank ${way}, child.sort ${way}, child.id ${way}
    offset ${offset} limit ${limit}`);
  return rows.map(({ rank, id }) => ({ rank, id: Number(id) }));
}

export async function countChildren(db: Db, parentId: number): Promise<number> {
  const rows = await db.execute<{ n: number }>(sql`
    select ((select count(*) from directory where parent_id = ${parentId})
          + (select count(*) from file where directory_id = ${parentId}))::int as n`);
  return rows[0]?.n ?? 0;
}

/** Full rows of children, in any order. */
export async function childRows(db: Db, children: Child[]): Promise<{ files: FileRow[]; directories: DirectoryRow[] }> {
  const idsOf = (rank: number) => children.filter((child) => child.rank === rank).map((child) => child.id);
  const [directoryIds, fileIds] = [idsOf(0), idsOf(1)];
  const files = fileIds.length > 0 ? await filesById(db, fileIds) : [];
  if (directoryIds.length === 0) return { files, directories: [] };
  const among = sql`${directory.id} in ${directoryIds}`;
  return { files, directories: await db.select(directoryColumns).from(directory).where(among) };
}

function filesById(db: Db, ids: number[]): Promise<FileRow[]> {
  const joined = db.select(fileColumns).from(file).innerJoin(directory, eq(directory.id, file.directoryId));
  const among = or(...ids.map((id) => isFileId(file.id, sql`${id}::bigint`)));
  return joined.where(among);
}

/** Every file in a folder of a server, at any depth, in the order of paths. */
export function filesBelow(db: Db, serverId: number, path: string): Promise<FileRow[]> {
  return db
    .select(fileColumns)
    .from(file)
    .innerJoin(directory, eq(directory.id, file.directoryId))
    .where(and(eq(directory.serverId, serverId), below(path)))
    .orderBy(directory.path, file.name);
}
