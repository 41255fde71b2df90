// `npm run bench [-- scan search pull growth] [--smoke] [--out folder]`: measures FonShare beside what people would use
// instead, prints tables, and keeps them as JSON and as one page with plots. Not a test: it judges nothing.
// A part that fails is told at the end (exit code 1), the others' results are written all the same.
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { readMachine, readVersions } from "./machine.ts";
import { drawPage } from "./page.ts";
import { partNames } from "./parts.ts";
import { printTable } from "./print.ts";
import type { Part, Size } from "./report.ts";
import { failed } from "./report.ts";
import { mergeResults, readResults, resultsFile, writeResults } from "./results.ts";
import { runPart } from "./run-part.ts";

const root = join(import.meta.dirname, "../..");
const usage = `usage: npm run bench [-- ${partNames.join(" ")}] [--smoke] [--out folder]\n`;

interface Wish {
  names: Part["name"][];
  size: Size;
  folder: string;
}

function readWish(): Wish | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { smoke: { type: "boolean", default: false }, out: { type: "string" } },
    });
    const isPart = (name: string): name is Part["name"] => (partNames as string[]).includes(name);
    if (!positionals.every(isPart)) return undefined;
    return {
      names: positionals.length > 0 ? positionals : partNames,
      size: values.smoke ? "smoke" : "full",
      folder: values.out ?? join(root, "bench-results"),
    };
  } catch {
    return undefined;
  }
}

const print = (text: string) => process.stdout.write(`${text}\n`);

/** @returns the tables in which something failed */
async function measure(name: Part["name"], { size, folder }: Wish, signal: AbortSignal): Promise<string[]> {
  const machine = readMachine();
  const startedMs = performance.now();
  const tell = (line: string) => void process.stderr.write(`  ${line}\n`);
  print(`\n== ${name} ==`);
  const tables = await runPart(name, size, { tell, signal });
  for (const table of tables) print(`\n${printTable(table)}`);
  const tookMs = Math.round(performance.now() - startedMs);
  const versions = await readVersions();
  const measured = { part: name, size, at: new Date().toISOString(), tookMs, machine, versions, tables };
  const all = mergeResults(readResults(folder), measured, partNames);
  writeResults(folder, all, drawPage(all));
  return tables.filter(({ rows }) => rows.flat().includes(failed)).map(({ title }) => title);
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
