// What the hostile cases of one test file came to, written for `npm run bench:trust`.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface CaseReport {
  id: string;
  where?: string;
  longestBlockMs?: number;
  /** Memory over what was held before. */
  grownBytes?: number;
  passed?: boolean;
}

const cases = new Map<string, CaseReport>();

/** Adds to what is known of a case. */
export function note(news: CaseReport): void {
  cases.set(news.id, { passed: false, ...cases.get(news.id), ...news });
}

/** @param name of the test file; each writes its own report */
export function writeReport(name: string): void {
  const all = [...cases.values()];
  const folder = join(import.meta.dirname, "../../node_modules/.cache/fonshare");
  mkdirSync(folder, { recursive: true });
  const report = {
    tried: all.length,
    passed: all.filter((one) => one.passed).length,
    longestBlockMs: Math.max(0, ...all.map((one) => one.longestBlockMs ?? 0)),
    peakMemoryBytes: Math.max(0, ...all.map((one) => one.grownBytes ?? 0)),
    cases: all,
  };
  writeFileSync(join(folder, `evil-${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
}
