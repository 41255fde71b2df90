// Many files in folders: by FXP through the product, by lftp's mirror with FXP, and relayed by rclone; with as many
// transfers at a time each.
import { countConnections, watchHighest } from "../process-figures.ts";
import type { Cell, Table } from "../report.ts";
import { measureInTurns, medianCell, perSecond, ratio } from "../rounds.ts";
import type { BareCopy } from "./bare.ts";
import { bareCopy } from "./bare.ts";
import type { ManyFiles } from "./contents.ts";
import { empty, expectArrived, namesOf, writeManyFiles } from "./contents.ts";
import { lftpMirror, lftpMirrorCompared, rcloneCopy } from "./theirs.ts";
import type { PullWorld } from "./world.ts";

export interface ManyFilesWish {
  content: ManyFiles;
  roundTripMs: number;
  rounds: number;
  peers: { lftp: string | undefined; rclone: string | undefined };
  /** Beside a program that does nothing but send the commands, too. */
  hasBare?: boolean;
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
const bareColumns = ["bare files/s", "bare compared files/s"];
/** More often would take much of a processor from what is measured. */
const lookMs = 1_000;
const setName = (round: number) => `set ${round}`;

/** Below what a world shares. @returns how many files */
export function fillManyFiles(folder: string, { content, rounds }: Pick<ManyFilesWish, "content" | "rounds">): number {
  for (let round = 0; round < rounds; round += 1) writeManyFiles(folder, setName(round), content);
  return rounds * content.files;
}

export function manyFilesTable({ content, roundTripMs, rounds, hasBare }: ManyFilesWish, rows: Cell[][]): Table {
  const { files, folders, sizeBytes } = content;
  const isNear = roundTripMs === 0;
  const way = isNear ? "loopback" : `${roundTripMs} ms round trip`;
  const delay = isNear ? "" : " The delay lies between the servers and whoever commands them, not between the servers.";
  return {
    title: `${files.toLocaleString("en")} files of ${sizeOf(sizeBytes)} in ${folders} folders, from one server to another of its kind, ${way}`,
    note: `Files a second; medians of ${rounds} rounds in turns. ${atATime} transfers at a time each: both owners of FonShare's servers allow ${atATime}, lftp mirror --parallel=${atATime} with FXP, rclone copy --transfers ${atATime} (through this machine). FonShare verifies every file, lftp none; lftp compared: both trees are fetched afterwards, with as many connections each, and compared. Connections: the most control connections that stood at a time, of both servers together (ours, lftp, lftp compared, rclone).${hasBare ? bareNote : ""}${delay}`,
    columns: [...columns, ...(hasBare ? bareColumns : [])],
    rows,
    plot: { kind: "bar", x: "servers", y: columns.slice(1, 5), unit: "files/s" },
  };
}

const bareNote =
  " Bare: a program of some hundred lines that does nothing but send the commands, without a look, a row or a second try; compared: reads each file from both ends as well, and names it after that.";

const mebibyte = 1024 ** 2;
const sizeOf = (bytes: number) => (bytes < mebibyte ? `${bytes / 1024} KiB` : `${bytes / mebibyte} MiB`);

interface Copied {
  tookMs: number;
  connections: number;
}

export async function measureManyFiles(wish: ManyFilesWish, world: PullWorld): Promise<Cell[]> {
  const { content, rounds, peers, tell, hasBare } = wish;
  const { kind, source, destination, inbox, theirs } = world;
  const { lftp, rclone } = peers;
  const look = () => countConnections([source.daemon, destination.daemon]);
  const run = async (who: string, folder: string, work: () => Promise<{ tookMs: number }>): Promise<Copied> => {
    const watching = watchHighest(look, lookMs);
    const { tookMs } = await arrive(folder, content, work).finally(() => watching.end());
    tell(`${kind}: ${who} ${content.files} files in ${(tookMs / 1000).toFixed(2)} s`);
    return { tookMs, connections: watching.end() };
  };
  const ends = (round: number) =>
    [source, destination, `/Media/${setName(round)}`, `/Theirs/${setName(round)}`] as const;
  const bare = (who: string, isCompared: boolean) => (round: number) =>
    run(who, theirs, () => bareCopy(bareOf(world, content, round, isCompared)));
  const measured = await measureInTurns(
    {
      ours: (round) => run("FonShare", inbox, () => world.pull(setName(round))),
      lftp: lftp ? (round) => run("lftp", theirs, () => lftpMirror(lftp, ...ends(round), atATime)) : undefined,
      compared: lftp
        ? (round) => run("lftp compared", theirs, () => lftpMirrorCompared(lftp, ...ends(round), atATime))
        : undefined,
      rclone: rclone ? (round) => run("rclone", theirs, () => rcloneCopy(rclone, ...ends(round), atATime)) : undefined,
      bare: hasBare ? bare("bare", false) : undefined,
      bareCompared: hasBare ? bare("bare, compared", true) : undefined,
    },
    { rounds, tell },
  );
  return rowOf(kind, content.files, measured, hasBare);
}

/** What came is looked at and removed, whatever came: the next one begins with an empty folder. */
async function arrive<R>(folder: string, { files, sizeBytes }: ManyFiles, work: () => Promise<R>): Promise<R> {
  try {
    const done = await work();
    expectArrived(folder, files, files * sizeBytes);
    return done;
  } finally {
    empty(folder);
  }
}

function bareOf({ source, destination }: PullWorld, content: ManyFiles, round: number, isCompared: boolean): BareCopy {
  const { files, folders } = namesOf(setName(round), content);
  const target = `/Theirs/${setName(round)}`;
  return {
    ...{ from: source, to: destination, atATime, isCompared },
    files: files.map((name) => ({ path: `/Media/${setName(round)}/${name}`, target: `${target}/${name}` })),
    folders: [target, ...folders.map((name) => `${target}/${name}`)],
  };
}

type Measured = Record<"ours" | "lftp" | "compared" | "rclone" | "bare" | "bareCompared", Copied[] | undefined>;

function rowOf(kind: string, files: number, measured: Measured, hasBare = false): Cell[] {
  const rate = (list: Copied[] | undefined) => medianCell(list, ({ tookMs }) => perSecond(files, tookMs));
  const most = (list: Copied[] = []) => (list.length > 0 ? Math.max(...list.map((one) => one.connections)) : "–");
  const all = [measured.ours, measured.lftp, measured.compared, measured.rclone];
  const [own = null, ...theirs] = all.map(rate);
  const bare = hasBare ? [rate(measured.bare), rate(measured.bareCompared)] : [];
  return [kind, own, ...theirs, ...theirs.map((their) => ratio(own, their)), all.map(most).join(", "), ...bare];
}
