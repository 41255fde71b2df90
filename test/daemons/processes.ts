// Runs a program in a session of its own and can find and end every process that came out of it.
// Knows nothing of FTP. Linux only (/proc).
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

export interface ProcessTree {
  /** Living processes, the first one first; zombies do not count. */
  pids(): number[];
  /** SIGSTOP to all; resolves when all stand still. */
  freeze(): Promise<void>;
  thaw(): void;
  /** SIGTERM, and SIGKILL to what is left after `graceMs`; resolves when nothing is left. */
  end(graceMs: number): Promise<void>;
  /** SIGKILL to all; resolves when nothing is left. */
  kill9(): Promise<void>;
  readonly exited: boolean;
}

export interface ProcessTreeOptions {
  command: string;
  args: string[];
  cwd: string;
  logFile: string;
  uid?: number;
  gid?: number;
  /** Removed if the starting process dies without having ended the tree. */
  filesToRemove: string[];
}

/** Start; rejects when the program cannot be run at all. Output goes to `logFile`. */
export async function startTree(options: ProcessTreeOptions): Promise<ProcessTree> {
  const child = await startSession(options);
  const first = child.pid as number;
  let exited = false;
  // From then on its number may belong to somebody else.
  let gone = false;
  child.once("exit", () => {
    exited = true;
  });
  const dismissWatcher = watchOver(first, options.filesToRemove);
  let members: readonly Status[] = [];
  const pids = () => {
    if (gone) return [];
    members = membersOf(first, members);
    return members.map(({ pid }) => pid).filter((pid) => pid !== first || !exited);
  };
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids()) {
      sendSignal(pid, name);
    }
  };
  const until = async (isSo: () => boolean, name: NodeJS.Signals) => {
    // A process may fork between the look and the blow, hence again and again.
    while (!isSo()) {
      signal(name);
      await delay(5);
    }
  };
  const thaw = () => signal("SIGCONT");
  const kill9 = async () => {
    await until(() => exited && pids().length === 0, "SIGKILL");
    gone = true;
    await dismissWatcher();
  };
  const end = async (graceMs: number) => {
    thaw();
    const deadline = performance.now() + graceMs;
    await until(() => pids().length === 0 || performance.now() > deadline, "SIGTERM");
    await kill9();
  };
  return {
    pids,
    freeze: () => until(() => pids().every((pid) => statusOf(pid)?.stopped), "SIGSTOP"),
    thaw,
    end,
    kill9,
    get exited() {
      return exited;
    },
  };
}

async function startSession({ command, args, cwd, logFile, uid, gid }: ProcessTreeOptions): Promise<ChildProcess> {
  const log = openSync(logFile, "a");
  const child = spawn(command, args, {
    cwd,
    detached: true,
    stdio: ["ignore", log, log],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" },
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  return child;
}

/** Whether a process of that number runs; one that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  return statusOf(pid)?.dead === false;
}

interface Status {
  pid: number;
  parent: number;
  session: number;
  dead: boolean;
  stopped: boolean;
  /** Clock ticks since boot. Numbers are given again, and not within one tick. */
  startedTicks: number;
}

/** What the kernel says of one process; undefined when it is gone. */
function statusOf(pid: number): Status | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may itself hold blanks and parentheses.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [state, parent, , session] = fields;
    return {
      pid,
      parent: Number(parent),
      session: Number(session),
      dead: state === "Z" || state === "X",
      stopped: state === "T",
      startedTicks: Number(fields[19]),
    };
  } catch {
    return undefined;
  }
}

/**
 * The first one, what came out of it, and what was found to have done so before: a session of vsftpd is a session of the kernel,
 * too, and who its parent was is told no more once that one is dead.
 */
function membersOf(first: number, before: readonly Status[]): Status[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statusOf(Number(name)) ?? []);
  const wasMember = (one: Status) =>
    before.some(({ pid, startedTicks }) => pid === one.pid && startedTicks === one.startedTicks);
  const members = new Set([first, ...all.filter(wasMember).map(({ pid }) => pid)]);
  let grew = true;
  while (grew) {
    const fresh = all.filter((one) => !members.has(one.pid) && (one.session === first || members.has(one.parent)));
    for (const one of fresh) {
      members.add(one.pid);
    }
    grew = fresh.length > 0;
  }
  return all
    .filter((one) => members.has(one.pid) && !one.dead)
    .sort((a, b) => Number(b.pid === first) - Number(a.pid === first));
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
      throw error;
    }
  }
}

/**
 * A shell that waits on a pipe from this process. If this process dies first, however it dies, the
 * shell ends the daemon and removes its files: a killed test run leaves nothing behind.
 */
function watchOver(group: number, filesToRemove: string[]): () => Promise<void> {
  const script = 'read word && exit 0; group=$1; shift; kill -s KILL -- "-$group"; rm -rf -- "$@"';
  const watcher = spawn("sh", ["-c", script, "watcher", String(group), ...filesToRemove], {
    detached: true,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => {
    watcher.once("exit", () => resolve());
    watcher.once("error", () => resolve());
  });
  watcher.stdin.on("error", () => undefined);
  return async () => {
    if (!watcher.stdin.writableEnded) {
      watcher.stdin.end("done\n");
    }
    await ended;
  };
}
