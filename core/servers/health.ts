// The states of a server as a pure table: what was (state, problem, wrong passwords) and what is new give what is next.
import type { ErrorCode, ServerState } from "#contract";
import { errorCodes } from "#contract";

export interface Health {
  state: ServerState;
  problem: string | null;
  wrongPasswords: number;
}

export type News =
  /** A login worked. */
  | { kind: "worked" }
  /** Connecting failed with this code. */
  | { kind: "failed"; code: ErrorCode }
  | { kind: "paused" }
  /** The owner asked to go on, and one try was made. */
  | { kind: "resumed"; failed?: ErrorCode }
  /** The owner stored settings; `failed` is what they knowingly stored them with. */
  | { kind: "saved"; failed?: ErrorCode };

/** What the owner is told about the change, if anything. */
export type Tell = "connected" | "trouble" | undefined;

const wrongPasswordsToLock = 3;
const online = { state: "online", problem: null, wrongPasswords: 0 } as const;

export function nextHealth(now: Health, news: News): { next: Health; tell: Tell } {
  switch (news.kind) {
    case "worked":
      return isStopped(now) ? stay(now) : { next: online, tell: needsOwner(now.problem) ? "connected" : undefined };
    case "failed":
      return isStopped(now) ? stay(now) : afterFailure(now, news.code);
    case "paused":
      return { next: { ...now, state: "paused" }, tell: undefined };
    case "resumed":
      return afterResume(now, news.failed);
    case "saved":
      return afterSave(now, news.failed);
  }
}

/** News from a session that was opened before the owner paused it, or before it was locked, change nothing. */
const isStopped = (now: Health) => now.state === "paused" || now.state === "locked";
const stay = (now: Health) => ({ next: now, tell: undefined });
const needsOwner = (code: string | null) => code !== null && (errorCodes as Record<string, string>)[code] === "owner";

function afterFailure(now: Health, code: ErrorCode): { next: Health; tell: Tell } {
  if (!code.startsWith("server.")) return stay(now);
  if (code === "server.login-refused") return afterWrongPassword(now);
  // Full is not gone: what is running goes on.
  const state = code === "server.busy" ? "online" : "offline";
  const isNewTrouble = needsOwner(code) && now.problem !== code;
  return { next: { ...now, state, problem: code }, tell: isNewTrouble ? "trouble" : undefined };
}

/** The first two may be a slip of the server; the third locks, before a fail2ban at home shuts us out for good. */
function afterWrongPassword(now: Health): { next: Health; tell: Tell } {
  const wrongPasswords = now.wrongPasswords + 1;
  const isLocked = wrongPasswords >= wrongPasswordsToLock;
  const state = isLocked ? "locked" : "offline";
  return { next: { state, problem: "server.login-refused", wrongPasswords }, tell: isLocked ? "trouble" : undefined };
}

/** A locked server stays so unless the one try worked. */
function afterResume(now: Health, failed: ErrorCode | undefined): { next: Health; tell: Tell } {
  if (!failed) return { next: online, tell: undefined };
  if (now.state === "locked") return stay(now);
  return { next: afterFailure({ ...now, state: "offline" }, failed).next, tell: undefined };
}

function afterSave(now: Health, failed: ErrorCode | undefined): { next: Health; tell: Tell } {
  const next: Health = failed ? { state: "offline", problem: failed, wrongPasswords: 0 } : online;
  if (now.state === "paused") return { next: { ...next, state: "paused" }, tell: undefined };
  return { next, tell: failed ? undefined : "connected" };
}
