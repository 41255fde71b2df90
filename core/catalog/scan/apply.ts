// One transaction that brings a finished crawl into the catalog, tells what it changed, and plans the next scan.
// A scan that lost its lease applies nothing.

import type { Db, Tx } from "../../platform/db.ts";
import { appendEvent } from "../../platform/outbox.ts";
import { makeRef } from "../../platform/refs.ts";
import { isWithin } from "../sight.ts";
import type { Totals } from "../store/apply.ts";
import {
  applyDirectories,
  countListed,
  countServer,
  countSkipped,
  dropUnshared,
  keepWords,
  placeFolders,
  readKnown,
  settleIndexes,
  tellsNews,
} from "../store/apply.ts";
import {
  addAndTellFiles,
  addFiles,
  boundNotes,
  compareFiles,
  countChanges,
  moveFiles,
  removeGone,
  updateFiles,
} from "../store/differences.ts";
import type { ScanRow } from "../store/scans.ts";
import { endScan, lockScan, serverOf, sharedFolders } from "../store/scans.ts";
import type { AddedFile, Applied } from "../types.ts";
import type { CrawlOutcome } from "./crawl.ts";
import { dueInMs, nextInterval } from "./interval.ts";
import type { RootCount, Verdict } from "./judge.ts";
import { judge } from "./judge.ts";
import { minimalRoots } from "./roots.ts";

export interface ApplyInput {
  serverId: number;
  token: number;
  roots: string[];
  outcome: CrawlOutcome;
  /** Every folder was listed. */
  isFull: boolean;
  everyMs: number;
  /** From 0 to 1. */
  random: number;
  now: Date;
  onApplied: (tx: Tx, applied: Applied) => Promise<void>;
}

/** @returns how it ended, or undefined when the lease was lost and nothing was applied */
export async function applyScan(db: Db, input: ApplyInput): Promise<Verdict["state"] | undefined> {
  const done = await db.transaction((tx) => applyWithin(tx, input));
  if (done?.hasWritten) await settleIndexes(db);
  return done?.state;
}

async function applyWithin(tx: Tx, input: ApplyInput) {
  const { serverId, token, outcome, now } = input;
  const row = await lockScan(tx, serverId, token);
  if (!row) return undefined;
  const shared = minimalRoots((await sharedFolders(tx, serverId)).map((folder) => folder.path));
  if (!input.roots.every((root) => shared.some((one) => isWithin(root, one)))) await dropUnshared(tx, serverId);
  await placeFolders(tx, serverId);
  const knowsNone = (await readKnown(tx, serverId)) === 0;
  const counts = outcome.isComplete && !knowsNone ? await countRoots(tx, input, shared) : [];
  const verdict = judge(outcome.isComplete, counts, row.lossAcceptedAt !== null);
  if (verdict.state === "quarantined") {
    await quarantine(tx, row, verdict, input);
    return { state: verdict.state, hasWritten: false };
  }
  const isComplete = verdict.state === "complete";
  const done = await applyDifferences(tx, { serverId, isComplete, knowsNone, at: now });
  const totals = await totalsAfter(tx, row, { isFull: input.isFull, isComplete, knowsNone, changes: done.changes });
  const indexed = isComplete && row.fullAt === null ? { indexed: totals } : {};
  const { added } = done;
  await input.onApplied(tx, { serverId, at: now, complete: isComplete, first: row.files === 0, added, ...indexed });
  const outcomes = outcomeRow(row, input, { isComplete, hasChanged: done.changes > 0 });
  await endScan(tx, serverId, token, { ...outcomes, ...totals });
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
    const skipped = listed.has * 2 < listed.had ? await countSkipped(tx, serverId, root) : 0;
    counts.push({ had: listed.had + skipped, has: listed.has + skipped });
  }
  return counts;
}

interface Differing {
  serverId: number;
  isComplete: boolean;
  /** The catalog has no file in the folders that were listed, and in none that is missing. */
  knowsNone: boolean;
  at: Date;
}

async function applyDifferences(
  tx: Tx,
  { serverId, isComplete, knowsNone, at }: Differing,
): Promise<{ added: AddedFile[]; directories: number; changes: number }> {
  await keepWords(tx);
  await boundNotes(tx);
  const directories = await applyDirectories(tx, serverId);
  const isSame = !knowsNone && (await compareFiles(tx)) === 0;
  const moved = isComplete && !knowsNone && !isSame ? await moveFiles(tx, serverId) : 0;
  const updated = knowsNone || isSame ? 0 : await updateFiles(tx, serverId);
  const adding = { serverId, at, knowsNone };
  const added = !isSame && (await tellsNews(tx, serverId)) ? await addAndTellFiles(tx, adding) : undefined;
  const count = added?.length ?? (isSame ? 0 : await addFiles(tx, adding));
  const removed = isComplete ? await removeGone(tx, serverId, knowsNone) : 0;
  return { added: added ?? [], directories, changes: moved + updated + count + removed };
}

/** Counted anew from time to time; adding up what changed costs no look at what did not. */
async function totalsAfter(
  tx: Tx,
  row: ScanRow,
  {
    isFull,
    isComplete,
    knowsNone,
    changes,
  }: Pick<Differing, "isComplete" | "knowsNone"> & { isFull: boolean; changes: number },
): Promise<Totals> {
  if (isFull || row.bytes === Number.MAX_SAFE_INTEGER) return countServer(tx, row.serverId);
  if (changes === 0) return { files: row.files, bytes: row.bytes };
  const more = await countChanges(tx, { isComplete, knowsNone });
  return { files: row.files + more.files, bytes: Math.min(row.bytes + more.bytes, Number.MAX_SAFE_INTEGER) };
}

function outcomeRow(
  row: ScanRow,
  input: ApplyInput,
  { isComplete, hasChanged }: { isComplete: boolean; hasChanged: boolean },
): Partial<ScanRow> {
  const { outcome, now, everyMs, random } = input;
  const intervalMs = nextInterval({ everyMs, intervalMs: row.intervalMs }, hasChanged);
  const dueMs = dueInMs(intervalMs, { now: outcome.held, before: row.held }, random);
  return {
    state: isComplete ? "complete" : "partial",
    problem: isComplete ? null : (outcome.problem ?? null),
    intervalMs,
    dueAt: new Date(now.getTime() + dueMs),
    held: outcome.held,
    sessions: outcome.sessions,
    failures: 0,
    finishedAt: now,
    ...(isComplete ? { lossAcceptedAt: null } : {}),
    ...(isComplete && input.isFull ? { fullAt: now } : {}),
  };
}

/** Nothing is applied, and the owner hears of it once, until files are back or the loss is accepted. */
async function quarantine(
  tx: Tx,
  row: ScanRow,
  { lost, had }: { lost: number; had: number },
  { now, everyMs, random }: ApplyInput,
): Promise<void> {
  const { serverId, token } = row;
  const server = await serverOf(tx, serverId);
  const dueAt = new Date(now.getTime() + dueInMs(everyMs, { now: 0, before: 0 }, random));
  await endScan(tx, serverId, token, { state: "quarantined", problem: null, dueAt, failures: 0, finishedAt: now });
  if (row.state === "quarantined" || !server) return;
  await appendEvent(tx, {
    key: `scan.quarantined:${serverId}:${token}`,
    personId: server.ownerId,
    serverId,
    telling: { kind: "scan.quarantined", server: makeRef("s", serverId), label: server.label, lost, had },
  });
}
