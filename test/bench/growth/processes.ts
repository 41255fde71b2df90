// What processes cost, read from /proc: memory, and CPU time of a process with all that came out of it. Linux only.
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** The kernel tells times in hundredths of a second, whatever its own clock does. */
const ticksPerSecond = 100;

export interface Memory {
  /** Everything mapped in, shared pages counted for each process anew. */
  rssBytes: number;
  /** Shared pages divided by those who share them: the sum over processes is what they take together. */
  pssBytes: number;
}

interface Stat {
  pid: number;
  parent: number;
  /** Its own time and that of children that have ended. */
  cpuSeconds: number;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // It has ended, or belongs to somebody else.
    return undefined;
  }
}

function statOf(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name in parentheses may itself hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), cpuSeconds: ticks / ticksPerSecond };
}

function allStats(): Stat[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => statOf(Number(pid)) ?? []);
}

function withDescendants(roots: readonly number[]): Stat[] {
  const all = allStats();
  const members = new Set(roots);
  for (let before = 0; before !== members.size; ) {
    before = members.size;
    for (const { pid, parent } of all) if (members.has(parent)) members.add(pid);
  }
  return all.filter(({ pid }) => members.has(pid));
}

/** The first one of `roots` and their descendants whose command line fits. */
export function findProcess(roots: readonly number[], command: RegExp): number | undefined {
  return withDescendants(roots).find(({ pid }) => command.test(commandOf(pid)))?.pid;
}

const commandOf = (pid: number) => (read(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ");

/** The server process of a database that `parent` itself started. */
export function findDatabase(parent: number): number | undefined {
  return allStats().find((one) => one.parent === parent && /^\S*\/postgres /.test(commandOf(one.pid)))?.pid;
}

/** CPU seconds of these processes and of all that came out of them, without the trees below `except`. */
export function cpuSecondsOf(roots: readonly number[], except: readonly number[] = []): number {
  const sum = (pids: readonly number[]) => withDescendants(pids).reduce((total, one) => total + one.cpuSeconds, 0);
  return sum(roots) - (except.length > 0 ? sum(except) : 0);
}

/** Of one process. @returns undefined when the kernel does not tell us */
export function memoryOf(pid: number): Memory | undefined {
  const text = read(`/proc/${pid}/smaps_rollup`);
  if (text === undefined) return undefined;
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? Number.NaN) * 1024;
  return { rssBytes: bytes("Rss"), pssBytes: bytes("Pss") };
}

/** Of a process and all that came out of it, how many they are included. */
export function memoryOfTree(root: number): (Memory & { processes: number }) | undefined {
  const all = withDescendants([root]).flatMap(({ pid }) => memoryOf(pid) ?? []);
  if (all.length === 0) return undefined;
  const sum = (of: (memory: Memory) => number) => all.reduce((total, one) => total + of(one), 0);
  return { rssBytes: sum((one) => one.rssBytes), pssBytes: sum((one) => one.pssBytes), processes: all.length };
}

/** CPU seconds that every process of this machine used since it was started. */
export function cpuSecondsOfMachine(): number {
  const line = /^cpu +(.*)$/m.exec(read("/proc/stat") ?? "")?.[1] ?? "";
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(" ").map(Number);
  return (user + nice + system + irq + softirq) / ticksPerSecond;
}

export const processors = availableParallelism();
