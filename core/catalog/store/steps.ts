// The statements that read candidates: everywhere or share by share, branch after branch, or from the newest on.
import type { Plan } from "../plan.ts";
import { longestChunk } from "../plan.ts";
import type { Walk } from "./conditions.ts";
import type { Place, Reading, Table } from "./places.ts";
import { anywhere, areMany, inPlaces } from "./places.ts";
import { whole } from "./reading.ts";

export interface Steps {
  plan: Plan;
  reading: Omit<Reading, "limit" | "branches" | "order">;
  /** By time, from the newest on; none: in any order. */
  walks: readonly Walk[];
  /** Rows of one place at most, and in all. */
  perPlace: number;
  limit: number;
}

export interface Step {
  statement: string;
  /** With so many rows it is cut. */
  limit: number;
}

/** At most two, whose rows come in this order; they may be read at the same time. */
export function stepsOf(places: readonly Place[], table: Table, steps: Steps): Step[] {
  const isSplit = table === "file" && places.length >= manyPlaces;
  const isInHalves = isSplit && readsAllPlaces(steps, areMany(places, table));
  const statements = isInHalves ? inHalves(places, table, steps) : together(places, table, steps);
  return limited(statements, steps.limit);
}

export interface Halves {
  steps: Step[];
  /** The same with as much as is wanted in all. */
  longer: Step[];
  /** What they leave out: the rare beginnings, if there are any. */
  rest: Plan | undefined;
}

/**
 * Of one word, of several that meet often, or of the common beginnings of an unfinished one, beside others or alone, the first half
 * of the places and the second give half of what is wanted each, and stop when they have: both have of it.
 * @returns undefined where that is not sooner
 */
export function halvesOf(places: readonly Place[], table: Table, steps: Steps): Halves | undefined {
  const { plan, walks, limit } = steps;
  const { branches, rareFrom } = plan;
  if (table !== "file" || places.length < manyPlaces || walks.length > 0 || !plan.isHalved) return undefined;
  if (branches.length > 0 && rareFrom === 0) return undefined;
  const common = { ...steps, plan: { ...plan, branches: branches.slice(0, rareFrom) } };
  const halves = inHalves(places, table, common);
  const rare = branches.slice(rareFrom);
  return {
    steps: limited(halves, Math.ceil(limit / 2)),
    longer: limited(halves, limit),
    rest: rare.length > 0 ? { ...plan, branches: rare, rareFrom: 0 } : undefined,
  };
}

const limited = (statements: readonly string[], limit: number) =>
  statements.map((one) => ({ statement: `${one} limit ${whole(limit)}`, limit }));

/** So many that to read them takes longer than to send two statements. */
const manyPlaces = 8;

function inHalves(places: readonly Place[], table: Table, steps: Steps): string[] {
  const { plan, reading, walks, perPlace } = steps;
  const half = Math.ceil(places.length / 2);
  return [0, half].map((from) => {
    const some = places.slice(from, from + half);
    if (walks.length > 0) return walksIn(table, steps)(some, from);
    return inPlaces(some, table, {
      ...reading,
      branches: plan.branches,
      limit: perStep(plan.branches, perPlace),
      from,
    });
  });
}

function together(places: readonly Place[], table: Table, steps: Steps): string[] {
  if (steps.walks.length > 0) return [walksIn(table, steps)(places, 0)];
  return halves(steps.plan, table).map((one) => inSteps(places, table, one, steps));
}

/**
 * Where several words have to be in one name, or files have to be of some age, few are found in each place; so are by a sample,
 * and of rare beginnings beside other words, which are looked for everywhere at once where places are many.
 */
function readsAllPlaces(
  { plan: { branches, rareFrom, groups, filters }, reading, walks }: Steps,
  arePlacesMany: boolean,
): boolean {
  if (reading.sample !== undefined) return true;
  if (walks.length > 0) return walks.some(({ conditions }) => conditions.length > 0);
  const others = groups.length + filters.length;
  return branches.length === 0 ? others > 1 : others > 0 && rareFrom === 0 && !arePlacesMany;
}

function walksIn(table: Table, { reading, walks, perPlace }: Steps) {
  return (places: readonly Place[], from: number) => {
    const walked = walks.map(({ conditions, order }) => {
      const both = [...reading.conditions, ...conditions];
      const walk = { ...reading, conditions: both, order, limit: perPlace, from };
      return `select * from (${inPlaces(places, table, walk)}) walk`;
    });
    return walked.join(" union all ");
  };
}

/**
 * Beside other words few rows are found and all branches have to be read, so are those of rare words: the first half and
 * the second at the same time. One unfinished common word has enough in its first branches, and folders are soon read.
 */
function halves(plan: Plan, table: Table): Plan[] {
  const { branches, rareFrom, groups, filters } = plan;
  const readsAll = groups.length > 0 || filters.length > 0 || rareFrom === 0;
  if (table === "directory" || branches.length < 2 || !readsAll) return [plan];
  const half = Math.ceil(branches.length / 2);
  return [
    { ...plan, branches: branches.slice(0, half), rareFrom: Math.min(rareFrom, half) },
    { ...plan, branches: branches.slice(half), rareFrom: Math.max(0, rareFrom - half) },
  ];
}

/** As much as the same numbers gave in smaller steps. */
function perStep(branches: Plan["branches"], perPlace: number): number {
  const longest = Math.max(1, ...branches.flat().map((group) => group.length));
  return perPlace * Math.ceil(longest / longestChunk);
}

/** Branch after branch: with common words share by share, with rare ones alone everywhere at once. */
function inSteps(
  places: readonly Place[],
  table: Table,
  { branches, rareFrom }: Plan,
  { reading, perPlace, limit }: Steps,
): string {
  if (rareFrom === branches.length || !areMany(places, table))
    return inPlaces(places, table, { ...reading, branches, limit: perStep(branches, perPlace) });
  const rare = anywhere(places, table, { ...reading, branches: branches.slice(rareFrom), limit });
  if (rareFrom === 0) return rare;
  const common = inPlaces(places, table, { ...reading, branches: branches.slice(0, rareFrom), limit: perPlace });
  return `select * from (${common}) common union all select * from (${rare}) rare`;
}
