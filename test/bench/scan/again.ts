// Scans again: with nothing changed, with a hundred files changed, and as a full sweep; and what each writes.
import type { Cluster } from "../cluster.ts";
import type { Home } from "../homes.ts";
import type { Cell, Table } from "../report.ts";
import { median, ratio } from "../rounds.ts";
import type { OurScan, Scans } from "./ours.ts";
import { muchLaterMs, soonMs } from "./ours.ts";
import type { TreeSize } from "./tree.ts";
import { changeTree, countsOf } from "./tree.ts";

export interface AgainWorld {
  homes: readonly Home[];
  cluster: Cluster;
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

/** They take a tenth of a second and vary by as much. */
const moreUnchanged = 3;

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
    note: `Medians of ${rounds}, of ${rounds * moreUnchanged} where nothing has changed. One scanning process, as the core's thread that stays for ten minutes after its work; and once more by processes that have scanned nothing before. Changed: 100 files take the places of others in ${changedFolders} folders before each scan. Full sweep: every folder is listed, nothing has changed. Rows written: inserted, updated and deleted in all tables but those of scans and servers.`,
    columns,
    rows,
  };
}

async function measureHome(world: AgainWorld, home: Home, change: () => void): Promise<Cell[][]> {
  const { scans, rounds, tell } = world;
  const { firsts, address } = await scanFirst(world, home);
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
    const unchanged = await several(rounds * moreUnchanged, () => next(soonMs));
    const changed = await several(rounds, () => {
      change();
      return next(soonMs);
    });
    const full = await several(rounds, () => next(muchLaterMs));
    const anew = await several(rounds * moreUnchanged, () => scans.scan(address, later(soonMs)));
    tell(`${home.name}: scans again done`);
    return rowsOf(home, {
      first: firsts,
      unchanged,
      "100 changed": changed,
      "full sweep": full,
      "unchanged, new process": anew,
    });
  } finally {
    await staying.close();
  }
}

/** @returns the database of the last of them */
async function scanFirst({ cluster, scans, path, rounds }: AgainWorld, home: Home) {
  const enrolled = await scans.enrol(home, path);
  let address = enrolled;
  const firsts = await several(rounds, async () => {
    if (address !== enrolled) await cluster.drop(address);
    address = await cluster.make(enrolled);
    return scans.scan(address);
  });
  return { firsts, address };
}

function rowsOf(home: Home, scans: Record<string, readonly OurScan[]> & { first: readonly OurScan[] }): Cell[][] {
  const msOf = (list: readonly OurScan[]) => median(list.map((scan) => scan.tookMs));
  return Object.entries(scans).map(([name, list]) => {
    const written = median(list.map((scan) => scan.written));
    return [home.name, name, msOf(list), ratio(msOf(scans.first), msOf(list)), written, list.at(-1)?.state ?? "never"];
  });
}

async function several(rounds: number, scan: () => Promise<OurScan>): Promise<OurScan[]> {
  const list: OurScan[] = [];
  for (let round = 0; round < rounds; round += 1) list.push(await scan());
  return list;
}
