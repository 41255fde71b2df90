// Files of the stage that differ from the catalog's, and what becomes of them. In the transaction and on the connection of
// apply.ts, in the order in which they stand here.
import { sql } from "drizzle-orm";
import type { Tx } from "../../platform/db.ts";
import type { AddedFile } from "../types.ts";
import { partitionOf } from "./partition.ts";

/** Of the scan whose stage this is. */
export interface Compared {
  isComplete: boolean;
  /** The catalog has no file in the folders that were listed, and in none that is missing: nothing is compared. */
  knowsNone: boolean;
}

/** How exactly a stored time may be meant: to the day, the minute, or as it stands. */
const storedWithin = (at: string) => `case when extract(epoch from ${at}) % 86400 = 0 then 86400000
  when extract(epoch from ${at}) % 60 = 0 then 60000 else 0 end`;

/** Both times are the same as exactly as both tell it. Null where one of them is null or both are exact. */
function agrees(known: string, listed: string, within: string): string {
  const unit = (at: string) =>
    `floor(extract(epoch from ${at}) * 1000 / nullif(greatest(${storedWithin(known)}, ${within}), 0))`;
  return `${unit(known)} = ${unit(listed)}`;
}

/** What is known of a file's time after it was listed: an agreeing time does not replace one that tells more. */
const betterTime = (known: string, listed: string, within: string) => `case
  when ${known} is not distinct from ${listed} then ${known}
  when ${agrees(known, listed, within)} and ${within} >= ${storedWithin(known)} then ${known} else ${listed} end`;

/** Puts what differs between the catalog's and the listed files of these folders into `stage_change`. @returns how many */
export async function compareFiles(tx: Tx): Promise<number> {
  const time = sql.raw(betterTime("k.modified_at", "f.modified_at", "f.within_ms"));
  const changed = await tx.execute(sql`
    create temporary table stage_change on commit drop as
    select case when k.id is null then 'new' when f.no is null then 'gone' else 'changed' end as kind, k.row, k.id, f.no,
      k.directory_id, coalesce(f.name, k.name) as name, f.within_ms, f.words,
      coalesce(f.size_bytes, k.size_bytes) as size_bytes,
      case when f.no is null then k.modified_at else ${time} end as modified_at
    from stage_known k full join stage_file f on f.no = k.no and f.name = k.name
    where case when k.id is null then not f.held when f.no is null then k.sure
      else not f.held and (k.size_bytes, k.words, k.modified_at) is distinct from (f.size_bytes, f.words, ${time}) end`);
  return changed.count;
}

/** Gives files that only moved their new folder; then they are neither gone nor new. @returns how many moved */
export async function moveFiles(tx: Tx, serverId: number): Promise<number> {
  const day = sql.raw("floor(extract(epoch from modified_at) / 86400)");
  const turn = sql`row_number() over (partition by name, size_bytes, ${day} order by modified_at, no, id) as turn`;
  const moved = await tx.execute(sql`
    create temporary table stage_moved on commit drop as
    with gone as (select *, ${day} as day, ${turn} from stage_change where kind = 'gone'),
    fresh as (select *, ${day} as day, ${turn} from stage_change where kind = 'new')
    select gone.row, gone.id, fresh.no, fresh.name, fresh.words,
      ${sql.raw(betterTime("gone.modified_at", "fresh.modified_at", "fresh.within_ms"))} as modified_at
    from gone join fresh on fresh.name = gone.name and fresh.size_bytes = gone.size_bytes and fresh.turn = gone.turn
      and fresh.day is not distinct from gone.day
    where gone.modified_at is not distinct from fresh.modified_at
      or ${sql.raw(agrees("gone.modified_at", "fresh.modified_at", "fresh.within_ms"))}`);
  if (moved.count === 0) return 0;
  await tx.execute(sql`
    update file set directory_id = p.id, modified_at = m.modified_at, words = m.words
    from stage_moved m join stage_place p on p.no = m.no
    where file.server_id = ${serverId} and file.ctid = m.row`);
  // One by one: both in one condition would compare each with all.
  for (const isIt of [sql`c.kind = 'gone' and c.id = m.id`, sql`c.kind = 'new' and c.no = m.no and c.name = m.name`])
    await tx.execute(sql`update stage_change c set kind = 'moved' from stage_moved m where ${isIt}`);
  return moved.count;
}

/** Known files whose size, time or words changed. @returns how many */
export async function updateFiles(tx: Tx, serverId: number): Promise<number> {
  const updated = await tx.execute(sql`
    update file set size_bytes = c.size_bytes, modified_at = c.modified_at, words = c.words
    from stage_change c
    where c.kind = 'changed' and file.server_id = ${serverId} and file.ctid = c.row`);
  return updated.count;
}

