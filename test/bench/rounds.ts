// Methods measured in turns: each round runs all of them once and begins with another one, so that what else the machine does,
// and what one leaves to the next, meets them alike.
import type { Cell } from "./report.ts";
import { failed, notInstalled } from "./report.ts";

/** A method that took longer is not repeated. */
const longRoundMs = 20_000;

export interface Round {
  tookMs: number;
}

export interface Turns {
  rounds: number;
  tell: (line: string) => void;
}

/**
 * So many rounds of all methods; of a long one a single round. A method that fails is told of and left alone, the others go on.
 * @returns by method the results of its rounds; undefined where the method does not exist here, none where it failed
 */
export async function measureInTurns<M extends string, R extends Round>(
  methods: Record<M, ((round: number) => Promise<R>) | undefined>,
  { rounds, tell }: Turns,
): Promise<Record<M, R[] | undefined>> {
  const names = Object.keys(methods) as M[];
  const lists = names.map((name): [M, R[] | undefined] => [name, methods[name] && []]);
  const results = Object.fromEntries(lists) as Record<M, R[] | undefined>;
  const over = new Set<M>();
  for (let round = 0; round < rounds; round += 1) {
    const first = round % names.length;
    const inTurn = [...names.slice(first), ...names.slice(0, first)];
    for (const name of inTurn.filter((one) => !over.has(one))) {
      try {
        const result = await methods[name]?.(round);
        if (result) results[name]?.push(result);
        if (!result || result.tookMs > longRoundMs) over.add(name);
      } catch (error) {
        tell(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
        results[name] = [];
        over.add(name);
      }
    }
  }
  return results;
}

/** The middle of what each round gave, or why there is none. */
export function medianCell<R>(rounds: readonly R[] | undefined, value: (round: R) => number): Cell {
  return rounds === undefined ? notInstalled : (median(rounds.map(value)) ?? failed);
}

/** Null for an empty list. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** How many times `one` is of `other`; null where there is nothing to compare. */
export function ratio(one: Cell, other: Cell): number | null {
  return typeof one === "number" && typeof other === "number" && other !== 0 ? one / other : null;
}

export const perSecond = (count: number, tookMs: number) => (count / tookMs) * 1000;
