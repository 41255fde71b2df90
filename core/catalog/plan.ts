// How the candidates of a query are read: which numbers of words a row must have. Pure. It narrows; match.ts decides.
// A word of the thing's own name has its number, one of the folders above the negated number.
import { extensionsOf } from "./kinds.ts";
import { listed } from "./page.ts";
import type { Query, Wanted } from "./query.ts";
import { hasFileFilter } from "./query.ts";
import type { Meeting, Spread } from "./sample.ts";
import { isHalved, meetingOf, samplePercent } from "./sample.ts";
import { partsOf } from "./words.ts";

/** What the vocabulary says of the words of one query. */
export interface Known {
  idOf(word: string): number | undefined;
  /** Longer words that begin like this one, those of the most files first; `isCut`: there are more. */
  longer(word: string): { ids: readonly number[]; isCut: boolean };
  /** Stands in so many names that statistics tell of it. */
  isCommon(id: number): boolean;
  /** About how many visible files have one of these. */
  filesWith(ids: readonly number[]): number;
  /** The same of all files of the catalog. */
  filesAnywhereWith(ids: readonly number[]): number;
  spreadOf(ids: readonly number[]): Spread;
  /** How many places (whole servers or shares) each number is looked up in. */
  places: number;
}

export interface Plan {
  /** A row has at least one number of each group; by the index. */
  groups: number[][];
  /** And of each group of one of these branches, in this order: the likeliest words come first. */
  branches: number[][][];
  /** The branches from here on have rare words alone. */
  rareFrom: number;
  /** And of each of these, which are long or common, and looked at only in rows that the index has found. */
  filters: number[][];
  excluded: number[];
  /** One of the groups is in so few rows that they are all read. */
  findsFew: boolean;
  /** So few that whoever's they are they are read at once, and only then those of the visible shares kept. */
  isRare: boolean;
  /** Per cent of the pages of files that are looked at before the index is asked; undefined: none. */
  sample: number | undefined;
  /** The same is to be found out first: several things are asked, each of them common. */
  meeting: Meeting | undefined;
  /** The index takes long in each place, and half of them may have enough: of one thing that is asked, or its likeliest forms. */
  isHalved: boolean;
  /** Some words that begin like the unfinished one are left out. */
  isCut: boolean;
}

export interface PlanOptions {
  /**
   * Of the wanted words in the thing's own name: all, one (what lies in a matching folder is left to that folder's
   * line), or none, as those of the folders above count as well.
   */
  inOwnName: "all" | "one" | "none";
  withKinds: boolean;
}

/** Numbers looked up in one step: of common words, and in all. */
const commonChunk = 8;
export const longestChunk = 192;
/** The same beside other words, which are read anew in each step: on a large server that takes as long as to look up 200 numbers. */
const longestChunkBeside = 512;
/** Reading so many rows costs little; above, reading a row costs about as much as looking up a number in one share. */
const fewFiles = 4_000;
/** A list so many times longer than the shortest costs more than the rows that it would spare. */
const sparedFactor = 8;
/** To look into one share costs about as much as to read so many rows that are not visible. */
const rowsPerPlace = 100;

/** Every word whose number a plan asks for. */
export function wordsOfPlan(query: Query): string[] {
  const wanted = query.wanted.flatMap(({ word }) => [word, ...(partsOf(word) ?? [])]);
  return [...new Set([...wanted, ...query.kinds.flatMap(extensionsOf), ...query.excluded])];
}

/** Undefined when nothing can match: a wanted word is in no name at all. */
export function planOf(query: Query, options: PlanOptions, known: Known): Plan | undefined {
  const isOwn = options.inOwnName === "all" || (options.inOwnName === "one" && query.wanted.length === 1);
  const excluded = idsOf(query.excluded, known);
  const wanted = query.wanted.map((one) => formsOf(one, known, excluded));
  const needed = wanted.flatMap((forms) => groupsOf(forms, isOwn));
  if (options.withKinds && query.kinds.length > 0) needed.push(idsOf(query.kinds.flatMap(extensionsOf), known));
  if (needed.some((group) => group.length === 0)) return undefined;
  const isCut = wanted.some((forms) => forms.isCut);
  const own = options.inOwnName === "one" && !isOwn ? wanted.flatMap(ownOf) : [];
  if (own.length > 0 && own.length <= commonChunk) needed.push(own.splice(0));
  const arranged = arrange(needed, own, known);
  return { ...arranged, ...sampleOf(arranged, known, hasFileFilter(query) || excluded.length > 0), excluded, isCut };
}

