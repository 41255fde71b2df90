// The staged scan against the catalog: set statements that touch only what differs. They run in one transaction on the
// connection that has the stage (see stage.ts).
import { sql } from "drizzle-orm";
import type { Tx } from "../../platform/db.ts";
import type { RootCount } from "../scan/judge.ts";
import type { AddedFile } from "../types.ts";

/** A set of words written with spaces, as a tsvector. */
const vector = (words: string) => sql.raw(`array_to_tsvector(string_to_array(${words}, ' '))`);
const fileWords = vector("trim(both ' ' from f.words || ' ' || s.inherited)");

/** Takes from the stage what is no longer shared: somebody may have unshared it while it was read. */
export async function dropUnshared(tx: Tx, serverId: number): Promise<void> {
  await tx.execute(sql`
    delete from stage_directory s where not exists (
      select from share where share.server_id = ${serverId}
        and (share.path = '' or s.path = share.path or starts_with(s.path, share.path || '/')))`);
  await tx.execute(sql`delete from stage_file f where not exists (select from stage_directory s where s.no = f.no)`);
}

/** Files below a scanned folder: in the catalog, and found now (unchanged folders count with what they had). */
export async function countRoot(tx: Tx, serverId: number, root: string): Promise<RootCount> {
  const isBelow = (path: string) =>
    sql`(${root}::text = '' or ${sql.raw(path)} = ${root} or starts_with(${sql.raw(path)}, ${`${root}/`}))`;
  const rows = await tx.execute<{ had: string; listed: string; skipped: string }>(sql`
    select
      (select count(*) from directory d join file f on f.directory_id = d.id
        where d.server_id = ${serverId} and ${isBelow("d.path")}) as had,
      (select count(*) from stage_directory s join stage_file f on f.no = s.no where ${isBelow("s.path")}) as listed,
      (select count(*) from stage_directory s join directory d on d.server_id = ${serverId} and d.path = s.path
        join file f on f.directory_id = d.id where s.skipped and ${isBelow("s.path")}) as skipped`);
  const row = rows[0];
  return { had: Number(row?.had ?? 0), has: Number(row?.listed ?? 0) + Number(row?.skipped ?? 0) };
}

/** New folders, and those whose time, words or parent changed. @returns how many */
export async function applyDirectories(tx: Tx, serverId: number): Promise<number> {
  const added = await tx.execute(sql`
    insert into directory (server_id, path, name, modified_at, words)
    select ${serverId}::bigint, s.path, s.name, s.modified_at, ${vector("s.words")} from stage_directory s
    where not exists (select from directory d where d.server_id = ${serverId} and d.path = s.path)`);
  const updated = await tx.execute(sql`
    update directory d set parent_id = p.id, modified_at = s.modified_at, words = ${vector("s.words")}
    from stage_directory s left join directory p on p.server_id = ${serverId} and p.path = s.parent
    where d.server_id = ${serverId} and d.path = s.path
      and (d.parent_id, d.modified_at, d.words) is distinct from (p.id, s.modified_at, ${vector("s.words")})`);
  return added.count + updated.count;
}

/** Below a folder with lines that were not understood, what is missing may be there. */
const mayBeThere = sql`exists (
  select from stage_directory b where not b.whole and (b.path = '' or starts_with(d.path, b.path || '/')))`;