/**
 * How many rows are noted beside the index of words before they come into it in bulk: every search reads the notes, and
 * their room is not given back, so they grow with what comes (20 MB of staged files are 1 MB of notes, in kB).
 */
export async function boundNotes(tx: Tx): Promise<void> {
  await tx.execute(sql`
    select set_config('gin_pending_list_limit',
      least(greatest(pg_relation_size('stage_file') / 20 / 1024, 256), 4096)::text, true)`);
}

/** Files that the catalog did not have; `seen_at` of each is `at`. @returns how many */
export async function addFiles(tx: Tx, { serverId, at, knowsNone }: Adding): Promise<number> {
  return (await tx.execute(insertFiles(serverId, at, knowsNone))).count;
}

/** Files that a first scan has loaded already, for who wants to hear which. */
export async function tellLoaded(tx: Tx, serverId: number, at: Date): Promise<AddedFile[]> {
  return await tx.execute<Record<string, unknown> & AddedFile>(sql`
    with added as (
      update file set seen_at = ${at.toISOString()}::timestamptz where server_id = ${serverId}
      returning id, directory_id, name, size_bytes)
    ${addedFiles}`);
}

/** The same as `addFiles`, for who wants to hear which. */
export async function addAndTellFiles(tx: Tx, { serverId, at, knowsNone }: Adding): Promise<AddedFile[]> {
  return await tx.execute<Record<string, unknown> & AddedFile>(sql`
    with added as (${insertFiles(serverId, at, knowsNone)} returning id, directory_id, name, size_bytes)
    ${addedFiles}`);
}

const addedFiles = sql`
  select added.id::float8 as "fileId", d.id::float8 as "directoryId", d.path as "directoryPath", added.name as "name",
    added.size_bytes::float8 as "sizeBytes"
  from added join directory d on d.id = added.directory_id order by d.path, added.name`;

export interface Adding extends Pick<Compared, "knowsNone"> {
  serverId: number;
  at: Date;
}

function insertFiles(serverId: number, at: Date, knowsNone: boolean) {
  const source = sql.raw(knowsNone ? "stage_file f on not f.held" : "stage_change f on f.kind = 'new'");
  return sql`
    insert into file (server_id, directory_id, name, size_bytes, modified_at, seen_at, words)
    select ${serverId}::integer, p.id, f.name, f.size_bytes, f.modified_at, ${at.toISOString()}::timestamptz, f.words
    from stage_place p join ${source} and f.no = p.no`;
}

/** Removes what is gone and did not move (see moveFiles). @returns how many files and folders */
export async function removeGone(tx: Tx, serverId: number, knowsNone: boolean): Promise<number> {
  const files = knowsNone
    ? 0
    : (
        await tx.execute(sql`
          delete from file using stage_change c
          where c.kind = 'gone' and file.server_id = ${serverId} and file.ctid = c.row`)
      ).count;
  const folders = await tx.execute(sql`delete from directory d using stage_missing m where m.sure and d.id = m.id`);
  return files + folders.count;
}

/**
 * Folders that lack something the catalog keeps are listed and compared by the next scan, whatever their time and hash are by
 * then: after a partial scan, and where nobody knows whether it is gone.
 */
export async function keepGone(tx: Tx, { isComplete, knowsNone }: Compared): Promise<void> {
  const folders = sql`select parent_id from stage_missing where not (sure and ${isComplete})`;
  const files = sql`select directory_id from stage_change where kind = 'gone' and not ${isComplete}`;
  await tx.execute(sql`
    update directory d set modified_at = null, files_hash = null
    where d.id in (${folders} ${knowsNone ? sql`` : sql`union all ${files}`}) and d.id in (select id from stage_place)
      and num_nonnulls(d.modified_at, d.files_hash) > 0`);
}

/**
 * What lies in each folder that may hold something else than its row says, as `stage_total`: where nothing was known it is what
 * was listed, else folders with differing files are counted, each from the partition by its index (see readKnown). New ones
 * have what was listed, unless files moved there.
 */
export async function countOwn(tx: Tx, serverId: number, knowsNone: boolean): Promise<void> {
  const partition = sql.identifier(await partitionOf(tx, serverId));
  const counted = knowsNone
    ? sql`select p.id, s.files, s.bytes, s.newest_at
        from stage_place p join stage_directory s on s.no = p.no where not p.is_new`
    : sql`select t.id, f.*
        from (select distinct coalesce(c.directory_id, p.id) as id
          from stage_change c left join stage_place p on p.no = c.no
          where c.directory_id is not null or not p.is_new or c.kind = 'moved') t
        cross join lateral (
          select count(*)::integer as files, least(coalesce(sum(size_bytes), 0), 9007199254740991)::bigint as bytes,
            max(modified_at) as newest_at
          from ${partition} where directory_id = t.id) f`;
  await tx.execute(sql`create temporary table stage_total on commit drop as ${counted}`);
}
