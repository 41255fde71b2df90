// Part Scan of `npm run bench`: first scans into the catalog beside rclone and lftp, on loopback and over a delay,
// scans again, and how the scanning process feels meanwhile.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { installDaemons } from "../../daemons/index.ts";
import type { Cluster } from "../cluster.ts";
import { startCluster } from "../cluster.ts";
import { makeFastFolder } from "../fast-folder.ts";
import type { Homes, HomeWish } from "../homes.ts";
import { openHomes } from "../homes.ts";
import { findPeer, providePeer } from "../peers/index.ts";
import type { Part, Size, Table } from "../report.ts";
import { measureAgain } from "./again.ts";
import { measureBigFolder } from "./big-folder.ts";
import type { FirstScanWorld } from "./first.ts";
import { measureFirstScans } from "./first.ts";
import { createScans } from "./ours.ts";
import type { TreeSize } from "./tree.ts";
import { makeFlatFolder, makeTree } from "./tree.ts";

interface Sizes {
  trees: TreeSize[];
  bigFolder: number;
  roundTripMs: number[];
  rounds: number;
}

const sizes: Record<Size, Sizes> = {
  smoke: { trees: [{ files: 500, folders: 20 }], bigFolder: 2000, roundTripMs: [0], rounds: 1 },
  full: {
    trees: [
      { files: 50_000, folders: 2000 },
      { files: 200_000, folders: 8000 },
    ],
    bigFolder: 100_000,
    roundTripMs: [0, 20],
    rounds: 3,
  },
};

/** As their Debian packages configure them, and as `docs/operating.md` tells owners to. */
const wishes: readonly HomeWish[] = [
  { name: "vsftpd", kind: "vsftpd", options: { recursiveListing: false } },
  { name: "vsftpd, ls_recurse_enable", kind: "vsftpd", options: { recursiveListing: true } },
  { name: "ProFTPD", kind: "proftpd" },
  { name: "Pure-FTPd", kind: "pure-ftpd" },
  { name: "Pure-FTPd, -L 500000:32", kind: "pure-ftpd", options: { listingLimit: { entries: 500_000, depth: 32 } } },
];

export const treeName = ({ files }: TreeSize) => `tree ${files}`;

async function measure(size: Size, tell: (line: string) => void): Promise<Table[]> {
  const { available } = await installDaemons();
  // One server will do to see that it runs.
  const wanted = wishes.filter(({ kind }) => available.includes(kind)).slice(0, size === "smoke" ? 1 : undefined);
  if (wanted.length === 0) return [nothingToScan(size)];
  const peer = size === "smoke" ? findPeer : providePeer;
  const peers = { rclone: await peer("rclone"), lftp: await peer("lftp") };
  const root = makeFastFolder();
  const cluster = await startCluster();
  try {
    return await measureOn({ cluster, root, wanted, peers, size, tell });
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
}

async function measureOn({ cluster, root, wanted, peers, size, tell }: Stand): Promise<Table[]> {
  const { trees, bigFolder, roundTripMs, rounds } = sizes[size];
  const scans = createScans(cluster);
  const opened: Homes[] = [];
  const withRoot = wanted.map((wish) => ({ ...wish, options: { ...wish.options, root, readOnly: true } }));
  try {
    // Before there are files: a daemon that starts is given all that lies below its root.
    for (const rttMs of roundTripMs) opened.push(await openHomes(withRoot, { roundTripMs: rttMs }));
    const tables: Table[] = [];
    const folders = new Map<string, string[]>();
    for (const tree of trees) {
      tell(`making ${tree.files} files in ${tree.folders} folders`);
      folders.set(treeName(tree), makeTree(join(root, treeName(tree)), tree));
    }
    makeFlatFolder(join(root, "big"), bigFolder);
    for (const tree of trees) {
      for (const [index, rttMs] of roundTripMs.entries()) {
        const world = { homes: opened[index]?.homes ?? [], tree, path: `/${treeName(tree)}`, roundTripMs: rttMs };
        tables.push(await measureFirstScans({ ...world, cluster, scans, peers, rounds, tell }));
      }
    }
    const near = opened[0]?.homes ?? [];
    const [tree] = trees;
    if (tree) {
      const place = { rounds, path: `/${treeName(tree)}`, folder: join(root, treeName(tree)), tree };
      tables.push(
        await measureAgain({ ...place, homes: near, scans, folders: folders.get(treeName(tree)) ?? [], tell }),
      );
    }
    tables.push(await measureBigFolder({ homes: near, path: "/big", files: bigFolder, scans, cluster, tell }));
    return tables;
  } finally {
    for (const homes of opened) await homes.stop();
  }
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

export const part: Part = { name: "scan", measure };
