// A data connection between a server and us, for listings, blocks and relays: made, tied to its transfer command, and
// protected where the control connection is. What goes over it, and what the replies mean, is for the caller.
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { FonError } from "../platform/errors.ts";
import type { Exchange } from "./control.ts";
import { keepsOrder } from "./features.ts";
import type { Link } from "./open-session.ts";
import { certificateOf, openTcp, startTls } from "./open-socket.ts";
import { ownPassive, ownPassiveVerb } from "./passive.ts";
import { ensureOwnData, wordsForOwnData } from "./protection.ts";
import { noteStart } from "./restart.ts";

/** A server that does the handshake before its 1xx would wait for us for ever. */
const tlsGraceMs = 1000;

/** The one command that `openData` is going to ask first, when it may be sent ahead and no other comes before it. */
export function aheadOfListing({ login, control }: Link): string | undefined {
  if (!keepsOrder(login.features.software) || wordsForOwnData(login).length > 0) return undefined;
  return ownPassiveVerb({ login, control });
}

/** These take TLS and the command in whichever order they come. ProFTPD says its 1xx after the handshake only. */
const takesEarlyTls = new Set(["vsftpd", "proftpd", "pure-ftpd"]);

/** Connected, and nothing said on it: the transfer command comes next. The caller destroys it. */
export async function openData(link: Link, signal?: AbortSignal): Promise<Socket> {
  await ensureOwnData(link);
  const endpoint = await ownPassive(link);
  const socket = await openTcp(endpoint.address, endpoint.port, { timeoutMs: link.timeouts.connectMs, signal });
  // Its errors are met where it is read; one that comes earlier must not end the process.
  socket.on("error", () => undefined);
  return socket;
}

/**
 * As openData, for the contents of files: never in the clear where the control connection has TLS.
 * @throws `server.protocol` with `params.why === "protection"` when the server cannot protect data
 */
export async function openContents(link: Link, signal?: AbortSignal): Promise<Socket> {
  await ensureOwnData(link);
  if (link.login.protection === "clear")
    throw new FonError("server.protocol", { why: "protection" }, { detail: "no protected data" });
  return await openData(link, signal);
}

export interface OwnTransfer {
  exchange: Exchange;
  /** What to read from or write to; rejects when TLS fails or the server refuses. */
  stream: Promise<Socket>;
  /** The data connection tells no more: so long may the server take for its final reply, whatever else it says first. */
  endWithin(timeoutMs: number): void;
}

/** Sends the transfer command. A refusal (`425`, `522`) ends the socket: servers often leave it to its fate. */
export async function beginTransfer(link: Link, socket: Socket, verb: string, path?: string): Promise<OwnTransfer> {
  const exchange = link.control.begin(verb, path);
  noteStart(link, exchange);
  exchange.final.then(
    (reply) => {
      if (reply.code >= 300) socket.destroy();
    },
    () => socket.destroy(),
  );
  await answered(link, exchange);
  let hasEnded = false;
  // From the first reply on the data connection tells whether the server lives. That reply may come after all data.
  exchange.first.then(() => hasEnded || link.control.allowSilence(0)).catch(() => undefined);
  const stream = link.login.protection === "protected" ? protectData(link, socket) : Promise.resolve(socket);
  stream.catch(() => undefined);
  const endWithin = (timeoutMs: number) => {
    hasEnded = true;
    link.control.allowSilence(timeoutMs);
  };
  return { exchange, stream, endWithin };
}

/** pyftpdlib drops a connection on which TLS begins before the command has come. */
async function answered(link: Link, exchange: Exchange): Promise<void> {
  if (link.login.protection !== "protected") {
    await exchange.first;
    return;
  }
  if (takesEarlyTls.has(link.login.features.software)) return;
  const done = new AbortController();
  try {
    await Promise.race([exchange.first, link.clock.wait(tlsGraceMs, done.signal)]);
  } finally {
    done.abort();
  }
}

async function protectData(link: Link, socket: Socket): Promise<TLSSocket> {
  const needs = { host: link.host, ca: link.ca, session: link.control.tlsSession() };
  const stream = await startTls(socket, needs, { timeoutMs: link.timeouts.connectMs });
  stream.on("error", () => undefined);
  const certificate = certificateOf(stream);
  const isSame = certificate
    ? certificate.fingerprint === link.login.certificate?.fingerprint
    : stream.isSessionReused();
  if (!isSame)
    throw new FonError("server.certificate-changed", certificate ? { fingerprint: certificate.fingerprint } : {});
  return stream;
}