/**
 * Of a common word, or of those that are read first of many: alone, or with others or more that is asked of a file. A row is
 * soon compared with few numbers, and not with a long list of them.
 */
function sampleOf(
  { groups, branches, filters }: Arranged,
  known: Known,
  asksMore: boolean,
): Pick<Plan, "sample" | "meeting" | "isHalved"> {
  const all = [...groups, ...(branches[0] ?? []), ...filters];
  const [spread, ...others] = all.map(known.spreadOf);
  const share = others.reduce((sum, other) => sum + other.share, spread?.share ?? 0);
  const halved = spread !== undefined && (others.length === 0 || branches.length > 0) && isHalved({ ...spread, share });
  const none = { sample: undefined, meeting: undefined, isHalved: halved };
  if (!spread || all.every((group) => group.length > commonChunk)) return none;
  const rows = Math.ceil(listed / known.places);
  if (asksMore || others.length > 0) return { ...none, meeting: meetingOf([spread, ...others], rows) };
  return { ...none, sample: samplePercent(spread, rows) };
}

interface Forms {
  whole: number[];
  longer: readonly number[];
  /** Of each part; all of them stand for the whole word. Empty: it has none. */
  parts: number[][];
  isCut: boolean;
}

/** Words that a name must not have are none that it is found by. */
function formsOf({ word, isPrefix }: Wanted, known: Known, excluded: readonly number[]): Forms {
  const allowed = (ids: readonly number[]) => ids.filter((id) => !excluded.includes(id));
  const { ids, isCut } = isPrefix ? known.longer(word) : { ids: [], isCut: false };
  const parts = (partsOf(word) ?? []).map((part) => allowed(idsOf([part], known)));
  return {
    whole: allowed(idsOf([word], known)),
    longer: allowed(ids),
    parts: parts.every((one) => one.length > 0) ? parts : [],
    isCut,
  };
}

function idsOf(words: readonly string[], known: Known): number[] {
  return words.flatMap((word) => known.idOf(word) ?? []);
}

/** The word, or each of its parts: (w or a) and (w or b). */
function groupsOf({ whole, longer, parts }: Forms, inOwnName: boolean): number[][] {
  const anywhere = (ids: number[]) => (inOwnName ? ids : ids.flatMap((id) => [id, -id]));
  const alone = [...whole, ...longer];
  return parts.length === 0 ? [anywhere(alone)] : parts.map((part) => anywhere([...alone, ...part]));
}

const ownOf = ({ whole, longer, parts }: Forms) => [...whole, ...longer, ...parts.flat()];

type Arranged = Omit<Plan, "excluded" | "isCut" | "sample" | "meeting" | "isHalved">;

/** Where one group finds few rows the others are filters; else long groups are read a part at a time. */
function arrange(needed: number[][], own: number[], known: Known): Arranged {
  const also = own.length > 0 ? [own] : [];
  const isLong = (group: number[]) => chunksOf(group, known).length > 1;
  const short = needed.filter((group) => !isLong(group));
  const long = needed.filter(isLong);
  const fewest = Math.min(...short.map(known.filesWith));
  const lookups = known.places * long.reduce((sum, group) => sum + group.length, 0);
  const findsFew = fewest < Math.max(fewFiles, lookups);
  const [longest, ...others] = long;
  if (longest && !findsFew) {
    const chunks = chunksOf(longest, known, short.length > 0 ? longestChunkBeside : longestChunk);
    const rareFrom = chunks.filter((chunk) => chunk.some(known.isCommon)).length;
    const branches = chunks.map((chunk) => [chunk]);
    return { groups: short, branches, rareFrom, filters: [...others, ...also], findsFew, isRare: false };
  }
  const isSpared = (group: number[]) => fewest < fewFiles && known.filesWith(group) > fewest * sparedFactor;
  const groups = short.filter((group) => !isSpared(group));
  const isRare = groups.some((group) => known.filesAnywhereWith(group) <= rowsPerPlace * known.places);
  return {
    groups,
    branches: [],
    rareFrom: 0,
    filters: [...short.filter(isSpared), ...long, ...also],
    findsFew,
    isRare,
  };
}

/** Few at a time of the common ones: the index compares every row of each with all others. */
function chunksOf(group: number[], known: Known, longest = longestChunk): number[][] {
  const common = group.filter((id) => known.isCommon(id));
  if (common.length <= commonChunk && group.length <= longestChunk) return [group];
  const rare = group.filter((id) => !known.isCommon(id));
  return [...cut(common, commonChunk), ...cut(rare, longest)];
}

function cut(ids: number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, i) => ids.slice(i * size, (i + 1) * size));
}
