// What a scan of a server that shares nothing yet leaves: how much there is, for its owner, and no name of it.
import type { Db } from "../../platform/db.ts";
import type { ScanRow } from "../store/scans.ts";
import { endScan, lockScan, sharedFolders } from "../store/scans.ts";
import type { ApplyInput } from "./apply.ts";
import { nextInterval, spreadOut } from "./interval.ts";

export interface CountInput extends Pick<ApplyInput, "outcome" | "everyMs" | "random" | "now" | "onApplied"> {
  found: { files: number; bytes: number };
}

/**
 * A whole count is the only one; it is tried again until then. One during which something was shared is worth nothing: the
 * server is read anew at once, as a catalog.
 * @returns undefined when nothing was written down: the lease was lost, or something is shared by now
 */
export async function applyCount(
  db: Db,
  { serverId, token }: ScanRow,
  { found, outcome, everyMs, random, now, onApplied }: CountInput,
): Promise<"complete" | "partial" | undefined> {
  return db.transaction(async (tx) => {
    const row = await lockScan(tx, serverId, token);
    if (!row) return undefined;
    if ((await sharedFolders(tx, serverId)).length > 0) {
      await endScan(tx, serverId, token, { dueAt: now });
      return undefined;
    }
    const { isComplete } = outcome;
    if (isComplete && row.fullAt === null) {
      // Not complete: a share that comes in this very moment would be introduced with nothing in it.
      await onApplied(tx, { serverId, at: now, complete: false, first: true, added: [], indexed: found });
    }
    const intervalMs = nextInterval({ everyMs, intervalMs: row.intervalMs }, false);
    const dueAt = new Date(now.getTime() + spreadOut(intervalMs, random));
    const plan = { intervalMs, dueAt, sessions: outcome.sessions, failures: 0, finishedAt: now };
    const state = isComplete ? ("complete" as const) : ("partial" as const);
    const problem = isComplete ? null : (outcome.problem ?? null);
    await endScan(tx, serverId, token, { ...plan, ...found, state, problem, ...(isComplete ? { fullAt: now } : {}) });
    return state;
  });
}
