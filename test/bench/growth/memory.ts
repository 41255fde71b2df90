// What core, database and bot hold in memory: each row one of them, the database with all its processes.
import type { Cell, Table } from "../report.ts";
import type { CrowdSize } from "./gather.ts";
import { memoryOf, memoryOfTree } from "./processes.ts";
import { mebibytes } from "./spread.ts";

export interface Held {
  name: string;
  processes: number;
  rss: Cell;
  pss: Cell;
}

/** @param database its server process, which started the others */
export function readMemory(pids: { core: number; database: number | undefined; bot: number | undefined }): Held[] {
  const one = (name: string, pid: number | undefined): Held[] => {
    const memory = pid === undefined ? undefined : memoryOf(pid);
    return memory ? [{ name, processes: 1, rss: mebibytes(memory.rssBytes), pss: mebibytes(memory.pssBytes) }] : [];
  };
  const whole = pids.database === undefined ? undefined : memoryOfTree(pids.database);
  const database = whole
    ? [{ name: "database", processes: whole.processes, rss: mebibytes(whole.rssBytes), pss: mebibytes(whole.pssBytes) }]
    : [];
  return [...one("core", pids.core), ...database, ...one("bot", pids.bot)];
}

/** Why both columns are there. */
export const memoryNote =
  "PSS divides memory that several processes share among them, so it may be added up; RSS counts the database's shared buffers once for each of its processes, and Node's program for each of ours.";

export function memoryTable(held: readonly Held[], { rooms, peoplePerRoom, files }: CrowdSize): Table {
  return {
    title: "Memory after the crowd",
    note: `Right after ${rooms * peoplePerRoom} people have pressed, searched and called, with a catalog of ${files} files. ${memoryNote}`,
    columns: ["part", "processes", "RSS MiB", "PSS MiB"],
    rows: held.map(({ name, processes, rss, pss }) => [name, processes, rss, pss]),
    plot: { kind: "bar", x: "part", y: ["PSS MiB"], unit: "MiB" },
  };
}
