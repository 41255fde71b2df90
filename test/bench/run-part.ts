// Runs one part in a process of its own, with a folder for temporary files that is removed whatever happens.
import { fork } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fastFolderPrefix, fastPlace } from "./fast-folder.ts";
import type { PartMessage } from "./part-process.ts";
import type { Part, Size, Table } from "./report.ts";
import { replaceTables } from "./results.ts";

const killAfterMs = 15_000;

export interface PartRequest {
  name: Part["name"];
  size: Size;
  /** See PartRun. */
  only: readonly string[];
}

/** What was measured, and what could not be. */
export interface PartResult {
  tables: Table[];
  failures: string[];
}

/** Never throws: what broke, and that `signal` stopped it, is among the failures. */
export async function runPart(
  { name, size, only }: PartRequest,
  { tell, signal }: { tell: (line: string) => void; signal: AbortSignal },
): Promise<PartResult> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-bench-"));
  // The accounts of daemons and database walk through it.
  chmodSync(folder, 0o755);
  // `detached`: Ctrl-C in a terminal reaches main.ts alone, which passes it on.
  const child = fork(join(import.meta.dirname, "part-process.ts"), [name, size, ...only], {
    env: { ...process.env, TMPDIR: folder },
    detached: true,
  });
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const stop = () => {
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), killAfterMs).unref();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const { tables, failures } = await listen(child, ended, tell);
    return { tables, failures: signal.aborted ? ["interrupted"] : failures };
  } finally {
    signal.removeEventListener("abort", stop);
    removeFolders(folder, child.pid ?? 0);
  }
}

async function listen(
  child: ReturnType<typeof fork>,
  ended: Promise<[number | null, NodeJS.Signals | null]>,
  tell: (line: string) => void,
): Promise<PartResult> {
  const result: PartResult = { tables: [], failures: [] };
  let isOver = false;
  child.on("message", (message: PartMessage) => {
    if ("tell" in message) tell(message.tell);
    else if ("tables" in message) result.tables = replaceTables(result.tables, message.tables);
    else if ("failure" in message) result.failures.push(message.failure);
    else isOver = true;
  });
  const [code, signal] = await ended;
  if (!isOver) result.failures.push(`its process ended before its time (${signal ?? code})`);
  return result;
}

function removeFolders(folder: string, pid: number): void {
  // The shells that watch over daemons remove files at the same time.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  for (const name of readdirSync(fastPlace()).filter((one) => one.startsWith(fastFolderPrefix(pid)))) {
    rmSync(join(fastPlace(), name), { recursive: true, force: true });
  }
}
