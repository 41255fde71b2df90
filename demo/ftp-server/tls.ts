// TLS on an accepted socket, for control (AUTH TLS, implicit) and data connections (PROT P).
// The FTP server is the TLS server on both, whoever connected (RFC 4217 section 7), unless SSCN or CPSV says otherwise.
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { connect, TLSSocket } from "node:tls";
import { Refusal } from "./refusal.ts";

/** Starts to speak TLS at once; what was already read from the socket is taken as TLS too. */
export function wrapTls(socket: Socket, secureContext: SecureContext): TLSSocket {
  return new TLSSocket(socket, { isServer: true, secureContext });
}

/** Resolves after the handshake. Throws Refusal 425 when it fails or the signal aborts. */
export async function secureData(
  socket: Socket,
  secureContext: SecureContext,
  signal: AbortSignal,
  role: "server" | "client" = "server",
): Promise<TLSSocket> {
  // Two servers know nothing of each other's certificates.
  const secured =
    role === "server" ? wrapTls(socket, secureContext) : connect({ socket, secureContext, rejectUnauthorized: false });
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const fail = () => reject(new Refusal("425 TLS negotiation failed on the data connection."));
  const stop = () => secured.destroy();
  secured.on("error", fail);
  secured.once("close", fail);
  // The event comes from inside the handshake, before the TLS 1.3 tickets are out: whoever wrote and ended right
  // then would end without close_notify, which the peer takes for a cut connection.
  secured.once("secure", () => setImmediate(() => resolve(secured)));
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return promise.finally(() => signal.removeEventListener("abort", stop));
}
