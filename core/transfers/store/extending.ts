// More light files for a train that is under way. They go in its place, so nothing is leased where somebody else waits for
// that: the train then ends, and turns are taken (leasing.ts).
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { runTogether } from "../../platform/db.ts";
import { taking } from "../../platform/locks.ts";
import type { Lease } from "../lease.ts";
import { continueTrain, leastLightBytes, lineOf, pairKey } from "../trains.ts";
import { mostOfOnePerson } from "../turns.ts";
import type { LeaseRequest, RunningTrain } from "./leasing.ts";
import { runningTrains } from "./leasing.ts";
import { frontsOf, isAnotherDue, lightAhead, plans } from "./lines.ts";
import { runningNames, withoutRivals } from "./rivals.ts";
import { startRows } from "./starting.ts";

export interface Extension extends Pick<LeaseRequest, "owner" | "now" | "leaseUntil" | "except" | "trains"> {
  /** At most so many. */
  files: number;
}

/** @param head one of the train's that runs still: what comes counts as started with it, and so as one train with it */
export async function extend(tx: Tx, head: Lease, request: Extension): Promise<Lease[]> {
  const lightBytes = request.trains?.pairs.get(pairKey(head)) ?? leastLightBytes;
  const [, , [train], running, front, [ahead], names] = await runTogether(tx, [
    taking("leasing"),
    plans("ordered"),
    startOf(head, request.now),
    runningTrains,
    frontsOf([{ ...head, most: request.files }], request),
    lightAhead({ ...head, most: mostOfOnePerson * request.files }, lightBytes, request),
    runningNames([head.destinationId]),
  ]);
  if (!train) return [];
  const inLine = withoutRivals(front, names);
  const trains = trainsOf(head, running);
  const chosen = continueTrain(inLine, { most: request.files, trains, left: ahead?.files ?? 0, lightBytes });
  if (chosen.length === 0) return [];
  const leases = await startRows(tx, chosen, sql`${train.startedAt}::timestamptz`, request);
  return chosen.flatMap(({ id }) => leases.get(id) ?? []);
}

/** Nobody else waits for the place of the train that `head` is one of. */
export async function mayGoOn(db: Db, head: Lease, now: Date): Promise<boolean> {
  const [, train] = await runTogether(db, [plans("ordered"), startOf(head, now)]);
  return train.length > 0;
}

/**
 * When the train began, as long as it may go on. No row when `head` is not held any more: then its place is free for
 * whoever is next. Also when anything is due that wants a slot of the source, or a place of this person (to whom the
 * destination belongs), and is not in the same line.
 */
function startOf(head: Lease, now: Date): SQL<{ startedAt: string }> {
  return sql`
    select started_at::text as "startedAt" from transfer
    where id = ${head.id} and token = ${head.token} and state = 'running' and not ${isAnotherDue(head, now)}`;
}

function trainsOf(head: Lease, running: readonly RunningTrain[]): number {
  return Math.max(1, running.filter((train) => lineOf(train) === lineOf(head)).length);
}
