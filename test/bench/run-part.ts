// Runs one part in a process of its own, with a folder for temporary files that is removed whatever happens.
import { fork } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fastFolderPrefix, fastPlace } from "./fast-folder.ts";
import type { PartMessage } from "./part-process.ts";
import type { Part, Size, Table } from "./report.ts";

const killAfterMs = 15_000;

/** @throws Error with the part's own words when it fails, and when `signal` stops it */
export async function runPart(
  name: Part["name"],
  size: Size,
  { tell, signal }: { tell: (line: string) => void; signal: AbortSignal },
): Promise<Table[]> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-bench-"));
  // The accounts of daemons and database walk through it.
  chmodSync(folder, 0o755);
  // `detached`: Ctrl-C in a terminal reaches main.ts alone, which passes it on.
  const child = fork(join(import.meta.dirname, "part-process.ts"), [name, size], {
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
    const said = await listen(child, ended, tell);
    if (signal.aborted) throw new Error("interrupted");
    if ("failure" in said) throw new Error(said.failure);
    return said.tables;
  } finally {
    signal.removeEventListener("abort", stop);
    removeFolders(folder, child.pid ?? 0);
  }
}

async function listen(
  child: ReturnType<typeof fork>,
  ended: Promise<[number | null, NodeJS.Signals | null]>,
  tell: (line: string) => void,
): Promise<{ tables: Table[] } | { failure: string }> {
  let last: { tables: Table[] } | { failure: string } | undefined;
  child.on("message", (message: PartMessage) => {
    if ("tell" in message) tell(message.tell);
    else last = message;
  });
  const [code, signal] = await ended;
  return last ?? { failure: `its process ended before its time (${signal ?? code})` };
}

function removeFolders(folder: string, pid: number): void {
  // The shells that watch over daemons remove files at the same time.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  for (const name of readdirSync(fastPlace()).filter((one) => one.startsWith(fastFolderPrefix(pid)))) {
    rmSync(join(fastPlace(), name), { recursive: true, force: true });
  }
}
