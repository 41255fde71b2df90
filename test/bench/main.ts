// `npm run bench [-- scan search pull growth] [--only piece] [--smoke] [--out folder]`: measures FonShare beside what people
// would use instead, prints tables, and keeps them as JSON and as one page with plots. Not a test: it judges nothing.
// What fails of ours is told at the end (exit code 1), the other results are written all the same.
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { readMachine, readVersions } from "./machine.ts";
import { drawPage } from "./page.ts";
import { partNames } from "./parts.ts";
import { printTable } from "./print.ts";
import type { Part, Size } from "./report.ts";
import { isOurFailure } from "./report.ts";
import { mergeResults, readResults, resultsFile, writeResults } from "./results.ts";
import { runPart } from "./run-part.ts";

const root = join(import.meta.dirname, "../..");
const usage = `usage: npm run bench [-- ${partNames.join(" ")}] [--only piece] [--smoke] [--out folder]\n`;

interface Wish {
  names: Part["name"][];
  /** Pieces of the parts; none: all. */
  only: string[];
  size: Size;
  folder: string;
}

function readWish(): Wish | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        only: { type: "string", multiple: true, default: [] },
        smoke: { type: "boolean", default: false },
        out: { type: "string" },
      },
    });
    const isPart = (name: string): name is Part["name"] => (partNames as string[]).includes(name);
    if (!positionals.every(isPart)) return undefined;
    return {
      names: positionals.length > 0 ? positionals : partNames,
      only: values.only,
      size: values.smoke ? "smoke" : "full",
      folder: values.out ?? join(root, "bench-results"),
    };
  } catch {
    return undefined;
  }
}

const print = (text: string) => process.stdout.write(`${text}\n`);

/** @returns what failed of ours: pieces, and tables in which something did */
async function measure(name: Part["name"], { size, only, folder }: Wish, signal: AbortSignal): Promise<string[]> {
  const machine = readMachine();
  const startedMs = performance.now();
  const tell = (line: string) => void process.stderr.write(`  ${line}\n`);
  print(`\n== ${name} ==`);
  const { tables, failures } = await runPart({ name, size, only }, { tell, signal });
  for (const table of tables) print(`\n${printTable(table)}`);
  if (tables.length > 0) {
    const tookMs = Math.round(performance.now() - startedMs);
    const versions = await readVersions();
    const measured = { part: name, size, at: new Date().toISOString(), tookMs, machine, versions, tables };
    const isWhole = only.length === 0 && failures.length === 0;
    const all = mergeResults(readResults(folder), measured, { order: partNames, isWhole });
    writeResults(folder, all, drawPage(all));
  }
  return [...failures, ...tables.filter(isOurFailure).map(({ title }) => title)];
}

async function main(): Promise<number> {
  const wish = readWish();
  if (!wish) {
    process.stderr.write(usage);
    return 2;
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  const failures: string[] = [];
  for (const name of wish.names) {
    if (stop.signal.aborted) break;
    const broken = await measure(name, wish, stop.signal).catch((error: Error) => [error.message]);
    failures.push(...broken.map((what) => `${name}: ${what}`));
  }
  const place = relative(process.cwd(), wish.folder) || ".";
  print(`\nResults: ${place}/${resultsFile}, ${place}/bench.html`);
  if (stop.signal.aborted) return 130;
  for (const failure of failures) print(`\nCould not be measured: ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

process.exitCode = await main();
