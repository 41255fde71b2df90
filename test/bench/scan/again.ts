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
    note: `Medians of ${rounds}. Changed: 100 files take the places of others in ${changedFolders} folders before each scan. Full sweep: every folder is listed, nothing has changed. Rows written: inserted, updated and deleted in all tables but those of scans and servers.`,
    columns,
    rows,
  };
}

async function measureHome(world: AgainWorld, home: Home, change: () => void): Promise<Cell[][]> {
  const { scans, path, rounds, tell } = world;
  const address = await scans.enrol(home, path);
  const first = await scans.scan(address);
  let aheadMs = 0;
  const next = (afterMs: number) => {
    aheadMs += afterMs;
    return scans.scan(address, aheadMs);
  };
  // What was too fresh to be trusted is learned here.
  await next(soonMs);
  const unchanged = await several(rounds, () => next(soonMs));
  const changed = await several(rounds, () => {
    change();
    return next(soonMs);
  });
  const full = await several(rounds, () => next(muchLaterMs));
  tell(`${home.name}: scans again done`);
  const row = (name: string, list: readonly OurScan[]): Cell[] => {
    const tookMs = median(list.map((scan) => scan.tookMs));
    const written = median(list.map((scan) => scan.written));
    return [home.name, name, tookMs, ratio(first.tookMs, tookMs), written, list.at(-1)?.state ?? "never"];
  };
  return [row("first", [first]), row("unchanged", unchanged), row("100 changed", changed), row("full sweep", full)];
}

async function several(rounds: number, scan: () => Promise<OurScan>): Promise<OurScan[]> {
  const list: OurScan[] = [];
  for (let round = 0; round < rounds; round += 1) list.push(await scan());
  return list;
}
