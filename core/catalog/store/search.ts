// Candidates of a search: rows of the visible shares that a plan finds, up to a cap. What they are worth is rank.ts.
import type { Db } from "../../platform/db.ts";
import type { Plan } from "../plan.ts";
import type { Query } from "../query.ts";
import type { Meeting, Probed } from "../sample.ts";
import { meetsOften, percentOfMeeting, probePercent } from "../sample.ts";
import type { Sight } from "../sight.ts";
import type { Walk } from "./conditions.ts";
import { conditionsOf, figuresOf, walksOf, withoutBranches } from "./conditions.ts";
import type { Place, Table } from "./places.ts";
import { anywhere, inPlaces, pairsOf, placesOf } from "./places.ts";
import { ids, readRows } from "./reading.ts";
import type { DirectoryRow, FileRow, RawFile } from "./rows.ts";
import { dateOf, fileText, msOf, toFile } from "./rows.ts";
import type { Step, Steps } from "./steps.ts";
import { halvesOf, stepsOf } from "./steps.ts";

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

/** Files and folders at the same time, each over a connection of its own. */
export async function findCandidates(db: Db, wish: Wish): Promise<Candidates> {
  if (wish.sight.shares.length === 0) return { files: [], directories: [], isCut: false };
  const [files, directories] = await Promise.all([
    wish.files && findFiles(db, wish, wish.files),
    wish.directories && findDirectories(db, wish, wish.directories),
  ]);
  return {
    files: files ? await withPaths(db, files.rows) : [],
    directories: directories?.rows.map(toDirectory) ?? [],
    isCut: [files, directories, wish.files, wish.directories].some((one) => one?.isCut),
  };
}

interface RawDirectory {
  id: number;
  serverId: number;
  parentId: number | null;
  path: string;
  modifiedMs: number | null;
}

interface Found<R> {
  rows: R[];
  isCut: boolean;
}

const directoryColumns = `f.id, f.server_id as "serverId", f.parent_id as "parentId", f.path,
  ${msOf("f.modified_at")} as "modifiedMs"`;

/** Without a word, and of kinds that are everywhere: the files that came last to each place. */
function findFiles(db: Db, { sight, query, limit }: Wish, plan: Plan): Promise<Found<RawFile>> {
  const isWalk = query.wanted.length === 0 && !plan.findsFew;
  const asked = isWalk ? withoutBranches(plan) : plan;
  const reading = { columns: fileText, conditions: [...conditionsOf(asked), ...figuresOf(query)] };
  const walks = isWalk ? walksOf(query) : [];
  return readFairly<RawFile>(db, "file", { sight, plan: asked, reading, limit, walks });
}

function findDirectories(db: Db, { sight, limit }: Wish, plan: Plan): Promise<Found<RawDirectory>> {
  const reading = { columns: directoryColumns, conditions: conditionsOf(plan) };
  return readFairly<RawDirectory>(db, "directory", { sight, plan, reading, limit, walks: [] });
}

const leastPerPlace = 100;
/** Files of one place that are looked at to learn how often words meet; more than pages that are that few have. */
const mostProbed = 10_000;
/** With so many the list is long enough to say "more than these". */
const plenty = 250;

/** The rows of the folders that are shared themselves, as far as they are known already. */
export async function rootsOf(db: Db, { shares }: Sight): Promise<DirectoryRow[]> {
  if (shares.length === 0) return [];
  const rows = await readRows<RawDirectory>(
    db,
    `select ${directoryColumns} from (values ${pairsOf(shares)}) at(server_id, path)
      join directory f on f.server_id = at.server_id and f.path = at.path`,
  );
  return rows.map(toDirectory);
}

interface FairReading extends Omit<Steps, "perPlace"> {
  sight: Sight;
}

interface Placed {
  place: number;
}

/**
 * From each place a part, so that not one server's files stand for all, until there are enough; where that is little, the rest
 * too. What that leaves out, and what an equal part would cost: docs/decisions/catalog.md.
 */
