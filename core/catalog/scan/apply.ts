// One transaction that brings a finished crawl into the catalog, tells what it changed, and plans the next scan.
// A scan that lost its lease applies nothing.

import { isDeepStrictEqual } from "node:util";
import type { Db, Tx } from "../../platform/db.ts";
import { isWithin } from "../sight.ts";
import {
  applyDirectories,
  countKnown,
  countListed,
  countServer,
  dropUnshared,
  keepWords,
  placeFolders,
  readKnown,
  tellsNews,
} from "../store/apply.ts";
import { refusal } from "../store/copy.ts";
import type { Compared } from "../store/differences.ts";
import {
  addAndTellFiles,
  addFiles,
  boundNotes,
  compareFiles,
  countChanges,
  keepGone,
  moveFiles,
  removeGone,
  tellLoaded,
  updateFiles,
} from "../store/differences.ts";
import type { Load } from "../store/load.ts";
import type { Totals } from "../store/rows.ts";
import type { ScanRow } from "../store/scans.ts";
import { endScan, lockScan, sharedFolders } from "../store/scans.ts";
import type { AddedFile, Applied } from "../types.ts";
import type { CrawlOutcome } from "./crawl.ts";
import type { RootCount, Verdict } from "./judge.ts";
import { judge } from "./judge.ts";
import { beginAgain, isOvertaken, outcomeRow, quarantine } from "./outcome.ts";
import { minimalRoots } from "./roots.ts";

export interface ApplyInput {
  serverId: number;
  token: number;
  roots: string[];
  outcome: CrawlOutcome;
  /** Every folder was listed. */
  isFull: boolean;
  /** What has loaded the files; `db` goes on in its transaction. */
  load?: Load | undefined;
  everyMs: number;
  /** From 0 to 1. */
  random: number;
  now: Date;
  onApplied: (tx: Tx, applied: Applied) => Promise<void>;
}

export interface AppliedScan {
  /** Overtaken: nothing was applied, and the server is read anew at once. */
  state: Verdict["state"] | "overtaken";
  /** Words of new names are noted beside the indexes: `settleIndexes` is due, and no answer has to wait for it. */
  hasWritten: boolean;
}

class NothingApplied extends Error {}

/**
 * Where files were loaded a transaction is open: to begin another one then goes on with it, and its end is the end of both.
 * @returns undefined when the lease was lost and nothing was applied
 */
export async function applyScan(db: Db, input: ApplyInput): Promise<AppliedScan | undefined> {
  try {
    return await db.transaction(async (tx) => {
      const done = await applyWithin(tx, input);
      // What was loaded goes, too.
      if (!done) throw new NothingApplied();
      return done;
    });
  } catch (error) {
    if (error instanceof NothingApplied) return undefined;
    throw error;
  }
}

async function applyWithin(tx: Tx, input: ApplyInput): Promise<AppliedScan | undefined> {
  const { serverId, token, outcome, now, load } = input;
  const row = await lockScan(tx, serverId, token);
  if (!row) return undefined;
  if (isOvertaken(row, input)) return beginAgain(tx, input);
  const shared = minimalRoots((await sharedFolders(tx, serverId)).map((folder) => folder.path));
  if (!input.roots.every((root) => shared.some((one) => isWithin(root, one)))) await dropUnshared(tx, serverId, load);
  await placeFolders(tx, serverId, input);
  const knowsNone = load !== undefined || (await readKnown(tx, serverId)) === 0;
  const counts = outcome.isComplete && !knowsNone ? await countRoots(tx, input, shared) : [];
  const verdict = judge(outcome.isComplete, counts, row.lossAcceptedAt !== null);
  if (verdict.state === "quarantined") {
    await quarantine(tx, row, verdict, input);
    return { state: verdict.state, hasWritten: false };
  }
  const isComplete = verdict.state === "complete";
  const done = await applyDifferences(tx, { serverId, isComplete, knowsNone, at: now, load });
  const totals = await totalsAfter(tx, row, done, { isFull: input.isFull, isComplete, knowsNone });
  if (load && totals.files !== load.files) throw refusal();
  // What is shared since this scan began was not listed.
  const isSweep = input.isFull && isComplete && isDeepStrictEqual(input.roots, shared);
  const indexed = isSweep && row.fullAt === null ? { indexed: { files: totals.files, bytes: totals.bytes } } : {};
  const { added } = done;
  await input.onApplied(tx, { serverId, at: now, complete: isComplete, first: row.files === 0, added, ...indexed });
  const outcomes = outcomeRow(row, input, { isComplete, hasChanged: done.changes > 0 });
  await endScan(tx, serverId, token, { ...outcomes, ...totals, ...(isSweep ? { fullAt: now } : {}) });
  return { state: verdict.state, hasWritten: done.directories + done.changes > 0 };
}

