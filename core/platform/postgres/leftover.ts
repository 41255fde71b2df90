// A PostgreSQL server that a killed core left running on our data: it is stopped in order before ours starts.
// Called only while the data folder's lock is held, so no living core uses that server.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Clock } from "../clock.ts";
import { StartProblem } from "../start-problem.ts";

const run = promisify(execFile);
const lookEveryMs = 20;
const patienceMs = 20_000;

/** Stops what postmaster.pid names, if that process really serves `folder`; a stale file of a reused pid goes. */
export async function stopLeftover(folder: string, clock: Clock): Promise<"none" | "stopped"> {
  const file = join(folder, "postmaster.pid");
  const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return "none";
  if (!(await isServing(pid, folder))) {
    // PostgreSQL itself would refuse to start when the pid now belongs to some other process of its user.
    await rm(file, { force: true });
    return "none";
  }
  await endProcess(pid, clock);
  return "stopped";
}

async function endProcess(pid: number, clock: Clock): Promise<void> {
  const begunMs = clock.monotonicMs();
  sendSignal(pid, "SIGINT");
  while (isAlive(pid)) {
    const passedMs = clock.monotonicMs() - begunMs;
    if (passedMs > patienceMs) {
      throw new StartProblem(`A database server left by an earlier run (process ${pid}) does not stop: end it first.`);
    }
    if (passedMs > patienceMs / 2) sendSignal(pid, "SIGQUIT");
    await clock.wait(lookEveryMs);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal; isAlive tells.
  }
}

/** A zombie is over: where the first process of a container reaps nobody, it would stay for ever. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return process.platform !== "linux";
  }
}

/** A postmaster's working directory is its data folder; without /proc its command line names the folder. */
async function isServing(pid: number, folder: string): Promise<boolean> {
  const data = await realpath(folder);
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (cwd !== undefined) return cwd === data;
  if (process.platform === "linux") return false;
  const line = await run("ps", ["-o", "args=", "-p", String(pid)]).then(
    (done) => done.stdout,
    () => "",
  );
  return line.includes("postgres") && (line.includes(folder) || line.includes(data));
}
