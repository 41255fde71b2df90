// What a server allows, found out without moving a file of anybody: for the enrolment page and the doctor.
// Whether the passive side accepts a foreign peer shows only in a real transfer.
import { randomBytes } from "node:crypto";
import { isIPv6 } from "node:net";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import { asFonError } from "../platform/errors.ts";
import { adviceFor } from "./advice.ts";
import type { Reply } from "./control.ts";
import { joinPath } from "./names.ts";
import type { OpenSession } from "./open-session.ts";
import { asOpen } from "./open-session.ts";
import { ownPassive } from "./passive.ts";
import { eprtArgument, portArgument } from "./replies/passive.ts";
import { isProtectionRefusal } from "./replies/refusal.ts";
import type { Advice, Allowance, Connector, Findings, FtpTarget } from "./types.ts";

export interface ProbeDeps {
  connector: Connector;
  /** Names the probe's directory. Default: eight random hex digits. */
  randomId?: () => string;
  clock?: Clock;
}

export interface ProbePaths {
  share?: string;
  inbox?: string;
  /** The second login, when writing has its own. */
  write?: FtpTarget;
}

/** Addresses of documentation (RFC 5737, RFC 3849): nobody is there, and no server is told of a real one. */
const strangers = { 4: "192.0.2.1", 6: "2001:db8::1" } as const;
/** All four daemons refuse a foreign PORT at once; who thinks for longer has begun to connect (pyftpdlib). */
const portAnswerMs = 5000;

/**
 * @throws as `Connector.connect`. May make and remove one empty directory `.fonshare-probe-<id>` in the inbox.
 */
export async function probe(deps: ProbeDeps, target: FtpTarget, paths: ProbePaths): Promise<Findings> {
  const id = (deps.randomId ?? (() => randomBytes(4).toString("hex")))();
  const found = await look(deps.connector, target, paths);
  const write = await tryWriting(deps.connector, paths.write ?? target, paths.inbox, id);
  const fxp = await tryFxp(deps, target, id);
  const whys: Advice["why"][] = [];
  // Nobody allows one direction and means to forbid the other.
  if (fxp.fxpActive === "refused") whys.push("fxp-active", "fxp-passive");
  if (fxp.clearData === "refused") whys.push("clear-data", "session-reuse");
  if (found.isCut) whys.push("listing-limit");
  if (whys.length > 0 || !found.features.rest) whys.push("resume");
  const { isCut: _, ...seen } = found;
  return { ...seen, ...fxp, ...write, advice: adviceFor(found.features.software, whys) };
}

/** TLS, features, and whether the share is there and listed whole. */
async function look(connector: Connector, target: FtpTarget, { share, inbox }: ProbePaths) {
  const session = asOpen(await connector.connect(target, { use: "files" }));
  try {
    const { certificate, features } = session;
    const tls = !certificate ? ("none" as const) : target.fingerprint ? ("pinned" as const) : ("verified" as const);
    const shareExists = share === undefined ? undefined : await session.directoryExists(share);
    const inboxExists = inbox === undefined ? undefined : await session.directoryExists(inbox);
    const isCut = shareExists && share !== undefined ? (await session.list(share)).truncated : false;
    return {
      tls,
      features,
      isCut,
      ...(certificate && { certificate }),
      ...(shareExists !== undefined && { shareExists }),
      ...(inboxExists !== undefined && { inboxExists }),
    };
  } finally {
    session.close();
  }
}

async function tryWriting(
  connector: Connector,
  target: FtpTarget,
  inbox: string | undefined,
  id: string,
): Promise<{ canWriteInbox?: boolean }> {
  if (inbox === undefined) return {};
  const session = asOpen(await connector.connect(target, { use: "files" }));
  try {
    const path = await session.absolute(joinPath(inbox, `.fonshare-probe-${id}`));
    const made = await session.link.control.ask("MKD", path);
    if (made.code >= 400) return { canWriteInbox: false };
    return { canWriteInbox: (await session.link.control.ask("RMD", path)).code < 400 };
  } finally {
    session.close();
  }
}

async function tryFxp(
  deps: ProbeDeps,
  target: FtpTarget,
  id: string,
): Promise<{ fxpActive: Allowance; clearData: Allowance }> {
  const session = asOpen(await deps.connector.connect(target, { use: "fxp" }));
  try {
    const clearData = await tryClearData(session, target, id);
    return { clearData, fxpActive: await tryPort(session, deps.clock ?? systemClock) };
  } catch (error) {
    // The probe provokes; a server that hangs up on it has told nothing.
    if (!asFonError(error)) throw error;
    return { clearData: "unknown", fxpActive: "unknown" };
  } finally {
    session.close();
  }
}

/** A file that is not there: a server that insists on TLS data says so (52x) before it looks for it (550). */
async function tryClearData(session: OpenSession, target: FtpTarget, id: string): Promise<Allowance> {
  if (target.security === "plain") return "allowed";
  if (session.dataProtection === "protected") return "refused";
  const { control } = session.link;
  const passive = await ownPassive(session.link).catch(() => undefined);
  // pyftpdlib refuses PASV itself.
  if (!passive) return control.isClosed() ? "unknown" : "refused";
  const reply = await control.ask("RETR", `/.fonshare-probe-${id}`);
  if (isProtectionRefusal(reply)) return "refused";
  return reply.code === 550 || reply.code === 450 || reply.code === 553 ? "allowed" : "unknown";
}

async function tryPort(session: OpenSession, clock: Clock): Promise<Allowance> {
  const { control, login } = session.link;
  const isSix = isIPv6(control.peerAddress);
  const stranger = { address: strangers[isSix ? 6 : 4], port: 40_000 };
  const command = isSix ? `EPRT ${eprtArgument(stranger)}` : `PORT ${portArgument(stranger)}`;
  const done = new AbortController();
  const answer = await Promise.race([
    control.begin(command, undefined, { timeoutMs: 0 }).final,
    clock.wait(portAnswerMs, done.signal),
  ]);
  done.abort();
  if (answer) return portAllowance(answer);
  return login.features.software === "pyftpdlib" ? "allowed" : "unknown";
}

/** 425 is pyftpdlib, which connects at once and finds nobody there. */
function portAllowance(reply: Reply): Allowance {
  if (reply.code < 400 || reply.code === 425) return "allowed";
  return reply.code >= 500 ? "refused" : "unknown";
}
