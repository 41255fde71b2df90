// The end of a scan that found every folder as the catalog has it: the next one is planned, and nothing else is written.
import type { Db } from "../../platform/db.ts";
import { endScan, lockScan } from "../store/scans.ts";
import type { AppliedScan, ApplyInput } from "./apply.ts";
import { beginAgain, isOvertaken, outcomeRow } from "./outcome.ts";

/** @returns undefined when the lease was lost */
export async function applyNothing(db: Db, input: ApplyInput): Promise<AppliedScan | undefined> {
  const { serverId, token, now } = input;
  return db.transaction(async (tx) => {
    const row = await lockScan(tx, serverId, token);
    if (!row) return undefined;
    if (isOvertaken(row, input)) return beginAgain(tx, input);
    // A share in folders that were read before wants its introduction.
    await input.onApplied(tx, { serverId, at: now, complete: true, first: row.files === 0, added: [] });
    await endScan(tx, serverId, token, outcomeRow(row, input, { isComplete: true, hasChanged: false }));
    return { state: "complete", hasWritten: false };
  });
}