/** Marks files that are no longer there, and gives those that only moved their new folder. @returns how many moved */
export async function moveFiles(tx: Tx, serverId: number): Promise<number> {
  await tx.execute(sql`
    create temporary table stage_gone on commit drop as
    select f.id, f.directory_id, f.name, f.size_bytes, f.modified_at
    from directory d join file f on f.directory_id = d.id
    left join stage_directory s on s.path = d.path
    left join stage_file sf on sf.no = s.no and sf.name = f.name
    where d.server_id = ${serverId} and sf.no is null
      and case when s.no is null then not ${mayBeThere} else s.whole and not s.skipped end`);
  const moved = await tx.execute(sql`
    with gone as (
      select *, row_number() over (partition by name, size_bytes, modified_at order by id) as turn from stage_gone
    ), fresh as (
      select d.id as directory_id, f.name, f.size_bytes, f.modified_at, ${fileWords} as words,
        row_number() over (partition by f.name, f.size_bytes, f.modified_at order by d.id) as turn
      from stage_file f join stage_directory s on s.no = f.no
      join directory d on d.server_id = ${serverId} and d.path = s.path
      left join file old on old.directory_id = d.id and old.name = f.name
      where old.id is null and not f.held and exists (select from stage_gone)
    )
    update file set directory_id = fresh.directory_id, words = fresh.words from gone join fresh
      on fresh.name = gone.name and fresh.size_bytes = gone.size_bytes and fresh.turn = gone.turn
      and fresh.modified_at is not distinct from gone.modified_at
    where file.id = gone.id`);
  return moved.count;
}

/** Known files whose size, time or words changed. @returns how many */
export async function updateFiles(tx: Tx, serverId: number): Promise<number> {
  const updated = await tx.execute(sql`
    update file old set size_bytes = f.size_bytes, modified_at = f.modified_at, words = ${fileWords}
    from stage_file f join stage_directory s on s.no = f.no
    join directory d on d.server_id = ${serverId} and d.path = s.path
    where old.directory_id = d.id and old.name = f.name and not f.held
      and (old.size_bytes, old.modified_at, old.words) is distinct from (f.size_bytes, f.modified_at, ${fileWords})`);
  return updated.count;
}

/** Files that the catalog did not have; `seen_at` of each is `at`. */
export async function addFiles(tx: Tx, serverId: number, at: Date): Promise<AddedFile[]> {
  const rows = await tx.execute<{
    id: string;
    directory_id: string;
    path: string;
    name: string;
    size_bytes: string;
  }>(sql`
    with added as (
      insert into file (server_id, directory_id, name, size_bytes, modified_at, seen_at, words)
      select ${serverId}::bigint, d.id, f.name, f.size_bytes, f.modified_at, ${at.toISOString()}::timestamptz, ${fileWords}
      from stage_file f join stage_directory s on s.no = f.no
      join directory d on d.server_id = ${serverId} and d.path = s.path
      left join file old on old.directory_id = d.id and old.name = f.name
      where old.id is null and not f.held
      returning id, directory_id, name, size_bytes
    )
    select added.*, d.path from added join directory d on d.id = added.directory_id order by d.path, added.name`);
  return rows.map((row) => ({
    fileId: Number(row.id),
    directoryId: Number(row.directory_id),
    directoryPath: row.path,
    name: row.name,
    sizeBytes: Number(row.size_bytes),
  }));
}

/** Removes what is gone and did not move (see moveFiles). @returns how many files and folders */
export async function removeGone(tx: Tx, serverId: number): Promise<number> {
  const files = await tx.execute(sql`
    delete from file using stage_gone gone where file.id = gone.id and file.directory_id = gone.directory_id`);
  const directories = await tx.execute(sql`
    delete from directory d where d.server_id = ${serverId}
      and not exists (select from stage_directory s where s.path = d.path) and not ${mayBeThere}`);
  return files.count + directories.count;
}

/** Words that no other name had. In one order everywhere, so that two scans cannot wait for each other. */
export async function learnWords(tx: Tx): Promise<void> {
  await tx.execute(sql`
    insert into word (word)
    select distinct found.word from (
      select unnest(string_to_array(words, ' ')) as word from stage_file
      union all select unnest(string_to_array(words, ' ')) from stage_directory
    ) found
    where found.word not like '/%' and length(found.word) between 3 and 32
      and not exists (select from word known where known.word = found.word)
    order by 1 on conflict do nothing`);
}

export async function countServer(tx: Tx, serverId: number): Promise<{ files: number; bytes: number }> {
  const rows = await tx.execute<{ files: string; bytes: string }>(sql`
    select count(*) as files, least(coalesce(sum(size_bytes), 0), 9007199254740991) as bytes from file where server_id = ${serverId}`);
  return { files: Number(rows[0]?.files ?? 0), bytes: Number(rows[0]?.bytes ?? 0) };
}
