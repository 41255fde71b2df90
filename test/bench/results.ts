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
  tables: Table[];
}

export const resultsFile = "bench.json";

/** What lies in `folder`; nothing when there is none or it cannot be read. */
export function readResults(folder: string): Measured[] {
  try {
    return (JSON.parse(readFileSync(join(folder, resultsFile), "utf8")) as { parts: Measured[] }).parts;
  } catch {
    return [];
  }
}

/** Parts measured earlier and not now stay. @returns all of them, in the order of `order` */
export function mergeResults(before: readonly Measured[], now: Measured, order: readonly string[]): Measured[] {
  const others = before.filter(({ part }) => part !== now.part);
  return [...others, now].sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
}

export function writeResults(folder: string, results: readonly Measured[], page: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, resultsFile), `${JSON.stringify({ parts: results }, null, 2)}\n`);
  writeFileSync(join(folder, "bench.html"), page);
}
