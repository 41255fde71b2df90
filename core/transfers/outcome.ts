// From what went wrong in a run to how the run ends. Pure.
import type { ErrorCode } from "#contract";
import { isDatabaseAway } from "../platform/db.ts";
import { asFonError } from "../platform/errors.ts";
import type { Side } from "./blame.ts";
import { Blamed } from "./blame.ts";
import { isCounted, isDamage, judge } from "./classify.ts";
import type { Lease, Outcome, SeenFile } from "./lease.ts";
import { nameOf } from "./permit.ts";
import { ChangedFile, KnownShortage } from "./prepare.ts";
import { msToNextDay } from "./relay-quota.ts";
import type { Ends } from "./store/knowledge.ts";
import { UsedUp } from "./ways.ts";

export interface Trouble {
  code: ErrorCode;
  side: Side | undefined;
  seen?: SeenFile;
  /** Trying it again from the same source is no use. */
  isUsedUp?: boolean;
  /** Others that need the same server need not wait with it. */
  isOwn?: boolean;
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

/** Anything that we did not foresee is `core.internal`; a database that is away for a moment says nothing of the file. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ChangedFile) return { code: "file.changed", side: "source", seen: error.seen };
  if (error instanceof Blamed) return blamed(error);
  if (error instanceof KnownShortage) return { code: "inbox.no-space", side: "destination", isOwn: true };
  if (error instanceof UsedUp) return { code: error.code, side: undefined, isUsedUp: true };
  const code = asFonError(error)?.code ?? (isDatabaseAway(error) ? "core.unavailable" : "core.internal");
  return { code, side: sidesByCode[code] };
}

/** What is missing or closed in an inbox is not the file that its person asked for. */
function blamed({ side, trouble: { code } }: Blamed): Trouble {
  const isAboutFile = code === "file.gone" || code === "file.unreadable";
  return { code: side === "destination" && isAboutFile ? "inbox.refused" : code, side };
}

export interface Circumstances {
  lease: Lease;
  ends: Ends;
  /** See `hasProgressed`: then the count of failures starts anew. */
  hasProgressed: boolean;
  /** The way that was used or tried last. */
  wayId: string | null;
  now: Date;
}

export function outcomeOf(trouble: Trouble, { lease, ends, hasProgressed, wayId, now }: Circumstances): Outcome {
  const { code, side, seen, isUsedUp, isOwn } = trouble;
  const attempts = hasProgressed ? 1 : lease.attempts + 1;
  const reason = { code, params: side ? nameOf(side, ends) : {} };
  const learnings = learningsOf(trouble, lease, wayId);
  const verdict = isUsedUp ? ({ kind: "stop" } as const) : judge(code, attempts);
  if (verdict.kind === "stop") return { kind: "over", state: "failed", reason, ...learnings };
  const delayMs = code === "pull.relay-quota" ? msToNextDay(now) : verdict.delayMs;
  const wait = { kind: "wait" as const, reason, delayMs, attempts, ...(seen ? { seen } : {}), ...learnings };
  if (verdict.kind === "retry" || !side || isOwn) return wait;
  return { ...wait, waitsForId: side === "source" ? lease.sourceId : lease.destinationId };
}

function learningsOf({ code, isUsedUp }: Trouble, { sourceId, tried }: Lease, wayId: string | null) {
  const isDamaged = isDamage(code) && !isUsedUp;
  if (!isDamaged && !isCounted(code)) return {};
  const isCountedAlready = tried.some((one) => one.sourceId === sourceId && one.code === code && !isDamaged);
  if (isCountedAlready) return {};
  const one = { sourceId, code, arrangement: wayId ?? "" };
  return { tried: [...tried, one], ...(isDamaged ? { differs: true } : {}) };
}

/** Less is what a server that crawls brings in one attempt: it would come again for ever. */
const progressBytes = 64 * 1024;

/** Did this attempt bring enough, or the whole rest, that an earlier failure says nothing any more? */
export function hasProgressed({ bytesDone: before, sizeBytes }: Lease, bytesDone: number): boolean {
  return bytesDone - before >= progressBytes || (bytesDone > before && bytesDone >= sizeBytes);
}

/** How often it went wrong like that with this source, this time included. */
export function timesOf(code: ErrorCode, lease: Lease): number {
  const isKnown = lease.tried.some((one) => one.sourceId === lease.sourceId && one.code === code);
  return Math.max(lease.attempts + 1, isKnown ? 2 : 1);
}

/** Did a connection that was kept from an earlier file turn out to be dead? Then nothing is wrong with the transfer. */
export function isStaleConnection(error: unknown): boolean {
  return ["server.offline", "server.protocol", "fxp.cut"].includes(troubleOf(error).code);
}
