// The staged scan against the catalog: set statements that touch only what differs, and read only what was listed. They
// run in one transaction on the connection that has the stage (see stage.ts), in the order in which they stand here.
import { sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { shareLock } from "../../platform/locks.ts";
import type { RootCount } from "../scan/judge.ts";
import type { Load } from "./load.ts";
import { partitionOf } from "./partition.ts";
import type { Totals } from "./rows.ts";
import { dateOf, msOf } from "./rows.ts";

/** Its files: staged, or loaded already. */
const filesOf = (load: Load | undefined) =>
  load
    ? { table: sql.raw(load.target.table), no: sql.raw("directory_id"), isOurs: sql`server_id = ${load.serverId}` }
    : { table: sql.raw("stage_file"), no: sql.raw("no"), isOurs: sql`true` };

/** Takes from the stage what is no longer shared: somebody may have unshared it while it was read. */
export async function dropUnshared(tx: Tx, serverId: number, load?: Load): Promise<void> {
  const isUnshared = sql`not exists (
    select from share where share.server_id = ${serverId}
      and (share.path = '' or s.path = share.path or starts_with(s.path, share.path || '/')))`;
  const dropped = await tx.execute(sql`delete from stage_directory s where ${isUnshared}`);
  if (dropped.count === 0) return;
  const { table, no, isOurs } = filesOf(load);
  const files = await tx.execute(sql`
    delete from ${table} f where ${isOurs} and not exists (select from stage_directory s where s.no = f.${no})`);
  if (load) load.files -= files.count;
}

/**
 * Words that were forgotten since they were staged, because no name had them yet, are made anew. Until the transaction
 * ends none is forgotten.
 */
export async function keepWords(tx: Tx, load?: Load): Promise<void> {
  await shareLock(tx, "vocabulary");
  const lost = await tx.execute(sql`
    create temporary table stage_lost_word on commit drop as
    select distinct s.id, s.word from stage_word s where not exists (select from word where word.id = s.id)`);
  if (lost.count === 0) return;
  await tx.execute(sql`insert into word (word) select word from stage_lost_word order by word on conflict do nothing`);
  const renumbered = sql`(
    select array_agg(number order by number) from (
      select coalesce(sign(old) * word.id, old)::integer as number from unnest(staged.words) old
      left join stage_lost_word lost on lost.id = abs(old) left join word on word.word = lost.word) numbers)`;
  const { table: files, isOurs } = filesOf(load);
  for (const [table, which] of [
    [sql.raw("stage_directory"), sql`true`],
    [files, isOurs],
  ] as const) {
    await tx.execute(sql`
      update ${table} staged set words = ${renumbered}
      where ${which} and exists (select from unnest(staged.words) old join stage_lost_word lost on lost.id = abs(old))`);
  }
}

export interface Placing {
  isFull: boolean;
  load?: Load | undefined;
}

/** Below a folder with lines that were not understood, what is missing may be there. */
const mayBeThere = sql`exists (
  select from stage_directory b where not b.whole and (b.path = '' or starts_with(d.path, b.path || '/')))`;

/**
 * Finds the folders of the stage in the catalog: `stage_place` has a row for each that was listed, with its id, new or
 * not, and `stage_missing` those of the catalog that were not met; `sure` where that means that they are gone.
 * @param isFull a folder that was not listed was not met; else the stage names those (see unmet.ts)
 */
export async function placeFolders(tx: Tx, serverId: number, { isFull, load }: Placing): Promise<void> {
  await tx.execute(sql`
    create temporary table stage_place on commit drop as
    select s.no, s.path, s.parent, s.whole, d.id is null as is_new,
      coalesce(d.id, ${sql.raw(load ? "s.no" : "nextval('directory_id_seq')::integer")}) as id
    from stage_directory s left join directory d on d.server_id = ${serverId} and d.path = s.path order by s.no`);
  await tx.execute(sql`
    create temporary table stage_missing on commit drop as
    select d.id, d.parent_id, d.path, not ${mayBeThere} as sure from directory d where d.server_id = ${serverId}
      and ${isFull ? sql`true` : sql`d.path in (select path from stage_unmet)`}
      and not exists (select from stage_directory s where s.path = d.path)`);
  await tx.execute(sql`analyze stage_place, stage_missing`);
  // Somebody shared another folder meanwhile, or the same one anew: its row is not ours.
  if (load)
    await tx.execute(sql`
      update ${sql.raw(load.target.table)} f set directory_id = p.id from stage_place p
      where f.server_id = ${serverId} and p.id <> p.no and f.directory_id = p.no`);
}

/**
 * Copies the catalog's files of these folders to `stage_known`: statements that meet a folder of 100,000 files must know
 * how many there are. Folder by folder ("offset 0" keeps it): few of them are no reason to read all that the server has. From
 * the partition itself, where one index answers: with a condition on the server the planner may take another one, by which
 * all its files are read for each folder, until statistics tell it better.
 * `row` finds a file again without an index, as nobody else writes files of this server meanwhile.
 * @returns how many
 */
export async function readKnown(tx: Tx, serverId: number): Promise<number> {
  const partition = sql.identifier(await partitionOf(tx, serverId));
  const known = await tx.execute(sql`
    create temporary table stage_known on commit drop as
    select f.*, t.no, t.sure
    from (
      select id, no, whole as sure from stage_place where not is_new
      union all select id, null, sure from stage_missing
    ) t cross join lateral (
      select ctid as row, id, directory_id, name, size_bytes, modified_at, words from ${partition}
      where directory_id = t.id offset 0
    ) f`);
  if (known.count > 0) await tx.execute(sql`analyze stage_known (directory_id, no)`);
  return known.count;
}

const isBelow = (path: string, root: string) =>
  sql`(${root}::text = '' or ${sql.raw(path)} = ${root} or starts_with(${sql.raw(path)}, ${`${root}/`}))`;

/** Files below a scanned folder, as far as it was listed: in the catalog, and found now. */
export async function countListed(tx: Tx, root: string): Promise<RootCount> {
  const [row] = await tx.execute<{ had: number; has: number }>(sql`
    select
      (select count(*) from stage_known k
        join (select id, path from stage_place union all select id, path from stage_missing) d on d.id = k.directory_id
        where ${isBelow("d.path", root)})::float8 as had,
      (select count(*) from stage_directory s join stage_file f on f.no = s.no
        where ${isBelow("s.path", root)})::float8 as has`);
  return { had: row?.had ?? 0, has: row?.has ?? 0 };
}

/** The catalog's files below it, in folders that stand still as well. */
export async function countKnown(tx: Tx, serverId: number, root: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select coalesce(sum(d.files), 0)::float8 as count from directory d
    where d.server_id = ${serverId} and ${isBelow("d.path", root)}`);
  return row?.count ?? 0;
}

/** The folder above one that was listed may stand still itself, and is then not in the stage. */
const parentId = sql`coalesce(up.id, still.id)`;
const placed = (serverId: number) => sql`
  stage_place p join stage_directory s on s.no = p.no left join stage_place up on up.path = p.parent
  left join directory still on up.no is null and still.server_id = ${serverId} and still.path = p.parent`;

/** Folders that the catalog did not have. @returns how many */
export async function addDirectories(tx: Tx, serverId: number): Promise<number> {
  const added = await tx.execute(sql`
    insert into directory (id, server_id, parent_id, path, modified_at, files_hash, words, files, bytes, newest_at)
      overriding system value
    select p.id, ${serverId}::integer, ${parentId}, s.path, s.modified_at, s.files_hash, s.words, s.files, s.bytes,
      s.newest_at
    from ${placed(serverId)} where p.is_new order by p.no`);
  return added.count;
}

/**
 * Known folders whose time, words or parent changed, and any whose files did, once those are as they were listed: then their
 * totals are in `stage_total` (see countOwn). @returns how many
 */
export async function updateDirectories(tx: Tx, serverId: number): Promise<number> {
  const columns = ["parent_id", "modified_at", "files_hash", "words", "files", "bytes", "newest_at"];
  const known = sql.raw(columns.map((column) => `d.${column}`).join(", "));
  const listed = sql`${parentId}, s.modified_at, s.files_hash, s.words, coalesce(t.files, d.files), coalesce(t.bytes, d.bytes),
    case when t.id is null then d.newest_at else t.newest_at end`;
  const updated = await tx.execute(sql`
    update directory d set (${sql.raw(columns.join(", "))}) = (${listed})
    from ${placed(serverId)} left join stage_total t on t.id = p.id
    where d.id = p.id and (not p.is_new or t.id is not null) and (${known}) is distinct from (${listed})`);
  return updated.count;
}

/** All of its files: the sum over its folders. */
export async function countServer(tx: Tx, serverId: number): Promise<Totals> {
  const [row] = await tx.execute<{ files: number; bytes: number; newestMs: number | null }>(sql`
    select coalesce(sum(files), 0)::float8 as "files", least(coalesce(sum(bytes), 0), 9007199254740991)::float8 as "bytes",
      ${sql.raw(msOf("max(newest_at)"))} as "newestMs"
    from directory where server_id = ${serverId}`);
  return { files: row?.files ?? 0, bytes: row?.bytes ?? 0, newestAt: dateOf(row?.newestMs) };
}

/**
 * Folders that were listed and whose totals are not those of their files, whatever went wrong before: in full sweeps, as they
 * read all files.
 */
export async function mendTotals(tx: Tx, serverId: number): Promise<void> {
  await tx.execute(sql`
    create temporary table stage_own on commit drop as
    select directory_id as id, count(*)::integer as files, least(sum(size_bytes), 9007199254740991)::bigint as bytes,
      max(modified_at) as newest_at
    from file where server_id = ${serverId} group by directory_id`);
  await tx.execute(sql`analyze stage_own (id)`);
  await tx.execute(sql`
    update directory d set (files, bytes, newest_at) = (own.files, own.bytes, own.newest_at)
    from stage_place p left join stage_own o on o.id = p.id
      cross join lateral (select coalesce(o.files, 0) as files, coalesce(o.bytes, 0) as bytes, o.newest_at) own
    where d.id = p.id and (d.files, d.bytes, d.newest_at) is distinct from (own.files, own.bytes, own.newest_at)`);
}

/** Rows of files, as they are there. */
export async function countRows(tx: Tx, serverId: number): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::float8 as count from file where server_id = ${serverId}`);
  return row?.count ?? 0;
}

/** Does anybody hear of new files? Not before a share was introduced as a whole. */
export async function tellsNews(tx: Tx, serverId: number): Promise<boolean> {
  const rows = await tx.execute(sql`
    select from share where server_id = ${serverId} and introduced_at is not null limit 1`);
  return rows.length > 0;
}

/**
 * Moves what is noted beside the indexes of words into them. They take new rows in bulk that way; until then, every
 * search reads the notes, which is why they are few (see the migration).
 */
export async function settleIndexes(db: Db): Promise<void> {
  await db.execute(sql`
    select gin_clean_pending_list(indexrelid) from pg_index
    where indexrelid in (select inhrelid from pg_inherits where inhparent = 'file_words_index'::regclass)
      or indexrelid in ('directory_words_index'::regclass, 'word_trigrams'::regclass)`);
}
