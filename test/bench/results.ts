// What was measured, kept as one JSON file: each part with its own date, machine and versions, so that parts can be
// measured again one by one.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine.ts";
import type { Part, Size, Table } from "./report.ts";

export interface Measured {
  part: Part["name"];
  size: Size;
  /** When it ended, ISO 8601. */
  at: string;
  /** How long all of it took. */
  tookMs: number;
  machine: Machine;
  /** Programs by name. */
  versions: Record<string, string>;
  tables: MeasuredTable[];
}

/** `at` when it is older than the part: the rest was measured again without it. */
export type MeasuredTable = Table & { at?: string };

export const resultsFile = "bench.json";

/** What lies in `folder`; nothing when there is none or it cannot be read. */
export function readResults(folder: string): Measured[] {
  try {
    return (JSON.parse(readFileSync(join(folder, resultsFile), "utf8")) as { parts: Measured[] }).parts;
  } catch {
    return [];
  }
}

/**
 * Parts measured earlier and not now stay.
 * @param isWhole false: of `now` only a piece was measured, so that the part's other tables stay too, each with its own date
 * @returns all of them, in the order of `order`
 */
export function mergeResults(
  before: readonly Measured[],
  now: Measured,
  { order, isWhole }: { order: readonly string[]; isWhole: boolean },
): Measured[] {
  const others = before.filter(({ part }) => part !== now.part);
  const earlier = before.find(({ part, size }) => part === now.part && size === now.size);
  const merged = isWhole || !earlier ? now : { ...now, tables: mergeTables(earlier, now.tables) };
  return [...others, merged].sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
}

function mergeTables({ at, tables }: Measured, now: readonly MeasuredTable[]): MeasuredTable[] {
  return replaceTables(
    tables.map((table) => ({ ...table, at: table.at ?? at })),
    now,
  );
}

/** One of the same title takes the place of an earlier one; what is new comes last. */
export function replaceTables<T extends Table>(before: readonly T[], now: readonly T[]): T[] {
  const again = new Map(now.map((table) => [table.title, table]));
  const known = new Set(before.map(({ title }) => title));
  return [...before.map((table) => again.get(table.title) ?? table), ...now.filter(({ title }) => !known.has(title))];
}

export function writeResults(folder: string, results: readonly Measured[], page: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, resultsFile), `${JSON.stringify({ parts: results }, null, 2)}\n`);
  writeFileSync(join(folder, "bench.html"), page);
}
