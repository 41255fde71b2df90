// What a server allows, found out without moving a file of anybody: for the enrolment page and the doctor.
// Whether the passive side accepts a foreign peer shows only between two servers: probe-pair.ts.
import { randomBytes } from "node:crypto";
import { isIPv6 } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import { asFonError } from "../platform/errors.ts";
import { adviceFor } from "./advice.ts";
import type { Reply } from "./control.ts";
import type { Collector } from "./listing/collect.ts";
import { readListing } from "./listing/read-listing.ts";
import type { Link, OpenSession } from "./open-session.ts";
import { asOpen } from "./open-session.ts";
import { ownPassive } from "./passive.ts";
import type { ProbeTrace, Written } from "./probe-writing.ts";
import { tryWriting } from "./probe-writing.ts";
import { eprtArgument, portArgument } from "./replies/passive.ts";
import { isProtectionRefusal } from "./replies/refusal.ts";
import type { Advice, Allowance, Connector, Findings, FtpTarget } from "./types.ts";

export interface ProbeDeps {
  connector: Connector;
  /** Names what the probe makes, without a trace. Default: eight random hex digits. */
  randomId?: () => string;
  /** Default: a file that could not be removed at once stays. */
  trace?: ProbeTrace;
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
 * @throws as `Connector.connect`. May make and remove, in the inbox, one empty directory `.fonshare-probe-<id>` and one file
 * `.fonshare-probe-<id>.part`.
 */
export async function probe(deps: ProbeDeps, target: FtpTarget, paths: ProbePaths): Promise<Findings> {
  const id = deps.trace?.id ?? (deps.randomId ?? (() => randomBytes(4).toString("hex")))();
  const { more, ...seen } = await look(deps.connector, target, paths);
  const written = await tryInbox(deps, target, paths, id, seen.passive === "reachable");
  const found = { ...seen, ...written, ...(await tryFxp(deps, target, id)) };
  return { ...found, advice: adviceFor(seen.features.software, needsOf(found, more)) };
}

interface More {
  /** The share was not listed whole. */
  isCut: boolean;
  /** As the control connection has it: `TLSv1.3`. */
  tlsVersion: string | undefined;
}

/** Pure: what should be other than it is. */
function needsOf(found: Omit<Findings, "advice">, { isCut, tlsVersion }: More): Advice["why"][] {
  const needs: Array<readonly [Advice["why"], boolean]> = [
    ["fxp-active", found.fxpActive === "refused"],
    // Nobody allows one direction and means to forbid the other.
    ["fxp-passive", found.fxpActive === "refused"],
    ["passive-ports", found.passive === "unreachable"],
    ["clear-data", found.clearData === "refused"],
    ["protected-data", found.tls === "none"],
    ["session-reuse", found.freshData === "refused"],
    ["tls-version", found.features.sscn && tlsVersion === "TLSv1.3"],
    ["resume", found.canRestartStore === false || !found.features.rest],
    ["listing-limit", isCut],
    ["hashes", found.features.hashes.length === 0],
  ];
  return needs.filter(([, isNeeded]) => isNeeded).map(([why]) => why);
}

/** TLS, features, and whether the share is there and listed whole. */
async function look(connector: Connector, target: FtpTarget, { share, inbox }: ProbePaths) {
  const session = asOpen(await connector.connect(target, { use: "files" }));
  try {
    const { certificate, features } = session;
    const tls = !certificate ? ("none" as const) : target.fingerprint ? ("pinned" as const) : ("verified" as const);
    const tlsVersion = certificate && ((session.link.control.currentSocket() as TLSSocket).getProtocol() ?? undefined);
    const inboxExists = inbox === undefined ? undefined : await session.directoryExists(inbox);
    const shareExists = share === undefined ? undefined : await session.directoryExists(share);
    const listed = shareExists && share !== undefined ? await tryListing(session, share) : "whole";
    const passive = listed === "unreachable" ? listed : ("reachable" as const);
    const freshData = certificate && passive === "reachable" ? await tryFreshData(session) : ("unknown" as const);
    return {
      tls,
      features,
      passive,
      freshData,
      more: { isCut: listed === "cut", tlsVersion },
      ...(certificate && { certificate }),
      ...(shareExists !== undefined && { shareExists }),
      ...(inboxExists !== undefined && { inboxExists }),
    };
  } finally {
    session.close();
  }
}

/** @throws what `list` throws, unless only the data connection could not be made: its address or port is wrong, or shut */
async function tryListing(session: OpenSession, path: string): Promise<"whole" | "cut" | "unreachable"> {
  try {
    return (await session.list(path)).truncated ? "cut" : "whole";
  } catch (error) {
    const code = asFonError(error)?.code;
    if (session.closed || (code !== "server.offline" && code !== "server.protocol")) throw error;
    return "unreachable";
  }
}

/** A listing over TLS that continues no earlier session: only its beginning is read, which ends the session. */
async function tryFreshData(session: OpenSession): Promise<Allowance> {
  if (session.closed || session.link.login.protection !== "protected") return "unknown";
  try {
    const reply = await readListing(withFreshTls(session.link), "LIST", takesNothing);
    return reply === "cut" || reply.code < 400 ? "allowed" : "refused";
  } catch (error) {
    if (!asFonError(error)) throw error;
    return "unknown";
  }
}

const takesNothing: Collector = {
  take: () => false,
  finish: () => ({ entries: [], unaddressable: 0, malformed: 0, truncated: true }),
};

function withFreshTls(link: Link): Link {
  return { ...link, control: Object.create(link.control, { tlsSession: { value: () => undefined } }) };
}

async function tryInbox(
  { connector, trace }: ProbeDeps,
  target: FtpTarget,
  { inbox, write }: ProbePaths,
  id: string,
  isReachable: boolean,
): Promise<Written> {
  if (inbox === undefined) return {};
  const reopen = async () => asOpen(await connector.connect(write ?? target, { use: "files" }));
  const session = await reopen();
  try {
    return await tryWriting(session, { inbox, id, isReachable, reopen, trace });
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
