// Candidates of a search: rows of the visible shares that a plan finds, up to a cap. What they are worth is rank.ts.
import { sql } from "drizzle-orm";
import type { Tx } from "../../platform/db.ts";
import type { Plan } from "../plan.ts";
import type { Query } from "../query.ts";
import type { Sight } from "../sight.ts";
import type { Place, Reading, Table } from "./places.ts";
import { allowIndexScans, conditionsOf, figuresOf, inPlaces, placesOf, whole, withoutBranches } from "./places.ts";
import type { DirectoryRow, FileRow } from "./rows.ts";

export interface Candidates {
  files: FileRow[];
  directories: DirectoryRow[];
  /** There may be more of either. */
  isCut: boolean;
}

export interface Wish {
  sight: Sight;
  query: Query;
  /** Undefined: no files. */
  files: Plan | undefined;
  directories: Plan | undefined;
  /** At most so many of each. */
  limit: number;
}

export async function findCandidates(tx: Tx, wish: Wish): Promise<Candidates> {
  if (wish.sight.shares.length === 0) return { files: [], directories: [], isCut: false };
  const files = wish.files && (await findFiles(tx, wish, wish.files));
  const directories = wish.directories && (await findDirectories(tx, wish, wish.directories));
  return {
    files: files ? await withPaths(tx, files.rows) : [],
    directories: directories?.rows.map(toDirectory) ?? [],
    isCut: [files, directories, wish.files, wish.directories].some((one) => one?.isCut),
  };
}

interface RawFile {
  id: string;
  serverId: number;
  directoryId: number;
  name: string;
  sizeBytes: string;
  modifiedMs: number | null;
  seenMs: number;
  place: number;
}

interface RawDirectory {
  id: number;
  serverId: number;
  parentId: number | null;
  path: string;
  name: string;
  modifiedMs: number | null;
  place: number;
}

interface Found<R> {
  rows: R[];
  isCut: boolean;
}

const fileColumns =
  sql.raw(`f.id, f.server_id as "serverId", f.directory_id as "directoryId", f.name, f.size_bytes as "sizeBytes",
  (extract(epoch from f.modified_at) * 1000)::float8 as "modifiedMs", (extract(epoch from f.seen_at) * 1000)::float8 as "seenMs"`);
const directoryColumns = sql.raw(`f.id, f.server_id as "serverId", f.parent_id as "parentId", f.path, f.name,
  (extract(epoch from f.modified_at) * 1000)::float8 as "modifiedMs"`);

/** Without a word, and of kinds that are everywhere: the files that came last to each place. */
async function findFiles(tx: Tx, { sight, query, limit }: Wish, plan: Plan): Promise<Found<RawFile>> {
  const isWalk = query.wanted.length === 0 && !plan.findsFew;
  if (isWalk) await allowIndexScans(tx, true);
  const { branches, ...asked } = isWalk ? withoutBranches(plan) : plan;
  const conditions = [...conditionsOf(asked), ...figuresOf(query)];
  const reading = { columns: fileColumns, conditions, branches, order: isWalk ? newestFirst : sql`` };
  const found = await readFairly<RawFile>(tx, "file", sight, reading, limit);
  if (isWalk) await allowIndexScans(tx, false);
  return found;
}

const newestFirst = sql`order by f.seen_at desc`;

function findDirectories(tx: Tx, { sight, limit }: Wish, plan: Plan): Promise<Found<RawDirectory>> {
  const reading = { columns: directoryColumns, conditions: conditionsOf(plan), branches: plan.branches };
  return readFairly<RawDirectory>(tx, "directory", sight, reading, limit);
}

const leastPerPlace = 100;
/** With so many the list is long enough to say "more than these". */
const plenty = 250;

/** From every place a part, so that not one server's files stand for all; where that is little, the rest too. */
async function readFairly<R extends { id: number | string; place: number }>(
  tx: Tx,
  table: Table,
  sight: Sight,
  reading: Omit<Reading, "limit">,
  limit: number,
): Promise<Found<R>> {
  const places = placesOf(sight);
  const read = async (some: readonly Place[], perPlace: number): Promise<R[]> => {
    const rows = inPlaces(some, table, { ...reading, limit: perPlace });
    const found: Iterable<unknown> = await tx.execute(sql`${rows} limit ${whole(limit)}`);
    return [...found] as R[];
  };
  const share = places.length === 1 ? limit : Math.max(leastPerPlace, Math.ceil((2 * limit) / places.length));
  const rows = await read(places, share);
  const full = rows.length < limit && share < limit ? fullPlaces(rows, places, share) : [];
  const isEnough = full.length === 0 || rows.length >= plenty;
  const rest = isEnough ? [] : await read(full, limit);
  const unique = [...new Map([...rows, ...rest].map((row) => [row.id, row])).values()];
  const isCut = rows.length >= limit || rest.length >= limit || (isEnough && full.length > 0);
  return { rows: unique.slice(0, limit), isCut };
}

function fullPlaces(rows: readonly { place: number }[], places: readonly Place[], share: number): Place[] {
  const counts = new Map<number, number>();
  for (const { place } of rows) counts.set(place, (counts.get(place) ?? 0) + 1);
  return places.filter((_, i) => (counts.get(i) ?? 0) >= share);
}

async function withPaths(tx: Tx, rows: RawFile[]): Promise<FileRow[]> {
  const ids = [...new Set(rows.map((row) => row.directoryId))];
  if (ids.length === 0) return [];
  const found = await tx.execute<{ id: number; path: string }>(
    sql`select id, path from directory where id in (${sql.raw(ids.join(","))})`,
  );
  const paths = new Map(found.map(({ id, path }) => [id, path]));
  return rows.flatMap((row) => {
    const path = paths.get(row.directoryId);
    return path === undefined ? [] : [toFile(row, path)];
  });
}

function toFile({ id, serverId, directoryId, name, sizeBytes, modifiedMs, seenMs }: RawFile, path: string): FileRow {
  const modifiedAt = modifiedMs === null ? null : new Date(modifiedMs);
  const numbers = { id: Number(id), serverId, directoryId, sizeBytes: Number(sizeBytes) };
  return { ...numbers, path, name, modifiedAt, seenAt: new Date(seenMs) };
}

function toDirectory({ modifiedMs, place: _, ...row }: RawDirectory): DirectoryRow {
  return { ...row, modifiedAt: modifiedMs === null ? null : new Date(modifiedMs) };
}
