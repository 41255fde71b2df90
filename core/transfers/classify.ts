// What to do after something went wrong with a transfer. Pure: the code and the count decide, nothing else.
import type { ErrorCode } from "#contract";
import type { Side } from "./blame.ts";

export type Verdict =
  /** Over: tell the person. */
  | { kind: "stop" }
  /** The same transfer again after a while. */
  | { kind: "retry"; delayMs: number }
  /** Like retry, and everything else that needs the same server waits too. */
  | { kind: "hold"; delayMs: number };

interface Class {
  kind: "retry" | "hold";
  delaysMs: readonly number[];
  /** Failures in a row without a byte of progress after which it stops; without it never. */
  limit?: number;
}

const second = 1_000;
const minute = 60 * second;

const hiccup: Class = { kind: "retry", delaysMs: [second, 5 * second, 15 * second, minute, 5 * minute], limit: 6 };
const moving: Class = { kind: "retry", delaysMs: [30 * second, minute, 5 * minute, 15 * minute], limit: 6 };
const away: Class = {
  kind: "hold",
  delaysMs: [5 * second, 15 * second, 30 * second, minute, 2 * minute, 5 * minute, 10 * minute],
};
const full: Class = { kind: "hold", delaysMs: [3 * second, 5 * second, 10 * second, 20 * second, 30 * second, minute] };
const space: Class = { kind: "hold", delaysMs: [minute, 5 * minute, 15 * minute, 60 * minute] };
const owner: Class = { kind: "hold", delaysMs: [15 * minute] };
/** The ways and sources that are left end it long before the count does. */
const damage: Class = { kind: "retry", delaysMs: [second], limit: 20 };
/** Nothing that a server or a file can help: it goes on however long it takes. */
const ourselves: Class = { kind: "retry", delaysMs: [second, 5 * second, 15 * second, minute] };
/** The time of the next try is known otherwise; see outcome.ts. */
const quota: Class = { kind: "retry", delaysMs: [60 * minute] };

/** Codes that are not here stop the transfer. */
const classes: Readonly<Partial<Record<ErrorCode, Class>>> = {
  "fxp.cut": hiccup,
  "fxp.stalled": hiccup,
  "fxp.size-differs": damage,
  "fxp.content-differs": damage,
  "pull.relay-quota": quota,
  "server.protocol": hiccup,
  "core.internal": hiccup,
  "core.unavailable": ourselves,
  "file.changed": moving,
  "server.offline": away,
  "server.address-unresolvable": away,
  "server.busy": full,
  "inbox.no-space": space,
  "server.paused": owner,
  "server.locked": owner,
  "server.login-refused": owner,
  "server.tls-required": owner,
  "server.tls-failed": owner,
  "server.certificate-unknown": owner,
  "server.certificate-changed": owner,
  "server.address-refused": owner,
  "server.no-inbox": owner,
};

/** @param failures in a row without progress, this one included (1 and up) */
export function judge(code: ErrorCode, failures: number): Verdict {
  const found = classes[code];
  if (!found || (found.limit !== undefined && failures >= found.limit)) return { kind: "stop" };
  const delayMs = found.delaysMs[Math.min(failures, found.delaysMs.length) - 1] ?? minute;
  return { kind: found.kind, delayMs };
}

/**
 * May another arrangement of the same two servers help? A server that never answers may be one that refuses
 * in silence (Pure-FTPd does), so a stall before the first byte counts as a refusal.
 */
export function mayTryAnother(code: ErrorCode, hasMoved: boolean): boolean {
  if (code === "fxp.refused-by-source" || code === "fxp.refused-by-destination") return true;
  return code === "fxp.stalled" && !hasMoved;
}

/** What arrived is not what the source has: the copy goes, and the way that brought it is not used again for this file. */
export function isDamage(code: string): boolean {
  return code === "fxp.size-differs" || code === "fxp.content-differs";
}

/** A pair that ends like this is not fast, whatever it reached before. */
export function tellsOfSpeed(code: ErrorCode): boolean {
  return isDamage(code) || isCounted(code) || code === "server.offline";
}

/** Once is chance; the second time another source may be better, even where each attempt brought something. */
export function isCounted(code: ErrorCode): boolean {
  return code === "fxp.cut" || code === "fxp.stalled";
}

const atOnce: ReadonlySet<ErrorCode> = new Set([
  "file.gone",
  "file.unreadable",
  "fxp.refused-by-source",
  "fxp.no-arrangement",
  "fxp.no-family",
  "pull.policy-forbids",
  "pull.owner-forbids",
  "pull.no-consent",
  "server.locked",
  "server.paused",
  "server.login-refused",
  "server.tls-required",
  "server.tls-failed",
  "server.certificate-unknown",
  "server.certificate-changed",
  "server.address-refused",
]);
const beyondFirst: ReadonlySet<ErrorCode> = new Set([
  "server.offline",
  "server.busy",
  "server.address-unresolvable",
  "server.protocol",
  "fxp.cut",
  "fxp.stalled",
]);

/**
 * May another server that has the same file help? Trouble of the destination stays wherever the file comes from.
 * @param times how often it happened with this source, this time included
 */
export function mayGoElsewhere(code: ErrorCode, side: Side | undefined, times: number): boolean {
  if (side === "destination") return false;
  return atOnce.has(code) || (beyondFirst.has(code) && times >= 2);
}

/** Trouble that only a server's owner ends; a sign of life or a changed setting ends the wait at once. */
export const ownerCodes: readonly string[] = Object.entries(classes)
  .filter(([, found]) => found === owner)
  .map(([code]) => code);
