// The Nth command of a pull goes wrong: whatever it was, the file arrives whole or the pull says why it did not, and every
// promise holds. A drawn part of all trials; `FAULTS=all` tries every one, `FAULTS=100` a hundred of each course, and both
// write down what came of it (npm run bench:trust -- faults).
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { courses } from "./courses.ts";
import type { Entry } from "./matrix.ts";
import { inWords, playMatrix } from "./matrix.ts";

/** `all`, or how many. */
const wanted = process.env["FAULTS"];
const cache = join(import.meta.dirname, "../../node_modules/.cache/fonshare");
const entries: Entry[] = [];
let possible = 0;
const hourMs = 3_600_000;
/** `FAULTS_TRACE=1` tells each as it happens. */
const trace = (entry: Entry) => {
  if (process.env["FAULTS_TRACE"]) process.stderr.write(`${entry.elapsedMs} ms ${inWords(entry)}\n`);
};

const lanes = courses.flatMap((course) => [
  { name: `${course.id}: servers fail`, course, kills: false, few: 18 },
  { name: `${course.id}: the core is killed`, course, kills: true, few: 4 },
]);

test.concurrent.each(lanes)(
  "$name",
  async ({ course, kills, few }) => {
    const sample = wanted === undefined ? few : Math.ceil(Number(wanted) * (few / 18));
    const played = await playMatrix({ course, kills, onEntry: trace, ...(wanted === "all" ? {} : { sample }) });
    entries.push(...played.entries);
    possible += played.possible;
    expect(played.entries.filter(({ broken }) => broken.length > 0).map(inWords)).toEqual([]);
    expect(played.entries.length).toBeGreaterThanOrEqual(few / 2);
  },
  wanted ? 4 * hourMs : 120_000,
);

afterAll(() => {
  if (!wanted) return;
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "faults.json"), JSON.stringify({ possible, entries }, null, 1));
});
