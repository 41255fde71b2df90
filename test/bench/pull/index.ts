// Part Pull of `npm run bench`: one big file, many small ones, and very many pulls at once, from server to server.
import type { DaemonKind } from "../../daemons/index.ts";
import { installDaemons } from "../../daemons/index.ts";
import { findPeer, providePeer } from "../peers/index.ts";
import type { Cell, Part, Pieces, Size, Table } from "../report.ts";
import type { BigFileWish } from "./big-file.ts";
import { bigFileTable, fillBigFile, measureBigFile } from "./big-file.ts";
import type { ManyFiles } from "./contents.ts";
import { measureCrowd } from "./crowd.ts";
import type { ManyFilesWish } from "./many-files.ts";
import { atATime, fillManyFiles, manyFilesTable, measureManyFiles } from "./many-files.ts";
import type { PullWish, PullWorld } from "./world.ts";
import { openPullWorld } from "./world.ts";

/** Each of the first ones is also asked for with the name of a server: `--only "big vsftpd"`. */
const comparisons = ["big", "gigabit", "small", "far", "medium", "medium 20 ms"] as const;
type Comparison = (typeof comparisons)[number];
const allKinds: readonly DaemonKind[] = ["vsftpd", "proftpd", "pure-ftpd"];

interface Sizes {
  kinds: readonly DaemonKind[];
  rounds: number;
  big: { rounds: number; sizeBytes: number };
  /** Undefined: left out. */
  gigabit?: { rounds: number };
  small: ManyFiles;
  /** Undefined: left out. Others take minutes there. */
  far?: { rounds: number; content: ManyFiles };
  /** Photos, songs: on loopback and far. */
  medium: ManyFiles;
  crowd: { servers: number; pullsEach: number; sizeBytes: number };
}

const mebibyte = 1024 ** 2;
const sizeBytes = 4096;
const farRoundTripMs = 20;
/** What 1 Gbit/s brings. */
const gigabitBytesPerS = 125_000_000;

const sizes: Record<Size, Sizes> = {
  smoke: {
    kinds: ["vsftpd"],
    rounds: 1,
    big: { rounds: 1, sizeBytes: 8 * mebibyte },
    small: { files: 20, folders: 2, sizeBytes },
    medium: { files: 4, folders: 1, sizeBytes: mebibyte },
    crowd: { servers: 2, pullsEach: 2, sizeBytes: mebibyte / 4 },
  },
  full: {
    kinds: allKinds,
    rounds: 3,
    // A copy in memory takes a second, and one of them twice as long as the next.
    big: { rounds: 9, sizeBytes: 1024 * mebibyte },
    gigabit: { rounds: 3 },
    small: { files: 2000, folders: 50, sizeBytes },
    far: { rounds: 1, content: { files: 2000, folders: 50, sizeBytes } },
    medium: { files: 100, folders: 5, sizeBytes: 2 * mebibyte },
    crowd: { servers: 50, pullsEach: 10, sizeBytes: 4 * mebibyte },
  },
};

async function measure(size: Size, tell: (line: string) => void, pieces: Pieces): Promise<Table[]> {
  const { available } = await installDaemons();
  const { kinds, rounds, big, gigabit, small, far, medium, crowd } = sizes[size];
  const found = kinds.filter((kind) => available.includes(kind));
  const [kind] = found;
  if (kind === undefined) return [nothingToPull(rounds)];
  const peer = size === "smoke" ? findPeer : providePeer;
  const peers = { lftp: await peer("lftp"), curl: await peer("curl"), rclone: await peer("rclone") };
  const run: Run = { kinds: found, pieces };
  const wish = { rounds, peers, tell };
  const bigWish = { ...wish, ...big };
  await measureOn(run, { big: bigWish, small: { ...wish, content: small, roundTripMs: 0, hasBare: true } });
  if (gigabit) await measureOn(run, { gigabit: { ...bigWish, ...gigabit, rateBytesPerS: gigabitBytesPerS } });
  if (far) await measureOn(run, { far: { ...wish, ...far, roundTripMs: farRoundTripMs } });
  await measureOn(run, { medium: { ...wish, content: medium, roundTripMs: 0 } });
  await measureOn(run, { "medium 20 ms": { ...wish, content: medium, roundTripMs: farRoundTripMs } });
  await pieces.measure("crowd", async () => [await measureCrowd({ kind, ...crowd, tell })]);
  return [];
}

interface Run {
  kinds: readonly DaemonKind[];
  pieces: Pieces;
}

type Wishes = { [name in Comparison]?: name extends "big" | "gigabit" ? BigFileWish : ManyFilesWish };

/** What is measured with one pair of servers, for each kind of them; a kind that fails leaves the others theirs. */
async function measureOn({ kinds, pieces }: Run, wishes: Wishes): Promise<void> {
  const all = comparisons.flatMap((name) => comparisonOf(name, wishes[name]));
  for (const kind of kinds) {
    const wanted = all.filter(({ name }) => pieces.wants(`${name} ${kind}`));
    const [first] = wanted;
    if (!first) continue;
    const fill = (folder: string) => wanted.reduce((files, one) => files + one.fill(folder), 0);
    await pieces.measure(`${first.name} ${kind}`, async () => {
      await withWorld({ kind, slots: atATime, way: first.way, fill }, async (world) => {
        for (const { name, rows, measure } of wanted) {
          await pieces.measure(`${name} ${kind}`, async () => {
            rows.push(await measure(world));
            return [];
          });
        }
      });
      return [];
    });
  }
  pieces.keep(all.filter(({ rows }) => rows.length > 0).map(({ rows, table }) => table(rows)));
}

interface Compared {
  name: Comparison;
  way: PullWish["way"];
  fill: (folder: string) => number;
  measure: (world: PullWorld) => Promise<Cell[]>;
  rows: Cell[][];
  table: (rows: Cell[][]) => Table;
}

function comparisonOf(name: Comparison, wish: BigFileWish | ManyFilesWish | undefined): Compared[] {
  if (!wish) return [];
  if ("content" in wish) {
    const fill = (folder: string) => fillManyFiles(folder, wish);
    const measure = (world: PullWorld) => measureManyFiles(wish, world);
    const table = (rows: Cell[][]) => manyFilesTable(wish, rows);
    return [{ name, way: { roundTripMs: wish.roundTripMs }, fill, measure, rows: [], table }];
  }
  const fill = (folder: string) => fillBigFile(folder, wish);
  const measure = (world: PullWorld) => measureBigFile(wish, world);
  const table = (rows: Cell[][]) => bigFileTable(wish, rows);
  return [{ name, way: { roundTripMs: 0, rateBytesPerS: wish.rateBytesPerS }, fill, measure, rows: [], table }];
}

async function withWorld(wish: PullWish, work: (world: PullWorld) => Promise<void>): Promise<void> {
  const world = await openPullWorld(wish);
  try {
    await work(world);
  } finally {
    await world.stop();
  }
}

function nothingToPull(rounds: number): Table {
  return {
    title: "One big file",
    note: "No FTP daemon is installed here; as root on Debian they are fetched.",
    columns: ["servers", "rounds"],
    rows: [["none", rounds]],
  };
}

const pieces = [...comparisons.flatMap((name) => allKinds.map((kind) => `${name} ${kind}`)), "crowd"];

export const part: Part = { name: "pull", pieces, measure };
