// Part Scan of `npm run bench`: first scans into the catalog beside rclone and lftp, on loopback and over a delay,
// scans again, and how the scanning process feels meanwhile.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { installDaemons } from "../../daemons/index.ts";
import type { Cluster } from "../cluster.ts";
import { startCluster } from "../cluster.ts";
import { makeFastFolder } from "../fast-folder.ts";
import type { Home, Homes, HomeWish } from "../homes.ts";
import { openHomes } from "../homes.ts";
import { findPeer, providePeer } from "../peers/index.ts";
import type { Part, Pieces, Size, Table } from "../report.ts";
import { measureAgain } from "./again.ts";
import { measureBigFolder } from "./big-folder.ts";
import type { FirstScanWorld } from "./first.ts";
import { measureFirstScans } from "./first.ts";
import type { Scans } from "./ours.ts";
import { createScans } from "./ours.ts";
import type { TreeSize } from "./tree.ts";
import { countsOf, makeFlatFolder, makeTree } from "./tree.ts";

interface ScanTree extends TreeSize {
  rounds: number;
}

interface Sizes {
  trees: ScanTree[];
  bigFolder: number;
  roundTripMs: number[];
}

const sizes: Record<Size, Sizes> = {
  smoke: { trees: [{ files: 500, folders: 20, rounds: 1 }], bigFolder: 2000, roundTripMs: [0] },
  full: {
    trees: [
      { files: 50_000, folders: 2000, rounds: 3 },
      { files: 200_000, folders: 8000, rounds: 1 },
    ],
    bigFolder: 100_000,
    roundTripMs: [0, 20],
  },
};

/** As their Debian packages configure them, and as `docs/operating.md` tells owners to. */
const wishes: readonly HomeWish[] = [
  { name: "vsftpd", kind: "vsftpd", options: { recursiveListing: false } },
  { name: "vsftpd, ls_recurse_enable", kind: "vsftpd", options: { recursiveListing: true } },
  { name: "ProFTPD", kind: "proftpd" },
  { name: "ProFTPD, AllowOverride off", kind: "proftpd", options: { accessFiles: false } },
  { name: "Pure-FTPd", kind: "pure-ftpd" },
  { name: "Pure-FTPd, -L 500000:32", kind: "pure-ftpd", options: { listingLimit: { entries: 500_000, depth: 32 } } },
];

const treeName = ({ files }: TreeSize) => `tree ${files}`;

