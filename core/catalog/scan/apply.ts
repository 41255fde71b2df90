// One transaction that brings a finished crawl into the catalog, tells what it changed, and plans the next scan.
// A scan that lost its lease applies nothing.

import { isDeepStrictEqual } from "node:util";
import type { Db, Tx } from "../../platform/db.ts";
import { isWithin } from "../sight.ts";
import {
  addDirectories,
  countKnown,
  countListed,
  countRows,
  countServer,
  dropUnshared,
  keepWords,
  mendTotals,
  placeFolders,
  readKnown,
  tellsNews,
  updateDirectories,
} from "../store/apply.ts";
import { refusal } from "../store/copy.ts";
import type { Compared } from "../store/differences.ts";
import {
  addAndTellFiles,
  addFiles,
  boundNotes,
  compareFiles,
  countOwn,
  keepGone,
  moveFiles,
  removeGone,
  tellLoaded,
  updateFiles,
} from "../store/differences.ts";
import type { Load } from "../store/load.ts";
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
  if (input.isFull && !load) await mendTotals(tx, serverId);
  const totals = await countServer(tx, serverId);
  if (load && (totals.files !== load.files || (await countRows(tx, serverId)) !== load.files)) throw refusal();
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
    const still = isMuchLess ? Math.max(0, (await countKnown(tx, serverId, root)) - listed.had) : 0;
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
  /** For who hears of new files. */
  added: AddedFile[];
  directories: number;
  /** Of files, moved ones included, and folders that were removed. */
  changes: number;
}

async function applyDifferences(tx: Tx, differing: Differing): Promise<Differences> {
  const { serverId, isComplete, knowsNone, load } = differing;
  await keepWords(tx, load);
  if (!load) await boundNotes(tx);
  const made = await addDirectories(tx, serverId);
  const { added, changes } = load ? await tellOf(tx, differing, load) : await applyFiles(tx, differing);
  const removed = isComplete ? await removeGone(tx, serverId, knowsNone) : 0;
  await countOwn(tx, serverId, knowsNone);
  const updated = await updateDirectories(tx, serverId);
  await keepGone(tx, { isComplete, knowsNone });
  return { added, directories: made + updated, changes: changes + removed };
}

type FileDifferences = Omit<Differences, "directories">;

/** All but files that are gone. */
async function applyFiles(tx: Tx, { serverId, isComplete, knowsNone, at }: Differing): Promise<FileDifferences> {
  if (!knowsNone && (await compareFiles(tx)) === 0) return { added: [], changes: 0 };
  const moved = isComplete && !knowsNone ? await moveFiles(tx, serverId) : 0;
  const updated = knowsNone ? 0 : await updateFiles(tx, serverId);
  const adding = { serverId, at, knowsNone };
  const added = (await tellsNews(tx, serverId)) ? await addAndTellFiles(tx, adding) : undefined;
  const count = added?.length ?? (await addFiles(tx, adding));
  return { added: added ?? [], changes: moved + updated + count };
}

/** Of files that are there already. */
async function tellOf(tx: Tx, { serverId, at }: Differing, { files }: Load): Promise<FileDifferences> {
  return { added: (await tellsNews(tx, serverId)) ? await tellLoaded(tx, serverId, at) : [], changes: files };
}