async function readFairly<R extends { id: number | string }>(
  db: Db,
  table: Table,
  { sight, plan: asked, reading, limit, walks }: FairReading,
): Promise<Found<R>> {
  const places = placesOf(sight);
  if (asked.isRare && walks.length === 0) {
    const rows = await readRows<R>(db, anywhere(places, table, { ...reading, limit }));
    if (rows.length < limit) return { rows, isCut: false };
  }
  const parts = { equal: Math.ceil(limit / places.length), byIndex: shareOf(places, limit) };
  const whole = table === "file" && walks.length === 0 ? places.filter(({ path }) => path === "") : [];
  const plan = await withMeeting(db, whole, { plan: asked, reading, limit }, parts);
  const read = (some: readonly Place[], perPlace: number) =>
    readPlaces<R>(db, table, some, { plan, reading, walks, perPlace, limit });
  const sampled = await readSample<R>(db, whole, { plan, reading, limit }, parts.equal);
  const left = places.filter((place) => !sampled.places.includes(place));
  const isEqual = walks.length > 0 || sampled.places.length > 0;
  const share = isEqual ? parts.equal : parts.byIndex;
  const others = left.length > 0 ? await read(left, share) : nothing;
  const both = distinct([...sampled.rows, ...others.rows]);
  const rows = both.slice(0, limit);
  const more = share < limit ? fullPlaces(others.rows, left, share) : [];
  const full = rows.length < limit ? [...sampled.places, ...more] : [];
  const isEnough = full.length === 0 || rows.length >= plenty;
  const rest = isEnough ? nothing : await read(full, limit);
  const found = rest.rows.length > 0 ? distinct([...rows, ...rest.rows]) : both;
  const isCut = found.length >= limit || others.isCut || rest.isCut || (isEnough && full.length > 0);
  return { rows: found.slice(0, limit), isCut };
}

const nothing = { rows: [], isCut: false };

/** A name with words of several branches is found in each. */
const distinct = <R extends { id: number | string }>(rows: readonly R[]): R[] => [
  ...new Map(rows.map((row) => [row.id, row])).values(),
];

async function readPlaces<R extends { id: number | string }>(
  db: Db,
  table: Table,
  places: readonly Place[],
  steps: Steps,
): Promise<Found<R & Placed>> {
  const { walks, limit } = steps;
  const read = (some: readonly Step[]) => readSteps<R & Placed>(db, some, walks);
  const halves = halvesOf(places, table, steps);
  if (!halves) return read(stepsOf(places, table, steps));
  const [one, other] = await Promise.all(halves.steps.map((step) => read([step])));
  if (!one || !other || one.rows.length + other.rows.length >= limit) return joined([one, other]);
  // Where one half has nearly all of it, it goes on there.
  const longer = await Promise.all(
    [one, other].map((half, i) => (half.isCut ? read(halves.longer.slice(i, i + 1)) : half)),
  );
  // The whole one first: there may be room for a part of the other alone.
  const common = joined(longer.toSorted((a, b) => Number(a.isCut) - Number(b.isCut)));
  if (!halves.rest || distinct(common.rows).length >= limit) return common;
  return joined([common, await read(stepsOf(places, table, { ...steps, plan: halves.rest }))]);
}

const joined = <R>(parts: ReadonlyArray<Found<R> | undefined>): Found<R> => ({
  rows: parts.flatMap((part) => part?.rows ?? []),
  isCut: parts.some((part) => part?.isCut),
});

async function readSteps<R>(db: Db, steps: readonly Step[], walks: readonly Walk[]): Promise<Found<R>> {
  const way = walks.length > 0 ? "order" : "content";
  const read = await Promise.all(steps.map(({ statement }) => readRows<R>(db, statement, way)));
  return { rows: read.flat(), isCut: steps.some(({ limit }, i) => (read[i] ?? []).length >= limit) };
}

