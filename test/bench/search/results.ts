// Collects what was measured of searches, and makes the tables of it.
import type { Cell, Table } from "../report.ts";
import type { Asker, Times } from "./ask.ts";
import { spread, time } from "./ask.ts";
import type { CatalogBytes } from "./catalog-bytes.ts";
import type { SearchPeer } from "./peers.ts";
import type { Questions } from "./questions.ts";
import { questionKinds } from "./questions.ts";
import type { Touched } from "./scaling.ts";
import type { Typos } from "./typos.ts";

interface Place {
  title: string;
  /** Servers that the person sees. */
  seen: number;
}

export type Results = ReturnType<typeof createResults>;

const comparedKinds = ["one word", "two words", "three words", "common words", "rare word", "unfinished"] as const;
const letters = [..."abcdefghijklmnopqrstuvwz"];

export function createResults() {
  const rows = {
    searches: [] as Cell[][],
    completions: [] as Cell[][],
    typos: [] as Cell[][],
    bytes: [] as Cell[][],
    parts: [] as Cell[][],
    peers: [] as Cell[][],
    partitions: [] as Cell[][],
  };
  const leftOut = new Set<string>();
  return {
    leaveOut: (what: string) => void leftOut.add(what),
    async addSearches({ title, seen }: Place, questions: Questions, asker: Asker) {
      const all: number[] = [];
      for (const kind of questionKinds) {
        const times = await time(questions[kind], asker.search);
        all.push(...times);
        rows.searches.push([title, seen, kind, ...cellsOf(spread(times))]);
      }
      rows.searches.push([title, seen, "all of them", ...cellsOf(spread(all))]);
      const latest = await time(questions["one word"], asker.latest);
      rows.searches.push([title, seen, "what came last", ...cellsOf(spread(latest))]);
    },
    async addCompletions({ title, seen }: Place, questions: Questions, asker: Asker) {
      const kinds = {
        "first key": letters,
        "two to four letters": questions.unfinished,
        "next word": questions["one word"].map((word) => `${word} `),
      };
      for (const [kind, typed] of Object.entries(kinds)) {
        rows.completions.push([title, seen, kind, ...cellsOf(spread(await time(typed, asker.suggest)))]);
      }
    },
    addTypos({ title, seen }: Place, { asked, first, topThree }: Typos) {
      rows.typos.push([title, seen, asked, percent(first, asked), percent(topThree, asked)]);
    },
    addBytes(title: string, { perFile, parts }: CatalogBytes) {
      rows.bytes.push([title, round(perFile)]);
      for (const one of parts) rows.parts.push([title, one.name, round(one.perFile)]);
    },
    addPartitions({ title, seen }: Place, { partitions, of, pages, ms }: Touched) {
      rows.partitions.push([title, seen, partitions, of, pages, round(ms)]);
    },
    async comparePeers({ title, seen }: Place, questions: Questions, asker: Asker, peers: readonly SearchPeer[]) {
      const asked = comparedKinds.flatMap((kind) => questions[kind]);
      const ours = { name: "FonShare", ask: (query: string) => asker.search(query) as Promise<unknown> };
      const times = await interleave(asked, [ours, ...peers]);
      const own = spread(times[0] ?? []);
      for (const [i, { name }] of [ours, ...peers].entries()) {
        const one = spread(times[i] ?? []);
        rows.peers.push([title, seen, name, ...cellsOf(one), round(one.p50 / own.p50), round(one.p95 / own.p95)]);
      }
    },
    /** Without those that nothing was measured for. */
    tables: (): Table[] => tablesOf(rows, leftOut).filter((table) => table.rows.length > 0),
  };
}

/** Each question to everybody in turn, once unmeasured and once measured. */
async function interleave(
  questions: readonly string[],
  askers: readonly { ask(query: string): Promise<unknown> }[],
): Promise<number[][]> {
  const times: number[][] = askers.map(() => []);
  for (const question of questions) {
    for (const [i, asker] of askers.entries()) times[i]?.push(...(await time([question], asker.ask)));
  }
  return times;
}

const round = (value: number) => Number(value.toFixed(value < 10 ? 1 : 0));
const percent = (part: number, whole: number) => round((100 * part) / Math.max(1, whole));
const cellsOf = ({ p50, p95, max }: Times): Cell[] => [round(p50), round(p95), round(max)];

const ms = ["p50 ms", "p95 ms", "max ms"];

function tablesOf(rows: Record<string, Cell[][]>, leftOut: ReadonlySet<string>): Table[] {
  const table = (title: string, note: string, columns: string[], name: string): Table => ({
    ...{ title, note, columns, rows: rows[name] ?? [] },
  });
  const missing = [...leftOut].map((what): Cell[] => [`${what} (left out: not on this machine)`]);
  const searches = table(
    "First page of a search",
    "Through the catalog as the bot's commands use it: filtered by what the person sees, ranked, copies merged, mistyped words corrected, folders counted, the list remembered. Each question once before it is measured.",
    ["catalog", "servers seen", "question", ...ms],
    "searches",
  );
  return [
    {
      ...searches,
      rows: [...searches.rows, ...missing],
      plot: { kind: "bar", x: "question", y: ["p50 ms", "p95 ms"], unit: "ms" },
    },
    table(
      "Words offered while typing",
      "Asked at every key.",
      ["catalog", "servers seen", "typed", ...ms],
      "completions",
    ),
    table(
      "Mistyped words",
      "One letter inserted, left out, replaced or swapped in words of visible names of four letters and more; found is the word that was meant.",
      ["catalog", "servers seen", "asked", "first %", "among three %"],
      "typos",
    ),
    table(
      "The same questions to other programs",
      "Same names, first 20 answers, interleaved. plocate: a process each time, all paths, no order. SQLite: only the servers seen. A factor over 1: slower than FonShare.",
      ["catalog", "servers seen", "program", ...ms, "p50 factor", "p95 factor"],
      "peers",
    ),
    table(
      "Bytes a file",
      "Tables file, directory and word with all their indexes.",
      ["catalog", "bytes a file"],
      "bytes",
    ),
    table("Bytes a file, by table and index", "The parts of the same.", ["catalog", "what", "bytes a file"], "parts"),
    table(
      "What a search touches",
      "All files with a common word on the servers seen: partitions of the table that are read, and pages of 8 KiB.",
      ["catalog", "servers seen", "partitions read", "partitions", "pages", "ms"],
      "partitions",
    ),
  ];
}
