// From a target to a session: resolve, check, connect, TLS, log in. The only way to a server.
import { lookup } from "node:dns/promises";
import type { Socket } from "node:net";
import { isIPv6 } from "node:net";
import type { Clock } from "../platform/clock.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import type { AddressPolicy } from "./address-policy.ts";
import { canonicalAddress, checkAddress, checkPort, resolveAllowed } from "./address-policy.ts";
import type { RefusalSeen } from "./control.ts";
import { createControl } from "./control.ts";
import { logIn } from "./login.ts";
import { hostOf } from "./open-session.ts";
import type { TlsNeeds } from "./open-socket.ts";
import { openTcp, startTls } from "./open-socket.ts";
import { cleanReplyText } from "./reply-text.ts";
import { abortable, createSession } from "./session.ts";
import type { ConnectOptions, Connector, FtpTarget, FtpTimeouts, Session } from "./types.ts";

/** A server's 4xx or 5xx, for a debug log. */
export interface Refusal {
  verb: string;
  code: number;
  /** Cleaned and masked. */
  text: string;
}

export interface ConnectorDeps {
  policy: AddressPolicy;
  clock: Clock;
  /** Default: the system's resolver. */
  resolve?: (host: string) => Promise<string[]>;
  timeouts?: Partial<FtpTimeouts>;
  /** Certificates of further authorities, PEM. Replaces the built-in ones. */
  ca?: string;
  onRefusal?: (refusal: Refusal) => void;
}

const defaultTimeouts: FtpTimeouts = { connectMs: 15_000, replyMs: 20_000, dataMs: 30_000 };
/** A name with many addresses must not keep us for minutes. */
const mostAddresses = 4;

export function createConnector(deps: ConnectorDeps): Connector {
  const timeouts = { ...defaultTimeouts, ...deps.timeouts };

  async function connect(target: FtpTarget, options: ConnectOptions): Promise<Session> {
    options.signal?.throwIfAborted();
    const host = hostOf(target);
    if (!checkPort(target.port)) throw new FonError("server.address-refused", {}, { detail: "port" });
    const dataAddress = checkDataAddress(target, deps.policy);
    const addresses = await findAddresses(deps, host, options, timeouts.connectMs);
    const socket = await openFirst(addresses, { ...target, host }, deps.ca, {
      timeoutMs: timeouts.connectMs,
      signal: options.signal,
    });
    const onRefusal = deps.onRefusal;
    const control = createControl(socket, {
      clock: deps.clock,
      replyMs: timeouts.replyMs,
      ...(onRefusal && { onRefusal: (seen: RefusalSeen) => onRefusal(maskRefusal(seen, target)) }),
    });
    try {
      const needs = { target: { ...target, host }, options, timeouts, ca: deps.ca };
      const login = await abortable({ control }, options.signal, () => logIn(control, needs));
      return createSession({ control, login, clock: deps.clock, timeouts, ca: deps.ca, host, dataAddress, behind: [] });
    } catch (error) {
      control.close();
      throw error;
    }
  }

  return { connect };
}

async function findAddresses(
  { policy, resolve = systemResolve, clock }: ConnectorDeps,
  host: string,
  { family }: ConnectOptions,
  timeoutMs: number,
): Promise<string[]> {
  const done = new AbortController();
  const tooLate = clock.wait(timeoutMs, done.signal).then(() => {
    throw new FonError("server.address-unresolvable", {}, { detail: "resolver timeout" });
  });
  tooLate.catch(() => undefined);
  try {
    const all = await Promise.race([resolveAllowed(host, policy, resolve), tooLate]);
    const fitting = all.filter((address) => family === undefined || isIPv6(address) === (family === 6));
    if (fitting.length === 0) throw new FonError("server.address-unresolvable", {}, { detail: "address family" });
    return fitting.slice(0, mostAddresses);
  } finally {
    done.abort();
  }
}

async function systemResolve(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** The first address that answers; the last one's error when none does. */
async function openFirst(
  addresses: string[],
  target: FtpTarget,
  ca: string | undefined,
  deadline: { timeoutMs: number; signal: AbortSignal | undefined },
): Promise<Socket> {
  let failed: unknown;
  for (const address of addresses) {
    const socket = await openTcp(address, target.port, deadline).catch((error: unknown) => {
      failed = error;
    });
    deadline.signal?.throwIfAborted();
    if (socket)
      return target.security === "implicit" ? secureAtOnce(socket, { host: target.host, ca }, deadline) : socket;
  }
  throw failed;
}

/** The certificate is judged after the greeting: until then nobody knows that FTP is spoken here. */
async function secureAtOnce(
  socket: Socket,
  needs: TlsNeeds,
  deadline: { timeoutMs: number; signal: AbortSignal | undefined },
): Promise<Socket> {
  try {
    return await startTls(socket, needs, deadline);
  } catch (cause) {
    if (asFonError(cause)?.code !== "server.tls-failed") throw cause;
    throw new FonError("server.offline", {}, { detail: "no TLS", cause });
  }
}

function checkDataAddress({ dataAddress }: FtpTarget, policy: AddressPolicy): string | undefined {
  if (dataAddress === undefined) return undefined;
  if (!checkAddress(dataAddress, policy)) throw new FonError("server.address-refused", {}, { detail: "data address" });
  return canonicalAddress(dataAddress);
}

function maskRefusal({ verb, argument = "", reply }: RefusalSeen, target: FtpTarget): Refusal {
  const secrets = [target.host, target.username.reveal(), target.password.reveal(), argument];
  return { verb: verb.split(" ", 1)[0] ?? "", code: reply.code, text: cleanReplyText(reply.text, secrets) };
}