async function measure(size: Size, tell: (line: string) => void, pieces: Pieces): Promise<Table[]> {
  const { available } = await installDaemons();
  // One server will do to see that it runs.
  const wanted = wishes.filter(({ kind }) => available.includes(kind)).slice(0, size === "smoke" ? 1 : undefined);
  if (wanted.length === 0) return [nothingToScan(size)];
  const peer = size === "smoke" ? findPeer : providePeer;
  const peers = { rclone: await peer("rclone"), lftp: await peer("lftp") };
  const root = makeFastFolder();
  const cluster = await startCluster();
  try {
    await measureOn({ cluster, root, wanted, peers, size, tell, made: new Map() }, pieces);
    return [];
  } finally {
    await cluster.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

interface Stand {
  cluster: Cluster;
  root: string;
  wanted: readonly HomeWish[];
  peers: FirstScanWorld["peers"];
  size: Size;
  tell: (line: string) => void;
  made: Map<TreeSize, MadeTree>;
}

interface MadeTree {
  /** As the servers see it, and where it lies. */
  path: string;
  folder: string;
  /** Its folders. */
  folders: readonly string[];
}

async function measureOn(stand: Stand, pieces: Pieces): Promise<void> {
  const { root, wanted, size } = stand;
  const opened: Homes[] = [];
  const withRoot = wanted.map((wish) => ({ ...wish, options: { ...wish.options, root, readOnly: true } }));
  try {
    // Before there are files: a daemon that starts is given all that lies below its root.
    for (const roundTripMs of sizes[size].roundTripMs) opened.push(await openHomes(withRoot, { roundTripMs }));
    const near = opened[0]?.homes ?? [];
    const far = (roundTripMs: number) => opened[sizes[size].roundTripMs.indexOf(roundTripMs)]?.homes ?? near;
    for (const { name, measure: measureOne } of plansOf(stand)) {
      await pieces.measure(name, async () => [await measureOne({ near, far })]);
    }
  } finally {
    for (const homes of opened) await homes.stop();
  }
}

interface Near {
  near: readonly Home[];
  far(roundTripMs: number): readonly Home[];
}

interface Plan {
  /** For `--only`. */
  name: string;
  measure(homes: Near): Promise<Table>;
}

const nameOfFirst = ({ files }: TreeSize, roundTripMs: number) =>
  `first ${files} ${roundTripMs === 0 ? "loopback" : "far"}`;
const nameOfAgain = ({ files }: TreeSize) => `again ${files}`;
const nameOfBig = "big folder";

function namesOf({ trees, roundTripMs }: Sizes): string[] {
  const firsts = trees.flatMap((tree) => roundTripMs.map((ms) => nameOfFirst(tree, ms)));
  return [...firsts, ...trees.map(nameOfAgain), nameOfBig];
}

/** What is measured, in order. */
function plansOf(stand: Stand): Plan[] {
  const { size } = stand;
  const scans = createScans(stand.cluster);
  const all: Plan[] = [];
  for (const tree of sizes[size].trees) all.push(...firstScans(stand, scans, tree));
  for (const tree of sizes[size].trees) all.push(scansAgain(stand, scans, tree));
  all.push(bigFolder(stand, scans));
  return all;
}

function firstScans(stand: Stand, scans: Scans, tree: ScanTree): Plan[] {
  return sizes[stand.size].roundTripMs.map((roundTripMs) => ({
    name: nameOfFirst(tree, roundTripMs),
    async measure({ far }) {
      const { path } = treeOn(stand, tree);
      const { rounds } = tree;
      return measureFirstScans({ ...stand, scans, tree, path, rounds, roundTripMs, homes: far(roundTripMs) });
    },
  }));
}

function scansAgain(stand: Stand, scans: Scans, tree: ScanTree): Plan {
  return {
    name: nameOfAgain(tree),
    async measure({ near }) {
      // They differ in recursive listings only, which a scan again does not use.
      const kinds = near.filter(({ daemon }, at) => near.findIndex((one) => one.daemon.kind === daemon.kind) === at);
      const homes = tree === sizes[stand.size].trees[0] ? near : kinds;
      return measureAgain({ ...treeOn(stand, tree), ...stand, scans, tree, rounds: tree.rounds, homes });
    },
  };
}

function bigFolder(stand: Stand, scans: Scans): Plan {
  const files = sizes[stand.size].bigFolder;
  return {
    name: nameOfBig,
    async measure({ near }) {
      makeFlatFolder(join(stand.root, "big"), files);
      return measureBigFolder({ ...stand, homes: near, path: "/big", files, scans });
    },
  };
}

/** Made when it is first asked for. */
function treeOn({ made, root, tell }: Stand, tree: TreeSize): MadeTree {
  const known = made.get(tree);
  if (known) return known;
  tell(`making ${countsOf(tree)}`);
  const folder = join(root, treeName(tree));
  const fresh = { path: `/${treeName(tree)}`, folder, folders: makeTree(folder, tree) };
  made.set(tree, fresh);
  return fresh;
}

function nothingToScan(size: Size): Table {
  const { trees } = sizes[size];
  return {
    title: "First scan",
    note: "No FTP daemon is installed here; as root on Debian they are fetched.",
    columns: ["server", "files"],
    rows: [["none", trees[0]?.files ?? 0]],
  };
}

export const part: Part = {
  name: "scan",
  pieces: [...new Set(Object.values(sizes).flatMap(namesOf))],
  measure,
};
