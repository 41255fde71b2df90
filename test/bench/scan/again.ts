// Scans again: with nothing changed, with a hundred files changed, and as a full sweep; and what each writes.
import type { Home } from "../homes.ts";
import type { Cell, Table } from "../report.ts";
import { median, ratio } from "../rounds.ts";
import type { OurScan, Scans } from "./ours.ts";
import { muchLaterMs, soonMs } from "./ours.ts";
import type { TreeSize } from "./tree.ts";
import { changeTree, countsOf } from "./tree.ts";

export interface AgainWorld {
  homes: readonly Home[];
  tree: TreeSize;
  /** The tree as the servers see it, and where it lies. */
  path: string;
  folder: string;
  /** Its folders. */
  folders: readonly string[];
  scans: Scans;
  rounds: number;
  tell: (line: string) => void;
}

const columns = ["server", "scan", "ms", "× faster than first", "rows written", "state"];

const titleOfAgain = (tree: TreeSize) => `Scans again of ${countsOf(tree)}, loopback`;

export async function measureAgain(world: AgainWorld): Promise<Table> {
  const { tree, rounds } = world;
  const rows: Cell[][] = [];
  let changes = 0;
  let changedFolders = 0;
  // All servers show the same tree: no change may be one that was made before.
  const change = () => {
    changes += 1;
    changedFolders = changeTree(world.folder, world.folders, changes);
  };
  for (const home of world.homes) rows.push(...(await measureHome(world, home, change)));
  return {
    title: titleOfAgain(tree),
    note: `Medians of ${rounds}. One scanning process, as the core's thread that stays for ten minutes after its work; and once more by processes that have scanned nothing before. Changed: 100 files take the places of others in ${changedFolders} folders before each scan. Full sweep: every folder is listed, nothing has changed. Rows written: inserted, updated and deleted in all tables but those of scans and servers.`,
    columns,
    rows,
  };
}

async function measureHome(world: AgainWorld, home: Home, change: () => void): Promise<Cell[][]> {
  const { scans, path, rounds, tell } = world;
  const address = await scans.enrol(home, path);
  const first = await scans.scan(address);
  let aheadMs = 0;
  const later = (afterMs: number) => {
    aheadMs += afterMs;
    return aheadMs;
  };
  const staying = await scans.open(address);
  const next = (afterMs: number) => staying.scan(later(afterMs));
  try {
    // What was too fresh to be trusted is learned here.
    await next(soonMs);
    const unchanged = await several(rounds, () => next(soonMs));
    const changed = await several(rounds, () => {
      change();
      return next(soonMs);
    });
    const full = await several(rounds, () => next(muchLaterMs));
    const anew = await several(rounds, () => scans.scan(address, later(soonMs)));
    tell(`${home.name}: scans again done`);
    return rowsOf(home, first, {
      unchanged,
      "100 changed": changed,
      "full sweep": full,
      "unchanged, new process": anew,
    });
  } finally {
    await staying.close();
  }
}

function rowsOf(home: Home, first: OurScan, scans: Record<string, readonly OurScan[]>): Cell[][] {
  const row = (name: string, list: readonly OurScan[]): Cell[] => {
    const tookMs = median(list.map((scan) => scan.tookMs));
    const written = median(list.map((scan) => scan.written));
    return [home.name, name, tookMs, ratio(first.tookMs, tookMs), written, list.at(-1)?.state ?? "never"];
  };
  return [row("first", [first]), ...Object.entries(scans).map(([name, list]) => row(name, list))];
}

async function several(rounds: number, scan: () => Promise<OurScan>): Promise<OurScan[]> {
  const list: OurScan[] = [];
  for (let round = 0; round < rounds; round += 1) list.push(await scan());
  return list;
}
