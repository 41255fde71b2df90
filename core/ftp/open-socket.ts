// TCP to a checked address, and TLS on top of it with our own decision about the certificate.
// Says nothing about FTP; nothing secret has been sent before the certificate is judged.

import type { Socket } from "node:net";
import { connect as connectTcp, isIP } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { connect as connectTls } from "node:tls";
import { FonError } from "../platform/errors.ts";
import type { Certificate } from "./types.ts";

export interface Deadline {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** @param address an IP address that the policy allowed. @throws `server.offline` */
export function openTcp(address: string, port: number, deadline: Deadline): Promise<Socket> {
  const socket = connectTcp({ host: address, port, noDelay: true });
  return settled(socket, "connect", deadline, (error) => offline(error));
}

export interface TlsNeeds {
  /** Name or address the certificate must be for. */
  host: string;
  ca: string | undefined;
  session?: Buffer | undefined;
}

/** The handshake only; `judgeCertificate` says whether to go on. @throws `server.tls-failed` */
export function startTls(socket: Socket, needs: TlsNeeds, deadline: Deadline): Promise<TLSSocket> {
  const options: ConnectionOptions = { socket, host: needs.host, rejectUnauthorized: false };
  if (!isIP(needs.host)) options.servername = needs.host;
  if (needs.ca !== undefined) options.ca = needs.ca;
  if (needs.session !== undefined) options.session = needs.session;
  return settled(connectTls(options), "secureConnect", deadline, tlsFailed);
}

export function certificateOf(socket: TLSSocket): Certificate | undefined {
  const fingerprint = socket.getPeerX509Certificate()?.fingerprint256;
  if (fingerprint === undefined) return undefined;
  return { fingerprint: fingerprint.replaceAll(":", "").toLowerCase(), verified: socket.authorized };
}

/** @param pinned SHA-256 hex; then exactly that certificate. @throws `server.certificate-unknown`, `server.certificate-changed` */
export function judgeCertificate(certificate: Certificate | undefined, pinned: string | undefined): void {
  if (certificate === undefined) throw new FonError("server.tls-failed", {}, { detail: "no certificate" });
  const { fingerprint, verified } = certificate;
  if (pinned !== undefined && fingerprint !== pinned.replaceAll(":", "").toLowerCase())
    throw new FonError("server.certificate-changed", { fingerprint });
  if (pinned === undefined && !verified) throw new FonError("server.certificate-unknown", { fingerprint });
}

/** Resolves at `event`; destroys the socket when it fails, is silent for too long, or nobody wants it any more. */
function settled<S extends Socket>(
  socket: S,
  event: "connect" | "secureConnect",
  { timeoutMs, signal }: Deadline,
  asError: (error: NodeJS.ErrnoException) => Error,
): Promise<S> {
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  const fail = (error: Error) => {
    socket.on("error", () => undefined);
    socket.destroy();
    reject(error);
  };
  const listeners = {
    error: (error: Error) => fail(asError(error)),
    close: () => fail(asError(new Error("closed"))),
    timeout: () => fail(asError(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" }))),
    [event]: () => resolve(socket),
  };
  const onAbort = () => fail(signal?.reason as Error);
  for (const [name, listener] of Object.entries(listeners)) socket.once(name, listener);
  signal?.addEventListener("abort", onAbort, { once: true });
  socket.setTimeout(timeoutMs);
  if (signal?.aborted) onAbort();
  return promise.finally(() => {
    socket.setTimeout(0);
    signal?.removeEventListener("abort", onAbort);
    for (const [name, listener] of Object.entries(listeners)) socket.off(name, listener);
  });
}

function offline(error: NodeJS.ErrnoException): FonError {
  return new FonError("server.offline", {}, { detail: error.code ?? "connection closed" });
}

function tlsFailed(error: NodeJS.ErrnoException): FonError {
  return new FonError("server.tls-failed", {}, { detail: error.code ?? "connection closed" });
}
