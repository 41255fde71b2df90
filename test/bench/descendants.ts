// Ends every process that came out of this one, so that an interrupted measurement leaves nothing running. Linux only (/proc).
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const patienceMs = 5000;
const lookMs = 20;

/** SIGINT to all (a database server then ends at once and in order), SIGKILL to what is left after five seconds. */
export async function endDescendants(): Promise<void> {
  signalAll("SIGINT");
  const deadline = performance.now() + patienceMs;
  while (descendants().length > 0 && performance.now() < deadline) await delay(lookMs);
  while (descendants().length > 0) {
    signalAll("SIGKILL");
    await delay(lookMs);
  }
}

function signalAll(signal: NodeJS.Signals): void {
  for (const pid of descendants()) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

function descendants(): number[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => relationOf(Number(name)) ?? []);
  const members = new Set([process.pid]);
  for (let before = 0; before !== members.size; ) {
    before = members.size;
    for (const { pid, parent } of all) if (members.has(parent)) members.add(pid);
  }
  members.delete(process.pid);
  return [...members].filter((pid) => !isWatcher(pid));
}

function relationOf(pid: number): { pid: number; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may itself hold blanks and parentheses.
    const [state, parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : { pid, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** The shells of test/daemons that remove the daemons' files as soon as this process is gone. */
function isWatcher(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("watcher");
  } catch {
    return false;
  }
}
