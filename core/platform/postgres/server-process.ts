// One run of the PostgreSQL server as a child: spawned, awaited until it takes connections, stopped in order.
// Restarting it after a crash is embedded-postgres.ts.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import type { Clock } from "../clock.ts";
import type { RunAs } from "./account.ts";
import { bareEnvironment, commandOf } from "./account.ts";

const stopPatienceMs = 3000;
const quitPatienceMs = 700;

export interface ServerRun {
  pid: number;
  /** Resolves when the process is gone, whoever ended it. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

export interface ServerPlan {
  program: string;
  folder: string;
  socketFolder: string;
  runAs: RunAs;
  /** Settings of the server, by name. */
  settings: Record<string, string>;
}

/** Rejects with the server's last words when it ends before it is ready. */
export async function startServer(plan: ServerPlan, clock: Clock, onLine: (line: string) => void): Promise<ServerRun> {
  const child = spawnServer(plan);
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  await becomeReady(child, ended, onLine);
  return { pid: child.pid as number, ended, stop: () => stopChild(child, ended, clock) };
}

/** `detached`: its own process group, so that Ctrl-C in a terminal reaches the core alone, which then stops it. */
function spawnServer({ program, folder, socketFolder, runAs, settings }: ServerPlan): ChildProcess {
  const all = {
    listen_addresses: "",
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
    // Statements and details hold names of people and folders; they have no place in a log.
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const { file, words } = commandOf(runAs, program, ["-D", folder, ...flags]);
  return spawn(file, words, {
    ...runAs.options,
    cwd: "/",
    env: bareEnvironment,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

async function becomeReady(child: ChildProcess, ended: Promise<void>, onLine: (line: string) => void): Promise<void> {
  const last: string[] = [];
  const ready = new Promise<void>((resolve) => {
    let rest = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        onLine(line);
        last.push(line);
        if (last.length > 5) last.shift();
        if (line.includes("database system is ready to accept connections")) resolve();
      }
    });
  });
  const failed = ended.then(() => {
    throw new Error(last.join("\n") || "the database server did not start");
  });
  await Promise.race([ready, failed]);
  failed.catch(() => {});
}

/** Fast shutdown first; immediate where that takes too long (the next start recovers from the log, nothing is lost). */
async function stopChild(child: ChildProcess, ended: Promise<void>, clock: Clock): Promise<void> {
  const over = new AbortController();
  const isOver = ended.then(() => {
    over.abort();
    return true;
  });
  for (const [signal, patienceMs] of [
    ["SIGINT", stopPatienceMs],
    ["SIGQUIT", quitPatienceMs],
    ["SIGKILL", 5000],
  ] as const) {
    child.kill(signal);
    const late = clock.wait(patienceMs, over.signal).then(() => over.signal.aborted);
    if (await Promise.race([isOver, late])) return;
  }
}