type FileSteps = Pick<Steps, "plan" | "reading" | "limit">;

/**
 * How often several things meet in a file only files can tell, so some are looked at: then they are read by a sample, or by the
 * index, of few places where that will do.
 * @param places whole servers
 * @param parts rows of one place: an equal part of the list, and more than that by the index
 */
async function withMeeting(
  db: Db,
  places: readonly Place[],
  { plan, reading }: FileSteps,
  parts: { equal: number; byIndex: number },
): Promise<Plan> {
  const { meeting } = plan;
  if (!meeting || places.length === 0) return plan;
  const probed = await probe(db, places, [...reading.conditions, ...likeliestOf(plan)], meeting);
  const sample = percentOfMeeting(meeting, probed, parts.equal);
  return { ...plan, sample, isHalved: plan.isHalved || meetsOften(meeting, probed, parts.byIndex) };
}

const likeliestOf = ({ branches }: Plan) => (branches[0] ?? []).map((group) => `f.words && ${ids(group)}`);

async function probe(
  db: Db,
  places: readonly Place[],
  conditions: readonly string[],
  meeting: Meeting,
): Promise<Probed> {
  const look = { columns: `${conditions.join(" and ")} as is_met`, conditions: [], limit: mostProbed };
  const rows = inPlaces(places, "file", { ...look, sample: probePercent(meeting, places.length) });
  const counts = `select count(*)::int as looked, (count(*) filter (where is_met))::int as met from (${rows}) probe`;
  const [probed] = await readRows<Probed>(db, counts);
  return probed ?? { looked: 0, met: 0 };
}

/**
 * Rows of common words from some pages: see sample.ts. Of each place an equal part, at least a quarter of it, or none.
 * @param places whole servers
 * @returns those that gave theirs, and may have more
 */
async function readSample<R>(
  db: Db,
  places: readonly Place[],
  { plan, reading, limit }: FileSteps,
  part: number,
): Promise<{ rows: Array<R & Placed>; places: readonly Place[] }> {
  const { sample } = plan;
  if (sample === undefined || places.length === 0) return { rows: [], places: [] };
  const likeliest = { ...plan, branches: plan.branches.slice(0, 1) };
  const sampled = { plan: likeliest, reading: { ...reading, sample }, walks: [], perPlace: part, limit };
  const found = (await readSteps<R & Placed>(db, stepsOf(places, "file", sampled), [])).rows;
  const done = fullPlaces(found, places, Math.ceil(part / 4));
  return { rows: found.filter(({ place }) => done.includes(places[place] as Place)), places: done };
}

/** More than an equal share, as some places have less; walked by time each has its equal share, or the last ones had none. */
const shareOf = ({ length }: readonly Place[], limit: number) =>
  length === 1 ? limit : Math.max(leastPerPlace, Math.ceil((2 * limit) / length));

function fullPlaces(rows: readonly Placed[], places: readonly Place[], share: number): Place[] {
  const counts = new Map<number, number>();
  for (const { place } of rows) counts.set(place, (counts.get(place) ?? 0) + 1);
  return places.filter((_, i) => (counts.get(i) ?? 0) >= share);
}

async function withPaths(db: Db, rows: RawFile[]): Promise<FileRow[]> {
  const ids = [...new Set(rows.map((row) => row.directoryId))];
  if (ids.length === 0) return [];
  const found = await readRows<{ id: number; path: string }>(
    db,
    `select id, path from directory where id in (${ids.join(",")})`,
  );
  const paths = new Map(found.map(({ id, path }) => [id, path]));
  return rows.flatMap((row) => {
    const path = paths.get(row.directoryId);
    return path === undefined ? [] : [toFile(row, path)];
  });
}

function toDirectory({ modifiedMs, id, serverId, parentId, path }: RawDirectory): DirectoryRow {
  return { id, serverId, parentId, path, modifiedAt: dateOf(modifiedMs) };
}
