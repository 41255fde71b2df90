// Many files in folders: by FXP through the product, by lftp's mirror with FXP, and relayed by rclone; with as many
// transfers at a time each.
import { countConnections, watchHighest } from "../process-figures.ts";
import type { Cell, Table } from "../report.ts";
import { measureInTurns, medianCell, perSecond, ratio } from "../rounds.ts";
import type { ManyFiles } from "./contents.ts";
import { empty, expectArrived, writeManyFiles } from "./contents.ts";
import { lftpMirror, lftpMirrorCompared, rcloneCopy } from "./theirs.ts";
import type { PullWorld } from "./world.ts";

export interface ManyFilesWish {
  content: ManyFiles;
  roundTripMs: number;
  rounds: number;
  peers: { lftp: string | undefined; rclone: string | undefined };
  tell: (line: string) => void;
}

/** Of each method. */
export const atATime = 4;

const columns = [
  "servers",
  "FonShare files/s",
  "lftp files/s",
  "lftp compared files/s",
  "rclone files/s",
  "× lftp",
  "× lftp compared",
  "× rclone",
  "connections",
];
/** More often would take much of a processor from what is measured. */
const lookMs = 1_000;
const setName = (round: number) => `set ${round}`;

/** Below what a world shares. @returns how many files */
export function fillManyFiles(folder: string, { content, rounds }: Pick<ManyFilesWish, "content" | "rounds">): number {
  for (let round = 0; round < rounds; round += 1) writeManyFiles(folder, setName(round), content);
  return rounds * content.files;
}

export function manyFilesTable({ content, roundTripMs, rounds }: ManyFilesWish, rows: Cell[][]): Table {
  const { files, folders, sizeBytes } = content;
  const isNear = roundTripMs === 0;
  const way = isNear ? "loopback" : `${roundTripMs} ms round trip`;
  const delay = isNear ? "" : " The delay lies between the servers and whoever commands them, not between the servers.";
  return {
    title: `${files.toLocaleString("en")} files of ${sizeOf(sizeBytes)} in ${folders} folders, from one server to another of its kind, ${way}`,
    note: `Files a second; medians of ${rounds} rounds in turns. ${atATime} transfers at a time each: both owners of FonShare's servers allow ${atATime}, lftp mirror --parallel=${atATime} with FXP, rclone copy --transfers ${atATime} (through this machine). FonShare verifies every file, lftp none; lftp compared: both trees are fetched afterwards, with as many connections each, and compared. Connections: the most control connections that stood at a time, of both servers together (ours, lftp, lftp compared, rclone).${delay}`,
    columns,
    rows,
    plot: { kind: "bar", x: "servers", y: columns.slice(1, 5), unit: "files/s" },
  };
}

const mebibyte = 1024 ** 2;
const sizeOf = (bytes: number) => (bytes < mebibyte ? `${bytes / 1024} KiB` : `${bytes / mebibyte} MiB`);

interface Copied {
  tookMs: number;
  connections: number;
}

export async function measureManyFiles(wish: ManyFilesWish, world: PullWorld): Promise<Cell[]> {
  const { content, rounds, peers, tell } = wish;
  const { kind, source, destination, inbox, theirs } = world;
  const { lftp, rclone } = peers;
  const look = () => countConnections([source.daemon, destination.daemon]);
  const run = async (who: string, folder: string, work: () => Promise<{ tookMs: number }>): Promise<Copied> => {
    const watching = watchHighest(look, lookMs);
    const { tookMs } = await work().finally(() => watching.end());
    expectArrived(folder, content.files, content.files * content.sizeBytes);
    empty(folder);
    tell(`${kind}: ${who} ${content.files} files in ${(tookMs / 1000).toFixed(2)} s`);
    return { tookMs, connections: watching.end() };
  };
  const ends = (round: number) =>
    [source, destination, `/Media/${setName(round)}`, `/Theirs/${setName(round)}`] as const;
  const measured = await measureInTurns(
    {
      ours: (round) => run("FonShare", inbox, () => world.pull(setName(round))),
      lftp: lftp ? (round) => run("lftp", theirs, () => lftpMirror(lftp, ...ends(round), atATime)) : undefined,
      compared: lftp
        ? (round) => run("lftp compared", theirs, () => lftpMirrorCompared(lftp, ...ends(round), atATime))
        : undefined,
      rclone: rclone ? (round) => run("rclone", theirs, () => rcloneCopy(rclone, ...ends(round), atATime)) : undefined,
    },
    { rounds, tell },
  );
  return rowOf(kind, content.files, measured);
}

type Measured = Record<"ours" | "lftp" | "compared" | "rclone", Copied[] | undefined>;

function rowOf(kind: string, files: number, measured: Measured): Cell[] {
  const rate = (list: Copied[] | undefined) => medianCell(list, ({ tookMs }) => perSecond(files, tookMs));
  const most = (list: Copied[] = []) => (list.length > 0 ? Math.max(...list.map((one) => one.connections)) : "–");
  const all = [measured.ours, measured.lftp, measured.compared, measured.rclone];
  const [own = null, ...theirs] = all.map(rate);
  return [kind, own, ...theirs, ...theirs.map((their) => ratio(own, their)), all.map(most).join(", ")];
}
