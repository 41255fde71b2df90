// First scans of one tree on each server, in turns with the listings of rclone and lftp.
import type { Cluster } from "../cluster.ts";
import type { Home } from "../homes.ts";
import type { Cell, Table } from "../report.ts";
import { measureInTurns, medianCell, perSecond, ratio } from "../rounds.ts";
import type { Scans } from "./ours.ts";
import { lftpFind, rcloneLsf } from "./theirs.ts";
import type { TreeSize } from "./tree.ts";
import { countsOf } from "./tree.ts";

export interface FirstScanWorld {
  homes: readonly Home[];
  tree: TreeSize;
  path: string;
  roundTripMs: number;
  cluster: Cluster;
  scans: Scans;
  peers: { rclone: string | undefined; lftp: string | undefined };
  rounds: number;
  tell: (line: string) => void;
}

const columns = ["server", "FonShare files/s", "rclone files/s", "lftp files/s", "× rclone", "× lftp", "rounds"];

const wayOf = (roundTripMs: number) => (roundTripMs === 0 ? "loopback" : `${roundTripMs} ms round trip`);

const titleOfFirst = (tree: TreeSize, roundTripMs: number) => `First scan of ${countsOf(tree)}, ${wayOf(roundTripMs)}`;

export async function measureFirstScans(world: FirstScanWorld): Promise<Table> {
  const { tree, roundTripMs } = world;
  const way = wayOf(roundTripMs);
  const rows: Cell[][] = [];
  for (const home of world.homes) rows.push(await measureHome(world, home, way));
  return {
    title: titleOfFirst(tree, roundTripMs),
    note: `Files a second. FonShare: from the beginning of the scan to the commit of the whole catalog. rclone lsf -R and lftp find only print names; rclone and lftp are stopped after 30 s and rated by what they printed. In turns; medians where there are several rounds (of ours, of rclone, of lftp). Ratios over 1: FonShare is faster.`,
    columns,
    rows,
    plot: { kind: "bar", x: "server", y: columns.slice(1, 4), unit: "files/s", isLogarithmic: true },
  };
}

interface Listed {
  tookMs: number;
  files: number;
}

async function measureHome(world: FirstScanWorld, home: Home, way: string): Promise<Cell[]> {
  const { cluster, scans, path, peers, tell, tree } = world;
  const enrolled = await scans.enrol(home, path);
  const say = (name: string, { tookMs, files }: Listed) =>
    tell(`${home.name}, ${way}: ${name} ${files} files in ${(tookMs / 1000).toFixed(1)} s`);
  const ours = async (): Promise<Listed> => {
    const copy = await cluster.make(enrolled);
    const scan = await scans.scan(copy).finally(() => cluster.drop(copy));
    if (scan.files !== tree.files) throw new Error(`${scan.files} of ${tree.files} files came in (${scan.state})`);
    say("FonShare", scan);
    return scan;
  };
  const theirs = (name: "rclone" | "lftp", list: typeof rcloneLsf) => {
    const program = peers[name];
    if (program === undefined) return undefined;
    return async (): Promise<Listed> => {
      const { tookMs, lines } = await list(program, home, path);
      say(name, { tookMs, files: lines });
      return { tookMs, files: lines };
    };
  };
  const methods = { ours, rclone: theirs("rclone", rcloneLsf), lftp: theirs("lftp", lftpFind) };
  const measured = await measureInTurns(methods, world);
  await cluster.drop(enrolled);
  const rate = (list: Listed[] | undefined) => medianCell(list, ({ files, tookMs }) => perSecond(files, tookMs));
  const [own, rclone, lftp] = [rate(measured.ours), rate(measured.rclone), rate(measured.lftp)];
  const rounds = [measured.ours, measured.rclone, measured.lftp].map((list) => list?.length ?? 0).join("/");
  return [home.name, own, rclone, lftp, ratio(own, rclone), ratio(own, lftp), rounds];
}
