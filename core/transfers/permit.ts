// May this transfer run at this moment: asked before it starts and again whenever rights change while it runs.
import type { ErrorCode, ErrorParams } from "#contract";
import type { Shares } from "../shares/index.ts";
import type { Side } from "./blame.ts";
import { both } from "./blame.ts";
import { judge } from "./classify.ts";
import type { Lease, Outcome } from "./lease.ts";
import type { Ends, Knowledge } from "./store/knowledge.ts";
import { knownRefusal } from "./ways.ts";

export interface PermitDeps {
  knowledge: Pick<Knowledge, "ends">;
  shares: Pick<Shares, "sight">;
}

/** The two ends when it may run, else how it ends without a byte. */
export type Permit = { ends: Ends } | { refusal: Outcome; ends?: Ends };

export async function permit(deps: PermitDeps, lease: Lease): Promise<Permit> {
  const permitOf = await permitsFor(deps, lease);
  return permitOf(lease);
}

/** For leases of one line (see `lineOf`), as it is now: they have person, group and servers in common. */
export async function permitsFor(
  { knowledge, shares }: PermitDeps,
  line: Pick<Lease, "personId" | "groupId" | "sourceId" | "destinationId">,
): Promise<(lease: Lease) => Permit> {
  const [ends, sees] = await both(knowledge.ends(line), shares.sight(line.personId, line.groupId));
  return (lease) => permitOf(lease, ends, sees(lease.sourceId, lease.sourcePath));
}

/** Pure. */
function permitOf(lease: Lease, ends: Ends | undefined, isSeen: boolean): Permit {
  if (!ends) return { refusal: { kind: "lost" } };
  const refusal = refusalOf(lease, ends, isSeen);
  return refusal ? { refusal, ends } : { ends };
}

function refusalOf(lease: Lease, ends: Ends, isSeen: boolean): Outcome | undefined {
  if (!isSeen) return { kind: "over", state: "cancelled", reason: { code: "pull.no-longer-allowed", params: {} } };
  if (!ends.isOwnDestination || !ends.hasInbox) return over("server.no-inbox", nameOf("destination", ends));
  const refusal = knownRefusal(ends);
  if (refusal) return over(refusal, {});
  return stopped(lease, ends, "source", ends.sourceState) ?? stopped(lease, ends, "destination", ends.destinationState);
}

function over(code: ErrorCode, params: ErrorParams): Outcome {
  return { kind: "over", state: "failed", reason: { code, params } };
}

function stopped(lease: Lease, ends: Ends, side: Side, state: string): Outcome | undefined {
  if (state !== "paused" && state !== "locked") return undefined;
  const code = state === "paused" ? "server.paused" : "server.locked";
  const verdict = judge(code, 1);
  return {
    kind: "wait",
    reason: { code, params: nameOf(side, ends) },
    delayMs: verdict.kind === "stop" ? 0 : verdict.delayMs,
    attempts: lease.attempts,
    waitsForId: side === "source" ? lease.sourceId : lease.destinationId,
  };
}

/** What a person may know of a server: their own by its label, another's by its owner's name. */
export function nameOf(side: Side, ends: Ends): ErrorParams {
  return side === "source" ? { server: ends.sourceOwner, owner: ends.sourceOwner } : { server: ends.destinationLabel };
}
