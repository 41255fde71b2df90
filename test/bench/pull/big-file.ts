// One big file: by FXP through the product, from the queue to its final name; by lftp's FXP; and downloaded by curl.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeFastFolder } from "../fast-folder.ts";
import { cpuMsOf } from "../process-figures.ts";
import type { Cell, Table } from "../report.ts";
import { measureInTurns, medianCell, ratio } from "../rounds.ts";
import { empty, expectArrived, writeBigFiles } from "./contents.ts";
import { curlGet, lftpGet } from "./theirs.ts";
import type { PullWorld } from "./world.ts";

export interface BigFileWish {
  sizeBytes: number;
  rounds: number;
  /** What each server gives or takes in a second; without it as fast as memory. */
  rateBytesPerS?: number;
  peers: { lftp: string | undefined; curl: string | undefined };
  tell: (line: string) => void;
}

const columns = ["servers", "FonShare s", "lftp FXP s", "curl s", "of the better", "core CPU s/GiB"];
const gibibyte = 1024 ** 3;
const nameOf = (round: number) => `big ${round}.bin`;

/** Below what a world shares. @returns how many files */
export function fillBigFile(folder: string, { sizeBytes, rounds }: Pick<BigFileWish, "sizeBytes" | "rounds">): number {
  writeBigFiles(
    folder,
    sizeBytes,
    Array.from({ length: rounds }, (_, round) => nameOf(round)),
  );
  return rounds;
}

export function bigFileTable({ sizeBytes, rounds, rateBytesPerS }: BigFileWish, rows: Cell[][]): Table {
  const way = rateBytesPerS === undefined ? "loopback" : `servers that give and take ${rateBytesPerS / 1e6} MB/s`;
  const mebibytes = Math.round(sizeBytes / 1024 ** 2);
  return {
    title: `One file of ${mebibytes.toLocaleString("en")} MiB, from one server to another of its kind, ${way}`,
    note: `Seconds; medians of ${rounds} rounds in turns, all files in memory. FonShare: from the call that asks for the pull to the verified file under its final name, queue and database included. lftp (FXP) and curl (download to a file of this machine): the whole program, nothing verified. Of the better: our time over that of the faster of both (1.05 is 5 % more).`,
    columns,
    rows,
    plot: { kind: "bar", x: "servers", y: columns.slice(1, 4), unit: "s" },
  };
}

interface Took {
  tookMs: number;
}

export async function measureBigFile(wish: BigFileWish, world: PullWorld): Promise<Cell[]> {
  const here = makeFastFolder();
  try {
    return await measureInto(here, wish, world);
  } finally {
    rmSync(here, { recursive: true, force: true });
  }
}

async function measureInto(here: string, { sizeBytes, rounds, peers, tell }: BigFileWish, world: PullWorld) {
  const { kind, source, destination, inbox, theirs, core } = world;
  const { lftp, curl } = peers;
  const run = async (who: string, folder: string, work: () => Promise<Took>): Promise<Took> => {
    const { tookMs } = await work();
    expectArrived(folder, 1, sizeBytes);
    empty(folder);
    tell(`${kind}: ${who} ${(tookMs / 1000).toFixed(2)} s`);
    return { tookMs };
  };
  let cpuMs = 0;
  const pull = async (round: number) => {
    const before = cpuMsOf(core.pid);
    const figures = await world.pull(nameOf(round));
    cpuMs += cpuMsOf(core.pid) - before;
    return figures;
  };
  const byLftp = (program: string, name: string) =>
    run("lftp", theirs, () => lftpGet(program, source, destination, `/Media/${name}`, `/Theirs/${name}`));
  const byCurl = (program: string, name: string) =>
    run("curl", here, () => curlGet(program, source, `/Media/${name}`, join(here, name)));
  warmMemory(here, sizeBytes);
  const measured = await measureInTurns(
    {
      ours: (round) => run("FonShare", inbox, () => pull(round)),
      lftp: lftp ? (round) => byLftp(lftp, nameOf(round)) : undefined,
      curl: curl ? (round) => byCurl(curl, nameOf(round)) : undefined,
    },
    { rounds, tell },
  );
  return rowOf(kind, measured, cpuMs / ((sizeBytes * (measured.ours?.length || 1)) / gibibyte));
}

/** A virtual machine asks its host for memory that it never had: whoever comes first would pay for it, up to three times what a copy takes. */
function warmMemory(folder: string, sizeBytes: number): void {
  writeBigFiles(folder, sizeBytes, ["warm.bin"]);
  empty(folder);
}

function rowOf(kind: string, measured: Record<"ours" | "lftp" | "curl", Took[] | undefined>, cpuMs: number): Cell[] {
  const seconds = (list: Took[] | undefined) => medianCell(list, ({ tookMs }) => tookMs / 1000);
  const [own, lftp, curl] = [seconds(measured.ours), seconds(measured.lftp), seconds(measured.curl)];
  const peers = [lftp, curl].filter((value) => typeof value === "number");
  const of = peers.length > 0 ? ratio(own, Math.min(...peers)) : null;
  return [kind, own, lftp, curl, of, cpuMs / 1000];
}
