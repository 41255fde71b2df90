// Scans every server that is due: lease, crawl, apply. Runs in the worker thread of core/jobs/scan.ts.
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../platform/clock.ts";
import type { Database, DatabaseOptions, Db, Tx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/db.ts";
import { asFonError } from "../../platform/errors.ts";
import type { Log } from "../../platform/log.ts";
import { settleIndexes } from "../store/apply.ts";
import { beginLoad } from "../store/load.ts";
import type { ScanRow, SharedFolder } from "../store/scans.ts";
import {
  endScan,
  forgetUnshared,
  knownFolders,
  renewLease,
  sharedFolders,
  takeLease,
  writeScope,
} from "../store/scans.ts";
import type { Applied } from "../types.ts";
import type { AppliedScan } from "./apply.ts";
import { applyScan } from "./apply.ts";
import { applyNothing } from "./apply-nothing.ts";
import { applyCount } from "./count.ts";
import type { CrawlSession } from "./crawl.ts";
import { crawl, hasFailed } from "./crawl.ts";
import { backoffMs, spreadOut } from "./interval.ts";
import type { KnownFolder } from "./known.ts";
import type { ScanLimits } from "./limits.ts";
import { prepareScans } from "./prepare.ts";
import { minimalRoots } from "./roots.ts";
import { createStaging } from "./staging.ts";

export interface ScannerDeps {
  db: Db;
  /** A database with exactly one connection, for one scan's temporary tables; the scanner closes it. */
  connect: (options?: DatabaseOptions) => Database;
  clock: Clock;
  /** servers.open of core/servers. */
  open: (serverId: number, options: { use: "files"; signal?: AbortSignal }) => Promise<CrawlSession>;
  /** In the transaction that applies a scan; core/announcements tells of it. */
  onApplied: (tx: Tx, applied: Applied) => Promise<void>;
  log: Log;
  limits: ScanLimits;
  /** From 0 to 1. */
  random: () => number;
}

export interface Scanner {
  /** Scans what is due, several servers at a time, until nothing is. Stops early, without a trace, when `signal` aborts. @returns how many scans ended */
  scanDue(signal: AbortSignal): Promise<number>;
  /** Waits for what scans that have ended still put in order; until then their connections are open. Never rejects. */
  settled(): Promise<void>;
}

/** Every folder is listed anew after so many usual intervals, as a changed file does not change its folder's time. */
const fullSweepEvery = 12;

/** How soon a scan that met no database is begun again, and how often that is tried to be written. */
const againMs = 5_000;
const rewriteMs = 500;

interface Scanning extends ScannerDeps {
  /** By place, of which `limits.servers` scan at a time: what its last scan still puts in order. Never rejects. */
  settling: Map<number, Promise<void>>;
}

export function createScanner(given: ScannerDeps): Scanner {
  const deps: Scanning = { ...given, settling: new Map() };
  async function scanSome(place: number, signal: AbortSignal): Promise<number> {
    let count = 0;
    while (!signal.aborted) {
      const now = deps.clock.now();
      const row = await takeLease(deps.db, now, new Date(now.getTime() + deps.limits.leaseMs));
      if (!row) return count;
      await scanLeased(deps, row, place, signal);
      count += 1;
    }
    return count;
  }
  return {
    async scanDue(signal) {
      await prepareScans(deps, deps.limits.everyMs);
      const all = Array.from({ length: deps.limits.servers }, (_, place) => scanSome(place, signal));
      // When one finds no database, the others still bring what they began to its end.
      await Promise.allSettled(all);
      return (await Promise.all(all)).reduce((sum, count) => sum + count, 0);
    },
    async settled() {
      await Promise.all(deps.settling.values());
    },
  };
}

/** Never throws for what a server does; its row says how it ended. */
async function scanLeased(deps: Scanning, row: ScanRow, place: number, signal: AbortSignal): Promise<void> {
  const lost = new AbortController();
  const ended = new AbortController();
  const beat = keepLease(deps, row, ended.signal, lost);
  try {
    // Its connections are counted: a place never holds more than one scan does.
    await deps.settling.get(place);
    const state = await scanServer(deps, row, place, AbortSignal.any([signal, lost.signal]));
    deps.log.info({ serverId: row.serverId, state: state ?? "lease lost" }, "scan ended");
  } catch (error) {
    if (signal.aborted) await endScan(deps.db, row.serverId, row.token, {});
    else if (isDatabaseAway(error)) await giveBack(deps, row, error, AbortSignal.any([signal, lost.signal]));
    else if (!lost.signal.aborted) await fail(deps, row, problemOf(deps, row, error));
  } finally {
    ended.abort();
    await beat;
  }
}

/** The database was away for a moment, which says nothing about the server: it is read again soon. */
async function giveBack(deps: ScannerDeps, row: ScanRow, met: unknown, signal: AbortSignal): Promise<void> {
  const { clock, limits, db, log, random } = deps;
  log.warn({ err: met, serverId: row.serverId }, "a scan met no database and is begun again");
  const untilMs = clock.monotonicMs() + limits.leaseMs;
  while (!signal.aborted) {
    try {
      const dueAt = new Date(clock.now().getTime() + spreadOut(againMs, random()));
      return await endScan(db, row.serverId, row.token, { dueAt });
    } catch (error) {
      // Later than that the lease has run out, and anybody may read the server.
      if (!isDatabaseAway(error) || clock.monotonicMs() > untilMs) throw error;
      await clock.wait(rewriteMs, signal);
    }
  }
}

async function keepLease(deps: ScannerDeps, row: ScanRow, ended: AbortSignal, lost: AbortController): Promise<void> {
  const { clock, limits, db, log } = deps;
  for (;;) {
    await clock.wait(limits.leaseMs / 3, ended);
    if (ended.aborted) return;
    try {
      const until = new Date(clock.now().getTime() + limits.leaseMs);
      if (!(await renewLease(db, row.serverId, row.token, until))) return lost.abort();
    } catch (error) {
      log.warn({ err: error, serverId: row.serverId }, "scan lease not renewed");
    }
  }
}

async function scanServer(deps: Scanning, row: ScanRow, place: number, signal: AbortSignal) {
  const { clock, limits } = deps;
  const { serverId, token } = row;
  const folders = await sharedFolders(deps.db, serverId);
  if (folders.length === 0) return countUnshared(deps, row, signal);
  const isOther = await beginScope(deps, row, folders);
  const roots = minimalRoots(folders.map((folder) => folder.path));
  const isFull =
    isOther || !row.fullAt || clock.now().getTime() - row.fullAt.getTime() > fullSweepEvery * limits.everyMs;
  const load = isFull ? beginLoad(deps, serverId) : undefined;
  const known = isFull ? new Map<string, KnownFolder>() : await knownFolders(deps.db, serverId);
  const staging = createStaging({ connect: deps.connect, known, load });
  let database: Database | undefined;
  let done: AppliedScan | undefined;
  try {
    const outcome = await crawl({
      roots,
      open: (stop) => deps.open(serverId, { use: "files", signal: stop }),
      known,
      sessions: Math.min(limits.sessions, row.sessions + (isFull ? 1 : 0)),
      limits,
      clock,
      signal,
      onFolder: staging.add,
      onStill: staging.addStill,
      onTimes: staging.addTimes,
    });
    if (hasFailed(outcome)) return await fail(deps, row, outcome.problem ?? "core.internal");
    const isSame = outcome.isComplete && known.size > 0 && staging.isStill;
    if (!isSame) database = await staging.end();
    signal.throwIfAborted();
    const rest = { everyMs: limits.everyMs, random: deps.random(), now: clock.now(), onApplied: deps.onApplied };
    const input = { serverId, token, roots, outcome, isFull, load: await load, ...rest };
    done = database ? await applyScan(database.db, input) : await applyNothing(deps.db, input);
    return done?.state;
  } finally {
    if (database && done?.hasWritten) settle(deps, place, database, staging.close);
    else await staging.close();
  }
}

/** @returns whether other folders are shared than when the last scan began, which may be since `prepareScans` looked */
async function beginScope({ db }: ScannerDeps, { serverId, token, scope }: ScanRow, folders: readonly SharedFolder[]) {
  const shared = folders.map((folder) => folder.id);
  if (isDeepStrictEqual(shared, scope)) return false;
  if (scope.some((id) => !shared.includes(id))) await db.transaction((tx) => forgetUnshared(tx, serverId));
  await writeScope(db, serverId, token, shared);
  return true;
}

/** Nobody waits for it: who searches meanwhile reads the notes. */
function settle({ settling, log }: Scanning, place: number, database: Database, close: () => Promise<void>): void {
  const settled = settleIndexes(database.db)
    .finally(close)
    .catch((err: unknown) => log.warn({ err }, "indexes not put in order"))
    .finally(() => settling.delete(place));
  settling.set(place, settled);
}

/** Nothing of it is shared yet: its owner is told how much there is, and nothing of it is kept. */
async function countUnshared(deps: ScannerDeps, row: ScanRow, signal: AbortSignal) {
  const { clock, limits, onApplied } = deps;
  const found = { files: 0, bytes: 0 };
  const outcome = await crawl({
    roots: [""],
    open: (stop) => deps.open(row.serverId, { use: "files", signal: stop }),
    known: new Map(),
    sessions: Math.min(limits.sessions, row.sessions),
    limits,
    clock,
    signal,
    onFolder: async ({ files }) => {
      found.files += files.length;
      for (const { sizeBytes } of files) found.bytes = Math.min(found.bytes + sizeBytes, Number.MAX_SAFE_INTEGER);
    },
  });
  if (hasFailed(outcome)) return await fail(deps, row, outcome.problem ?? "core.internal");
  signal.throwIfAborted();
  const rest = { everyMs: limits.everyMs, random: deps.random(), now: clock.now(), onApplied };
  return await applyCount(deps.db, row, { found, outcome, ...rest });
}

function problemOf({ log }: ScannerDeps, { serverId }: ScanRow, error: unknown): string {
  const known = asFonError(error);
  if (!known) log.error({ err: error, serverId }, "scan broke");
  return known?.code ?? "core.internal";
}

/** Tried again later and later. */
async function fail(deps: ScannerDeps, row: ScanRow, problem: string): Promise<"failed"> {
  const failures = row.failures + 1;
  const now = deps.clock.now();
  const dueAt = new Date(now.getTime() + spreadOut(backoffMs(failures), deps.random()));
  await endScan(deps.db, row.serverId, row.token, { state: "failed", problem, failures, dueAt, finishedAt: now });
  return "failed";
}
