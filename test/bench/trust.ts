// `npm run bench:trust [-- part …]`: the figures of docs/trust.md, each with the command that gives it again. It runs the
// suites that write them down, prints a table and keeps all of it in node_modules/.cache/fonshare/trust.json.
// Not a test: it judges nothing, except that what cannot be measured says so.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { measureFairness } from "../load/fairness.ts";
import { measureRecovery } from "./recovery.ts";

const root = resolve(import.meta.dirname, "../..");
const cache = join(root, "node_modules/.cache/fonshare");

interface Figure {
  name: string;
  value: string;
}

interface Part {
  name: string;
  measure: () => Promise<Figure[]>;
}

const parts: readonly Part[] = [
  { name: "faults", measure: faults },
  { name: "evil", measure: evil },
  { name: "pairs", measure: pairs },
  { name: "recovery", measure: recovery },
  { name: "fairness", measure: fairness },
];

const commandOf = ({ name }: Part) => `npm run bench:trust -- ${name}`;

/** Runs a suite and gives the files of that name that it wrote; what lay there before does not count. */
async function written<T>(suite: string, file: RegExp, env: Record<string, string> = {}): Promise<T[]> {
  mkdirSync(cache, { recursive: true });
  const found = () => readdirSync(cache).filter((name) => file.test(name));
  for (const name of found()) rmSync(join(cache, name));
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [vitest, "run", suite], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", 2, 2],
  });
  await once(child, "exit");
  const reports = found().map((name) => JSON.parse(readFileSync(join(cache, name), "utf8")) as T);
  if (reports.length === 0) throw new Error(`${suite} wrote nothing down`);
  return reports;
}

interface Trial {
  course: string;
  arrangement: string;
  end: string;
  broken: string[];
}

interface FaultsFile {
  possible: number;
  entries: Trial[];
}

/** `FAULTS=100` tries a hundred of each course instead of all of them. */
async function faults(): Promise<Figure[]> {
  const wanted = process.env["FAULTS"] ?? "all";
  const [file] = await written<FaultsFile>("test/faults/faults.test.ts", /^faults\.json$/, { FAULTS: wanted });
  const { possible = 0, entries: tried = [] } = file ?? {};
  const lost = tried.filter(({ broken }) => broken.length > 0);
  const done = tried.filter(({ broken, end }) => broken.length === 0 && end === "done");
  const ways = new Set(tried.map(({ course, arrangement }) => `${course}: ${arrangement}`));
  const stopped = tried.length - lost.length - done.length;
  return [
    {
      name: `faults tried (${ways.size} ways${wanted === "all" ? "" : `; FAULTS=${wanted}, of ${possible}`})`,
      value: `${tried.length}`,
    },
    { name: "  survived: arrived whole", value: `${done.length}` },
    { name: "  survived: stopped, with a reason", value: `${stopped}` },
    { name: "  lost", value: `${lost.length}` },
  ];
}

interface Evil {
  tried: number;
  passed: number;
  longestBlockMs: number;
  peakMemoryBytes: number;
  cases: { id: string; grownBytes?: number }[];
}

async function evil(): Promise<Figure[]> {
  const reports = await written<Evil>("test/hostile", /^evil-.*\.json$/);
  const sum = (count: (report: Evil) => number) => reports.reduce((total, report) => total + count(report), 0);
  const endless = reports.flatMap(({ cases }) => cases).filter(({ id }) => id === "listing: a listing without an end");
  const grownBytes = endless.map(({ grownBytes: grown = 0 }) => grown);
  const blockMs = Math.max(...reports.map(({ longestBlockMs }) => longestBlockMs));
  return [
    { name: "evil cases tried", value: `${sum(({ tried }) => tried)}` },
    { name: "  passed", value: `${sum(({ passed }) => passed)}` },
    { name: "  longest turn of the event loop", value: `${Math.round(blockMs)} ms` },
    {
      name: "memory peak during the endless listing, over before",
      value: grownBytes.map(megabytes).join(", ") || "not run",
    },
  ];
}

async function pairs(): Promise<Figure[]> {
  const [table] = await written<{ possible: number; working: number; missing: unknown[] }>(
    "core/ftp/fxp.daemons.test.ts",
    /^pairs\.json$/,
  );
  const { possible = 0, working = 0, missing = [] } = table ?? {};
  const without = missing.length > 0 ? ` (${missing.length} daemons left out)` : "";
  return [{ name: `pairs × arrangements that work${without}`, value: `${working} of ${possible}` }];
}

async function recovery(): Promise<Figure[]> {
  const { coreMs, databaseMs, botMs } = await measureRecovery();
  return [
    { name: "kill -9 of the core: the next file arrived after", value: spread(coreMs) },
    { name: "kill -9 of the database: the next file arrived after", value: spread(databaseMs) },
    { name: "kill -9 of the bot: what it missed was told after", value: spread(botMs) },
  ];
}

async function fairness(): Promise<Figure[]> {
  const { people, servers, files, unfairness, longestDrought, leaseMs } = await measureFairness();
  const leases = [leaseMs.median, leaseMs.p95, leaseMs.worst].map((ms) => Math.round(ms)).join(" / ");
  return [
    { name: `unfairness (${people} people, ${servers} servers, ${files} files)`, value: unfairness.toFixed(2) },
    { name: "  longest without a file started or running", value: `${longestDrought.toFixed(1)} min` },
    { name: "  one leasing: median, 95 %, worst", value: `${leases} ms` },
  ];
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;
const seconds = (ms: number) => (ms / 1000).toFixed(1);

/** Median and worst of a few. */
function spread(list: readonly number[]): string {
  const sorted = list.toSorted((a, b) => a - b);
  return `${seconds(sorted[Math.floor(sorted.length / 2)] ?? 0)} s (worst ${seconds(sorted.at(-1) ?? 0)} s)`;
}

interface Measured {
  part: string;
  command: string;
  figures: Figure[];
}

function print({ command, figures }: Measured): void {
  process.stdout.write(`\n${command}\n`);
  for (const { name, value } of figures) process.stdout.write(`  ${name.padEnd(62)} ${value}\n`);
}

/** What was measured before and not now stays. */
function keep(measured: readonly Measured[]): void {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, "trust.json");
  const names = measured.map(({ part }) => part);
  const others = read(file).filter(({ part }) => !names.includes(part));
  writeFileSync(file, `${JSON.stringify([...others, ...measured], null, 2)}\n`);
}

function read(file: string): Measured[] {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Measured[];
  } catch {
    return [];
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  process.stderr.write(`Unknown: ${unknown.join(", ")}. There are: ${parts.map(({ name }) => name).join(", ")}.\n`);
  process.exit(2);
}
for (const part of parts.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  const figures = await part.measure().catch((error: unknown): Figure[] => {
    process.exitCode = 1;
    return [{ name: "could not be measured", value: error instanceof Error ? error.message : String(error) }];
  });
  const measured = { part: part.name, command: commandOf(part), figures };
  print(measured);
  keep([measured]);
}
