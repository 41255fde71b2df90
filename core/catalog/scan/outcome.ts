// How a scan ended: its row, when the next one is due, and the word to the owner when so much was lost that nothing was applied.
import type { Tx } from "../../platform/db.ts";
import { appendEvent } from "../../platform/outbox.ts";
import { makeRef } from "../../platform/refs.ts";
import type { ScanRow } from "../store/scans.ts";
import { endScan, serverOf } from "../store/scans.ts";
import type { AppliedScan, ApplyInput } from "./apply.ts";
import { dueInMs, nextInterval } from "./interval.ts";

export function outcomeRow(
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
  };
}

/**
 * A full sweep was asked for since this scan began, or shares came and went: the folders that it took for known may be so no
 * more. What was listed alone says nothing of the others.
 */
export function isOvertaken({ fullAt }: ScanRow, { isFull }: ApplyInput): boolean {
  return !isFull && (fullAt === null || fullAt.getTime() === 0);
}

export async function beginAgain(tx: Tx, { serverId, token, now }: ApplyInput): Promise<AppliedScan> {
  await endScan(tx, serverId, token, { dueAt: now });
  return { state: "overtaken", hasWritten: false };
}

/** Nothing is applied, and the owner hears of it once, until files are back or the loss is accepted. */
export async function quarantine(
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
