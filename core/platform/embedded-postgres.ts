// The default database: a real PostgreSQL that runs as a child of this process, reachable by a Unix socket only.
// One core at a time on a data folder; a server that a killed core left behind is stopped first.
import { chmod, mkdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "./clock.ts";
import type { DatabaseAddress } from "./db.ts";
import { openDatabase } from "./db.ts";
import type { FolderLock } from "./folder-lock.ts";
import { takeFolderLock } from "./folder-lock.ts";
import type { Log } from "./log.ts";
import { chooseRunAs, findAccount } from "./postgres/account.ts";
import { findBinaries } from "./postgres/binaries.ts";
import { checkVersion, databaseUser, makeCluster } from "./postgres/cluster.ts";
import { stopLeftover } from "./postgres/leftover.ts";
import { memoryBytes, sharedBuffers } from "./postgres/memory.ts";
import type { ServerPlan, ServerRun } from "./postgres/server-process.ts";
import { startServer } from "./postgres/server-process.ts";
import { chooseSocketFolder, makeSocketFolder } from "./postgres/socket-folder.ts";
import { StartProblem } from "./start-problem.ts";

const databaseName = "fonshare";
/** A server that dies so often in a row, each within the quiet time, is not started again. */
const mostCrashes = 8;
const quietMs = 60_000;

export interface EmbeddedPostgres {
  /** Starts it (made at the first start); throws StartProblem with one sentence for the operator. */
  start(): Promise<DatabaseAddress>;
  /** Ends it in order, in less than four seconds. */
  stop(): Promise<void>;
  /** The server's process id while it runs. */
  pid(): number | undefined;
}

export interface EmbeddedPostgresDeps {
  dataFolder: string;
  clock: Clock;
  log: Log;
  /** Called once when the server died again and again and was given up. */
  onGivenUp: (error: Error) => void;
  settings?: Record<string, string>;
}

export function createEmbeddedPostgres(deps: EmbeddedPostgresDeps): EmbeddedPostgres {
  const state: { lock?: FolderLock; run?: ServerRun; starting?: Promise<unknown>; watch?: Promise<void> } = {};
  const stopping = new AbortController();

  function start(): Promise<DatabaseAddress> {
    const starting = bringUp();
    state.starting = starting.catch(() => undefined);
    return starting;
  }

  async function bringUp(): Promise<DatabaseAddress> {
    const folder = await makeDataFolder(deps.dataFolder);
    state.lock = lockFolder(folder);
    const plan = await preparePlan(folder, deps);
    if ((await stopLeftover(plan.folder, deps.clock)) === "stopped") {
      deps.log.warn("a database server left by an earlier run was stopped");
    }
    state.run = await launch(plan, deps, stopping.signal);
    const address = { socket: plan.socketFolder, database: databaseName, user: databaseUser };
    await makeDatabase(address);
    state.watch = keepRunning(plan);
    return address;
  }

  /** A crashed server (also `kill -9`) comes back by itself; the pool reconnects, work in flight goes on by its leases. */
  async function keepRunning(plan: ServerPlan): Promise<void> {
    const crashes: number[] = [];
    while (state.run) {
      await state.run.ended;
      if (stopping.signal.aborted) return;
      const nowMs = deps.clock.monotonicMs();
      crashes.push(nowMs);
      while ((crashes[0] ?? nowMs) < nowMs - quietMs) crashes.shift();
      if (crashes.length > mostCrashes) return deps.onGivenUp(new Error("the database server dies again and again"));
      deps.log.error({ crashes: crashes.length }, "the database server died and is started again");
      try {
        state.run = await launch(plan, deps, stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) deps.onGivenUp(error as Error);
        return;
      }
      // A stop that came while it was starting found no server to end.
      if (stopping.signal.aborted) await state.run.stop();
    }
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await state.starting;
    await state.run?.stop();
    await state.watch;
    state.lock?.release();
    delete state.run;
    delete state.lock;
  }

  return { start, stop, pid: () => state.run?.pid };
}

/** Where the database of a core that runs on this folder is; undefined when none does. */
export async function findRunningDatabase(dataFolder: string): Promise<DatabaseAddress | undefined> {
  const folder = await makeDataFolder(dataFolder);
  const lock = takeFolderLock(join(folder, "run", "core.lock"));
  lock?.release();
  if (lock) return undefined;
  return { socket: chooseSocketFolder(join(folder, "run")), database: databaseName, user: databaseUser };
}

/** Mode 0711 for root, because the database's account walks through it to its own folders. */
async function makeDataFolder(dataFolder: string): Promise<string> {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  const run = join(dataFolder, "run");
  try {
    await mkdir(dataFolder, { recursive: true, mode });
    await mkdir(run, { recursive: true, mode });
    if (mode === 0o711 && ((await stat(run)).mode & 0o777) === 0o700) await chmod(run, mode);
    return await realpath(dataFolder);
  } catch (cause) {
    throw new StartProblem(
      `FONSHARE_DATA: the folder ${dataFolder} cannot be made or entered by this user: set it to a folder that can.`,
      { cause },
    );
  }
}

function lockFolder(folder: string): FolderLock {
  const lock = takeFolderLock(join(folder, "run", "core.lock"));
  if (lock) return lock;
  throw new StartProblem(
    `Another FonShare core already uses ${folder}: stop it first, or set FONSHARE_DATA to another folder.`,
  );
}

async function preparePlan(folder: string, deps: EmbeddedPostgresDeps): Promise<ServerPlan> {
  const { postgres, initdb } = await findBinaries();
  const account = await findAccount();
  const socketFolder = chooseSocketFolder(join(folder, "run"));
  await makeSocketFolder(socketFolder, account);
  // Tried out on a folder inside the data, because the socket's folder may be elsewhere.
  const ownFolder = join(folder, "run", "db");
  await makeSocketFolder(ownFolder, account);
  const runAs = await chooseRunAs(account, postgres, ownFolder);
  const data = join(folder, "postgres");
  await checkVersion(data, postgres);
  await makeCluster(data, initdb, runAs);
  const settings = { shared_buffers: sharedBuffers(memoryBytes()), ...deps.settings };
  return { program: postgres, folder: data, socketFolder, runAs, settings };
}

const retryEveryMs = 250;
const retries = 20;

/** Backends of a killed server live on for a moment and hold its shared memory: then it is tried again. */
async function launch(plan: ServerPlan, deps: EmbeddedPostgresDeps, signal: AbortSignal): Promise<ServerRun> {
  const onLine = (line: string) => deps.log.debug({ postgres: line });
  for (let attempt = 1; ; attempt++) {
    try {
      return await startServer(plan, deps.clock, onLine);
    } catch (error) {
      const words = (error as Error).message;
      const mayPass = /shared memory block|lock file .* already exists|is another postmaster/.test(words);
      if (!mayPass || attempt > retries || signal.aborted) {
        throw new StartProblem(`The database server does not start: ${words.split("\n").at(-1)}`, { cause: error });
      }
      await deps.clock.wait(retryEveryMs, signal);
    }
  }
}

async function makeDatabase(address: { socket: string; database: string; user: string }): Promise<void> {
  const first = openDatabase({ ...address, database: "postgres" }, 1);
  try {
    const found = await first.sql`select 1 from pg_database where datname = ${address.database}`;
    if (found.length === 0) await first.sql`create database ${first.sql(address.database)}`;
  } finally {
    await first.close();
  }
}
