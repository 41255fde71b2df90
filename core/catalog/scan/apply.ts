// One transaction that brings a finished crawl into the catalog, tells what it changed, and plans the next scan.
// A scan that lost its lease applies nothing.

import type { Db, Tx } from "../../platform/db.ts";
import { appendEvent } from "../../platform/outbox.ts";
import { makeRef } from "../../platform/refs.ts";
import { isWithin } from "../sight.ts";
import {
  addFiles,
  applyDirectories,
  countRoot,
  countServer,
  dropUnshared,
  learnWords,
  moveFiles,
  removeGone,
  updateFiles,
} from "../store/apply.ts";
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
  const { serverId, token, roots, outcome, now } = input;
  return db.transaction(async (tx) => {
    const row = await lockScan(tx, serverId, token);
    if (!row) return undefined;
    await dropUnshared(tx, serverId);
    const counts = outcome.isComplete ? await countRoots(tx, serverId, roots) : [];
    const verdict = judge(outcome.isComplete, counts, row.lossAcceptedAt !== null);
    if (verdict.state === "quarantined") {
      await quarantine(tx, row, verdict, input);
      return verdict.state;
    }
    const isComplete = verdict.state === "complete";
    const { added, changes } = await applyDifferences(tx, serverId, isComplete, now);
    const isFirstWhole = isComplete && row.fullAt === null;
    const indexed = isFirstWhole ? { indexed: await countServer(tx, serverId) } : {};
    await input.onApplied(tx, { serverId, at: now, complete: isComplete, first: row.files === 0, added, ...indexed });
    await endScan(tx, serverId, token, await outcomeRow(tx, row, input, { isComplete, changes }));
    return verdict.state;
  });
}

/** Of the scanned folders only what is still shared: what was unshared meanwhile is no loss. */
async function countRoots(tx: Tx, serverId: number, scanned: string[]): Promise<RootCount[]> {
  const shared = minimalRoots((await sharedFolders(tx, serverId)).map((folder) => folder.path));
  const counts: RootCount[] = [];
  for (const root of shared) {
    if (scanned.some((one) => isWithin(root, one))) counts.push(await countRoot(tx, serverId, root));
  }
  return counts;
}

async function applyDifferences(
  tx: Tx,
  serverId: number,
  isComplete: boolean,
  at: Date,
): Promise<{ added: AddedFile[]; changes: number }> {
  const directories = await applyDirectories(tx, serverId);
  const moved = isComplete ? await moveFiles(tx, serverId) : 0;
  const updated = await updateFiles(tx, serverId);
  const added = await addFiles(tx, serverId, at);
  const removed = isComplete ? await removeGone(tx, serverId) : 0;
  if (directories > 0 || added.length > 0) await learnWords(tx);
  return { added, changes: moved + updated + added.length + removed };
}

async function outcomeRow(
  tx: Tx,
  row: ScanRow,
  input: ApplyInput,
  { isComplete, changes }: { isComplete: boolean; changes: number },
): Promise<Partial<ScanRow>> {
  const { outcome, now, everyMs, random } = input;
  const intervalMs = nextInterval({ everyMs, intervalMs: row.intervalMs }, changes > 0);
  const dueMs = dueInMs(intervalMs, { now: outcome.held, before: row.held }, random);
  const totals = changes > 0 ? await countServer(tx, row.serverId) : {};
  return {
    ...totals,
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
