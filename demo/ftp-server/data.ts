// The data connection of one session: passive or active, opened once per transfer.
// Knows nothing of files and commands; TLS on top is the caller's.
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { Refusal } from "./refusal.ts";

export interface DataChannel {
  /** Listens on a free port of the control connection's own address. */
  listen(): Promise<number>;
  /** Notes where to connect to when the transfer begins. */
  aim(address: string, port: number): void;
  /** The connection of this transfer. Throws Refusal 425. */
  open(signal: AbortSignal): Promise<Socket>;
  /** Forgets the arrangement, and its socket if no transfer took it. */
  release(): void;
  /** Cuts (RST) whatever is open or awaited. */
  cut(): void;
}

interface Arrangement {
  socket(): Promise<Socket>;
  giveUp(): void;
}

interface DataChannelDeps {
  localAddress: string;
  peerAddress: string;
  allowForeign: boolean;
  timeoutMs: number;
}

/** IPv4 addresses of a dual-stack socket without their `::ffff:`. */
export function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:/i, "");
}

function ignoreErrors(socket: Socket): void {
  // The transfer sees errors through its pipeline; one that comes before or after has no reader.
  socket.on("error", () => {});
}

function dial(deps: DataChannelDeps, address: string, port: number): Arrangement {
  let socket: Socket | undefined;
  return {
    async socket() {
      const options = { host: address, port, localAddress: deps.localAddress };
      const dialed = connect({ ...options, allowHalfOpen: true, noDelay: true });
      socket = dialed;
      ignoreErrors(dialed);
      // "close" without "connect" is what giveUp() leads to.
      await Promise.race([once(dialed, "connect"), once(dialed, "close")]).catch(() => {});
      if (dialed.destroyed) throw new Refusal("425 Failed to establish connection.");
      return dialed;
    },
    giveUp: () => socket?.destroy(),
  };
}

function accept(deps: DataChannelDeps): Arrangement & { port: Promise<number> } {
  const listener = createServer({ allowHalfOpen: true, noDelay: true });
  const arrival = Promise.withResolvers<Socket>();
  arrival.promise.catch(() => {});
  listener.on("connection", (socket) => {
    listener.close();
    ignoreErrors(socket);
    if (deps.allowForeign || plainAddress(socket.remoteAddress) === deps.peerAddress) {
      arrival.resolve(socket);
    } else {
      socket.destroy();
      arrival.reject(new Refusal("425 Security: Bad IP connecting."));
    }
  });
  listener.on("error", () => arrival.reject(new Refusal("425 Can't open data connection.")));
  listener.listen(0, deps.localAddress, 1);
  return {
    port: once(listener, "listening").then(() => (listener.address() as AddressInfo).port),
    socket: () => arrival.promise,
    giveUp() {
      listener.close();
      arrival.promise.then((socket) => socket.destroy()).catch(() => {});
      arrival.reject(new Refusal("425 Failed to establish connection."));
    },
  };
}

async function within<T>(limit: AbortSignal, giveUp: () => void, wait: () => Promise<T>): Promise<T> {
  limit.addEventListener("abort", giveUp, { once: true });
  try {
    const pending = wait();
    if (limit.aborted) giveUp();
    return await pending;
  } finally {
    limit.removeEventListener("abort", giveUp);
  }
}

/** With allowForeign false only the control peer may connect; the caller checks PORT and EPRT itself. */
export function createDataChannel(deps: DataChannelDeps): DataChannel {
  const sockets = new Set<Socket>();
  let arrangement: Arrangement | undefined;

  function release(): void {
    arrangement?.giveUp();
    arrangement = undefined;
  }

  return {
    async listen() {
      release();
      const passive = accept(deps);
      arrangement = passive;
      return passive.port;
    },
    aim(address, port) {
      release();
      arrangement = dial(deps, address, port);
    },
    async open(signal) {
      const chosen = arrangement;
      if (chosen === undefined) throw new Refusal("425 Use PORT or PASV first.");
      const limit = AbortSignal.any([signal, AbortSignal.timeout(deps.timeoutMs)]);
      const socket = await within(limit, chosen.giveUp, chosen.socket);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      arrangement = undefined;
      return socket;
    },
    release,
    cut() {
      release();
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}
