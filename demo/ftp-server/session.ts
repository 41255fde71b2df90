// What the server knows of one client between two commands, and the view of it that tests get.
import type { Socket } from "node:net";
import { createDataChannel, plainAddress } from "./data.ts";
import { allFacts } from "./login.ts";
import type { Session, SessionView, Settings } from "./types.ts";
import type { Wire } from "./wire.ts";

function createView(id: number, session: () => Session, wire: Wire): SessionView {
  return {
    id,
    get username() {
      return session().user?.username;
    },
    get directory() {
      return session().directory;
    },
    get secure() {
      return session().secure;
    },
    get peerAddress() {
      return session().peerAddress;
    },
    say: wire.say,
    dropControl: wire.cut,
    dropData: () => session().channel.cut(),
  };
}

/** A session that nobody has logged in to yet. */
export function createSession(id: number, socket: Socket, settings: Settings, wire: Wire): Session {
  const localAddress = plainAddress(socket.localAddress);
  const peerAddress = plainAddress(socket.remoteAddress);
  const allowForeign = settings.options.allowForeign ?? true;
  const session: Session = {
    settings,
    channel: createDataChannel({ localAddress, peerAddress, allowForeign, timeoutMs: settings.dataTimeoutMs }),
    view: createView(id, () => session, wire),
    localAddress,
    peerAddress,
    secure: settings.options.tls?.mode === "implicit",
    claimedName: undefined,
    user: undefined,
    directory: "/",
    restartAt: 0,
    renameFrom: undefined,
    protection: "C",
    isTlsClient: false,
    isTlsClientOnce: false,
    epsvOnly: false,
    facts: new Set(allFacts),
    transfer: undefined,
    startTls(reply) {
      wire.startTls(reply);
      session.secure = true;
      // RFC 4217: a login before TLS does not count after it.
      session.user = undefined;
    },
    finish: wire.finish,
  };
  return session;
}

/** Marks the session as transferring until the answer is written; the last reply must come before `end`. */
export function beginTransfer(session: Session, gone: AbortSignal): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const signal = AbortSignal.any([controller.signal, gone]);
  session.transfer = { signal, abort: () => controller.abort(), done: promise };
  return {
    signal,
    end() {
      session.transfer = undefined;
      resolve();
    },
  };
}
