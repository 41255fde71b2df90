// One folder of very many files: is the event loop ever held up, and what does it cost in memory?
import type { Cluster } from "../cluster.ts";
import type { Home } from "../homes.ts";
import type { Cell, Table } from "../report.ts";
import type { Scans } from "./ours.ts";

export interface BigFolderWorld {
  homes: readonly Home[];
  path: string;
  files: number;
  scans: Scans;
  cluster: Cluster;
  tell: (line: string) => void;
}

const mebibyte = 1024 * 1024;

const titleOfBig = (files: number) => `One folder of ${files.toLocaleString("en")} files, first scan, loopback`;

export async function measureBigFolder({ homes, path, files, scans, cluster, tell }: BigFolderWorld): Promise<Table> {
  const rows: Cell[][] = [];
  for (const home of homes) {
    const address = await scans.enrol(home, path);
    const scan = await scans.scan(address).finally(() => cluster.drop(address));
    tell(`${home.name}: one big folder done`);
    const { peakRssBytes, rssBeforeBytes } = scan;
    const memory = [peakRssBytes / mebibyte, Math.max(0, peakRssBytes - rssBeforeBytes) / mebibyte];
    rows.push([
      home.name,
      scan.files,
      scan.tookMs / 1000,
      scan.longestTurnMs,
      ...memory,
      scan.cpuMs / 1000,
      scan.state,
    ]);
  }
  return {
    title: titleOfBig(files),
    note: "The longest turn of the scanning process's event loop (time that its thread computed, waits for other processes left out), its highest resident memory, by how much that is over the memory before, and its CPU time.",
    columns: ["server", "files", "s", "longest turn ms", "peak RSS MiB", "grown MiB", "CPU s", "state"],
    rows,
  };
}
