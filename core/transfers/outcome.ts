// From what went wrong in a run to how the run ends. Pure.
import type { ErrorCode } from "#contract";
import { asFonError } from "../platform/errors.ts";
import type { Side } from "./blame.ts";
import { Blamed } from "./blame.ts";
import { judge } from "./classify.ts";
import type { Lease, Outcome, SeenFile } from "./lease.ts";
import { nameOf } from "./permit.ts";
import { ChangedFile } from "./prepare.ts";
import type { Ends } from "./store/knowledge.ts";

interface Trouble {
  code: ErrorCode;
  side: Side | undefined;
  seen?: SeenFile;
}

const sidesByCode: Readonly<Partial<Record<ErrorCode, Side>>> = {
  "fxp.refused-by-source": "source",
  "fxp.refused-by-destination": "destination",
  "file.gone": "source",
  "file.unreadable": "source",
  "inbox.exists": "destination",
  "inbox.no-space": "destination",
  "inbox.refused": "destination",
};

/** Anything that we did not foresee is `core.internal`. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ChangedFile) return { code: "file.changed", side: "source", seen: error.seen };
  if (error instanceof Blamed) return { code: error.trouble.code, side: error.side };
  const code = asFonError(error)?.code ?? "core.internal";
  return { code, side: sidesByCode[code] };
}

/** @param hasProgressed bytes were added since the last attempt: then the count of failures starts anew */
export function outcomeOf(error: unknown, lease: Lease, ends: Ends, hasProgressed: boolean): Outcome {
  const { code, side, seen } = troubleOf(error);
  const attempts = hasProgressed ? 1 : lease.attempts + 1;
  const reason = { code, params: side ? nameOf(side, ends) : {} };
  const verdict = judge(code, attempts);
  if (verdict.kind === "stop") return { kind: "over", state: "failed", reason };
  const wait = { kind: "wait" as const, reason, delayMs: verdict.delayMs, attempts, ...(seen ? { seen } : {}) };
  if (verdict.kind === "retry" || !side) return wait;
  return { ...wait, waitsForId: side === "source" ? lease.sourceId : lease.destinationId };
}

/** Did a connection that was kept from an earlier file turn out to be dead? Then nothing is wrong with the transfer. */
export function isStaleConnection(error: unknown): boolean {
  return ["server.offline", "server.protocol", "fxp.cut"].includes(troubleOf(error).code);
}
