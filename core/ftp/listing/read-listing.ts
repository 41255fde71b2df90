// One listing command and its data connection, driven here because basic-ftp's list() hides the final reply, loses all for
// one bad line, and starts TLS before the command has arrived (pyftpdlib then drops the connection).
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { FonError } from "../../platform/errors.ts";
import type { Exchange, Reply } from "../control.ts";
import type { Link } from "../open-session.ts";
import { certificateOf, openTcp, startTls } from "../open-socket.ts";
import { ownPassive } from "../passive.ts";
import type { Collector } from "./collect.ts";

/** A server that does the handshake before its 1xx would wait for us for ever. */
const tlsGraceMs = 1000;

/**
 * Feeds the listing of the working directory to `collector`.
 * @returns the final reply, 4xx and 5xx included: what was collected then is not a listing; or `cut` when the collector had
 * enough. The connection is closed then: ProFTPD hangs up, and Pure-FTPd puts the rest into the next listing.
 * @throws `server.offline` when the data connection was cut although the server says that all is well
 */
export async function readListing(link: Link, command: string, collector: Collector): Promise<Reply | "cut"> {
  const endpoint = await ownPassive(link);
  const { timeouts, control } = link;
  const socket = await openTcp(endpoint.address, endpoint.port, { timeoutMs: timeouts.connectMs });
  // Its errors are met where it is read; one that comes earlier must not end the process.
  socket.on("error", () => undefined);
  try {
    const exchange = control.begin(command);
    await answered(link, exchange);
    return await receive(link, socket, exchange, collector);
  } finally {
    socket.destroy();
  }
}

async function answered(link: Link, exchange: Exchange): Promise<void> {
  if (link.login.protection !== "protected") {
    await exchange.first;
    return;
  }
  const done = new AbortController();
  try {
    await Promise.race([exchange.first, link.clock.wait(tlsGraceMs, done.signal)]);
  } finally {
    done.abort();
  }
}

async function receive(link: Link, socket: Socket, exchange: Exchange, collector: Collector): Promise<Reply | "cut"> {
  const { control, timeouts } = link;
  const reading = read(link, socket, exchange, collector).catch(() => "lost" as const);
  // A refusal (`425`, `522`) often leaves the data connection to its fate.
  if ((await Promise.race([reading, refusalOf(exchange)])) === "refused") socket.destroy();
  const outcome = await reading;
  if (outcome === "cut") {
    control.close();
    return "cut";
  }
  control.allowSilence(timeouts.replyMs);
  const reply = await exchange.final;
  if (outcome === "lost" && reply.code < 400) throw new FonError("server.offline", {}, { detail: "listing cut" });
  return reply;
}

/** Never settles when all is well. */
function refusalOf(exchange: Exchange): Promise<"refused"> {
  const { promise, resolve } = Promise.withResolvers<"refused">();
  exchange.final.then(
    (reply) => {
      if (reply.code >= 400) resolve("refused");
    },
    () => resolve("refused"),
  );
  return promise;
}

async function read(link: Link, socket: Socket, exchange: Exchange, collector: Collector): Promise<"whole" | "cut"> {
  const { control, timeouts, login } = link;
  const stream = login.protection === "protected" ? await protectData(link, socket) : socket;
  exchange.first.then(() => control.allowSilence(0)).catch(() => undefined);
  stream.setTimeout(timeouts.dataMs, () => stream.destroy(new Error("silent data connection")));
  for await (const chunk of stream) {
    if (!collector.take(chunk as Buffer)) return "cut";
    // A big directory must not keep everybody else waiting.
    await nextTurn();
  }
  return "whole";
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
