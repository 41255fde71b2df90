// The statements that read candidates: everywhere or share by share, branch after branch, or from the newest on.
import type { Plan } from "../plan.ts";
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

/** At most two, whose rows come in this order; they may be read at the same time. */
export function stepsOf(places: readonly Place[], table: Table, steps: Steps): string[] {
  const limited = (statement: string) => `${statement} limit ${whole(steps.limit)}`;
  return partsOf(places, table, steps).map(limited);
}

/** So many that to read them takes longer than to send two statements. */
const manyPlaces = 8;

function partsOf(places: readonly Place[], table: Table, steps: Steps): string[] {
  const { plan, reading, walks, perPlace } = steps;
  const inThese =
    walks.length > 0
      ? walksIn(table, steps)
      : (some: readonly Place[], from: number) => inPlaces(some, table, { ...reading, limit: perPlace, from });
  if (table === "file" && places.length >= manyPlaces && readsAllPlaces(steps)) {
    const half = Math.ceil(places.length / 2);
    return [0, half].map((from) => inThese(places.slice(from, from + half), from));
  }
  if (walks.length > 0) return [inThese(places, 0)];
  return halves(plan, table).map((one) => inSteps(places, table, one, steps));
}

/** Where several words have to be in one name, or files have to be of some age, few are found in each place. */
function readsAllPlaces({ plan: { branches, groups, filters }, walks }: Steps): boolean {
  if (walks.length > 0) return walks.some(({ conditions }) => conditions.length > 0);
  return branches.length === 0 && groups.length + filters.length > 1;
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

/** Branch after branch: with common words share by share, with rare ones alone everywhere at once. */
function inSteps(
  places: readonly Place[],
  table: Table,
  { branches, rareFrom }: Plan,
  { reading, perPlace, limit }: Steps,
): string {
  if (rareFrom === branches.length || !areMany(places, table))
    return inPlaces(places, table, { ...reading, branches, limit: perPlace });
  const rare = anywhere(places, table, { ...reading, branches: branches.slice(rareFrom), limit });
  if (rareFrom === 0) return rare;
  const common = inPlaces(places, table, { ...reading, branches: branches.slice(0, rareFrom), limit: perPlace });
  return `select * from (${common}) common union all select * from (${rare}) rare`;
}