/**
 * Of the scanned folders only what is still shared: what was unshared meanwhile is no loss. Files of folders that were
 * not listed again are counted only where their number decides.
 */
async function countRoots(tx: Tx, { serverId, roots }: ApplyInput, shared: string[]): Promise<RootCount[]> {
  const counts: RootCount[] = [];
  for (const root of shared) {
    if (!roots.some((one) => isWithin(root, one))) continue;
    const listed = await countListed(tx, root);
    // More files that are still there never make it half or all of them.
    const isMuchLess = listed.has * 2 < listed.had;
    const still = isMuchLess ? (await countKnown(tx, serverId, root)) - listed.had : 0;
    counts.push({ had: listed.had + still, has: listed.has + still });
  }
  return counts;
}

interface Differing extends Compared {
  serverId: number;
  at: Date;
  load: Load | undefined;
}

interface Differences {
  added: AddedFile[];
  directories: number;
  moved: number;
  /** Of files, moved ones included, and folders that were removed. */
  changes: number;
}

async function applyDifferences(tx: Tx, differing: Differing): Promise<Differences> {
  const { serverId, isComplete, knowsNone, at, load } = differing;
  await keepWords(tx, load);
  if (!load) await boundNotes(tx);
  const directories = await applyDirectories(tx, serverId);
  if (load) return await applyLoaded(tx, differing, directories);
  const isSame = !knowsNone && (await compareFiles(tx)) === 0;
  const moved = isComplete && !knowsNone && !isSame ? await moveFiles(tx, serverId) : 0;
  const updated = knowsNone || isSame ? 0 : await updateFiles(tx, serverId);
  const adding = { serverId, at, knowsNone };
  const added = !isSame && (await tellsNews(tx, serverId)) ? await addAndTellFiles(tx, adding) : undefined;
  const count = added?.length ?? (isSame ? 0 : await addFiles(tx, adding));
  const removed = await settleGone(tx, differing);
  return { added: added ?? [], directories, moved, changes: moved + updated + count + removed };
}

/** Files are there already. */
async function applyLoaded(tx: Tx, differing: Differing, directories: number): Promise<Differences> {
  const { serverId, at, load } = differing;
  const added = (await tellsNews(tx, serverId)) ? await tellLoaded(tx, serverId, at) : [];
  const removed = await settleGone(tx, differing);
  return { added, directories, moved: 0, changes: (load?.files ?? 0) + removed };
}

/** @returns how many files and folders were removed */
async function settleGone(tx: Tx, { serverId, isComplete, knowsNone }: Differing): Promise<number> {
  const removed = isComplete ? await removeGone(tx, serverId, knowsNone) : 0;
  await keepGone(tx, { isComplete, knowsNone });
  return removed;
}

/** Counted anew from time to time, and when it may be another file that is the newest; adding up looks at what changed alone. */
async function totalsAfter(
  tx: Tx,
  { serverId, files, bytes, newestAt }: ScanRow,
  { moved, changes }: Differences,
  { isFull, isComplete, knowsNone }: Compared & { isFull: boolean },
): Promise<Totals> {
  if (isFull || moved > 0 || bytes === Number.MAX_SAFE_INTEGER) return countServer(tx, serverId);
  if (changes === 0) return { files, bytes, newestAt };
  const more = await countChanges(tx, { isComplete, knowsNone });
  const isNewestLost = more.lostAt && newestAt && more.lostAt >= newestAt;
  const isNewer = more.newestAt && more.lostAt && more.newestAt >= more.lostAt;
  if (isNewestLost && !isNewer) return countServer(tx, serverId);
  return {
    files: files + more.files,
    bytes: Math.min(bytes + more.bytes, Number.MAX_SAFE_INTEGER),
    newestAt: laterOf(newestAt, more.newestAt),
  };
}

function laterOf(one: Date | null, other: Date | null): Date | null {
  if (one && other) return one > other ? one : other;
  return one ?? other;
}
