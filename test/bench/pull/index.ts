// Part Pull of `npm run bench`: one big file, many small ones, and very many pulls at once, from server to server.
import type { DaemonKind } from "../../daemons/index.ts";
import { installDaemons } from "../../daemons/index.ts";
import { findPeer, providePeer } from "../peers/index.ts";
import type { Cell, Part, Size, Table } from "../report.ts";
import type { BigFileWish } from "./big-file.ts";
import { bigFileTable, fillBigFile, measureBigFile } from "./big-file.ts";
import type { SmallFiles } from "./contents.ts";
import { measureCrowd } from "./crowd.ts";
import type { ManyFilesWish } from "./many-files.ts";
import { atATime, fillManyFiles, manyFilesTable, measureManyFiles } from "./many-files.ts";
import { openPullWorld } from "./world.ts";

interface Sizes {
  kinds: DaemonKind[];
  rounds: number;
  bigBytes: number;
  small: { content: SmallFiles; roundTripMs: number }[];
  crowd: { servers: number; pullsEach: number; sizeBytes: number };
}

const mebibyte = 1024 ** 2;
const sizeBytes = 4096;

const sizes: Record<Size, Sizes> = {
  smoke: {
    kinds: ["vsftpd"],
    rounds: 1,
    bigBytes: 8 * mebibyte,
    small: [{ content: { files: 20, folders: 2, sizeBytes }, roundTripMs: 0 }],
    crowd: { servers: 2, pullsEach: 2, sizeBytes: mebibyte / 4 },
  },
  full: {
    kinds: ["vsftpd", "proftpd"],
    rounds: 3,
    bigBytes: 1024 * mebibyte,
    small: [
      { content: { files: 2000, folders: 50, sizeBytes }, roundTripMs: 0 },
      { content: { files: 200, folders: 5, sizeBytes }, roundTripMs: 20 },
    ],
    crowd: { servers: 50, pullsEach: 10, sizeBytes: 4 * mebibyte },
  },
};

async function measure(size: Size, tell: (line: string) => void): Promise<Table[]> {
  const { available } = await installDaemons();
  const { rounds, bigBytes, small, crowd, ...wish } = sizes[size];
  const kinds = wish.kinds.filter((kind) => available.includes(kind));
  const [kind] = kinds;
  if (kind === undefined) return [nothingToPull(rounds)];
  const peer = size === "smoke" ? findPeer : providePeer;
  const peers = { lftp: await peer("lftp"), curl: await peer("curl"), rclone: await peer("rclone") };
  const [near, far] = small.map((one) => ({ ...one, rounds, peers, tell }));
  const tables: Table[] = [];
  if (near) tables.push(...(await measureNear({ sizeBytes: bigBytes, rounds, peers, tell }, near, kinds)));
  if (far) tables.push(manyFilesTable(far, await measureFar(far, kinds)));
  return [...tables, await measureCrowd({ kind, ...crowd, tell })];
}

/** Both on the same servers, for each kind of them. */
async function measureNear(big: BigFileWish, many: ManyFilesWish, kinds: readonly DaemonKind[]): Promise<Table[]> {
  const bigRows: Cell[][] = [];
  const manyRows: Cell[][] = [];
  const fill = (folder: string) => fillBigFile(folder, big) + fillManyFiles(folder, many);
  for (const kind of kinds) {
    const world = await openPullWorld({ kind, way: { roundTripMs: 0 }, slots: atATime, fill });
    try {
      bigRows.push(await measureBigFile(big, world));
      manyRows.push(await measureManyFiles(many, world));
    } finally {
      await world.stop();
    }
  }
  return [bigFileTable(big, bigRows), manyFilesTable(many, manyRows)];
}

async function measureFar(many: ManyFilesWish, kinds: readonly DaemonKind[]): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  for (const kind of kinds) {
    const way = { roundTripMs: many.roundTripMs };
    const world = await openPullWorld({ kind, way, slots: atATime, fill: (folder) => fillManyFiles(folder, many) });
    try {
      rows.push(await measureManyFiles(many, world));
    } finally {
      await world.stop();
    }
  }
  return rows;
}

function nothingToPull(rounds: number): Table {
  return {
    title: "One big file",
    note: "No FTP daemon is installed here; as root on Debian they are fetched.",
    columns: ["servers", "rounds"],
    rows: [["none", rounds]],
  };
}

export const part: Part = { name: "pull", measure };
