// A TCP proxy that makes a server at a loopback address seem a given round-trip time away: every byte waits for half of it,
// and a connection costs what three TCP packets cost. It rewrites nothing; bandwidth and slow start are not imitated.
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";

export interface DelayRoute {
  /** Where the proxy listens, and at which ports; they are the same at the server. */
  host: string;
  ports: readonly number[];
  /** Address of the server. */
  to: string;
  roundTripMs: number;
  /** Who connects from one of these addresses is no farther away than without the proxy: servers among themselves. */
  neighbours?: readonly string[];
}

/** Bytes that passed, both directions together; the first of a route's ports is that of control connections. */
export interface Traffic {
  control: number;
  /** Data connections of neighbours, and of all others. */
  dataOfNeighbours: number;
  dataOfOthers: number;
}

export interface DelayProxy {
  traffic: Readonly<Traffic>;
  stop(): Promise<void>;
}

/** So much is on its way in one direction at most; then the sender is held back. Without a delay nothing has to be. */
const window = { farBytes: 16 * 1024 * 1024, nearBytes: 256 * 1024 };

/** Resolves when all ports listen; rejects when one cannot. */
export async function startDelayProxy(route: DelayRoute): Promise<DelayProxy> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };
  const servers: Server[] = [];
  const traffic: Traffic = { control: 0, dataOfNeighbours: 0, dataOfOthers: 0 };
  const onClient = (client: Socket) => pass(client, route, track, traffic);
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map((server) => new Promise<void>((done) => server.close(() => done()))));
  };
  try {
    for (const port of route.ports) servers.push(await listen(route, port, onClient));
  } catch (error) {
    await stop();
    throw error;
  }
  return { traffic, stop };
}

async function listen({ host }: DelayRoute, port: number, onClient: (client: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onClient);
  server.listen({ host, port, backlog: 512 });
  await once(server, "listening");
  return server;
}

/**
 * The client is connected at once and not after one round trip; so what it sends first is held back. The server sees the
 * connection when the third packet of TCP would come: one and a half round trips after the first.
 */
function pass(client: Socket, route: DelayRoute, track: (socket: Socket) => Socket, traffic: Traffic): void {
  const { to, roundTripMs, neighbours, ports } = route;
  track(client);
  const { port } = client.address() as AddressInfo;
  const isNeighbour = neighbours?.includes(client.remoteAddress ?? "") === true;
  const kind = port === ports[0] ? "control" : isNeighbour ? "dataOfNeighbours" : "dataOfOthers";
  const rttMs = isNeighbour ? 0 : roundTripMs;
  const count = (chunk: Buffer) => {
    traffic[kind] += chunk.length;
  };
  client.on("data", count);
  const open = () => track(connect({ host: to, port, allowHalfOpen: true, noDelay: true }));
  const forth = createLine(client, rttMs / 2);
  if (rttMs === 0) join(client, open(), forth);
  else {
    const timer = setTimeout(() => join(client, open(), forth), 1.5 * rttMs);
    client.once("close", () => clearTimeout(timer));
  }

  function join(from: Socket, upstream: Socket, line: Line): void {
    upstream.on("data", count);
    line.leadTo(upstream);
    createLine(upstream, rttMs / 2).leadTo(from);
  }
}

interface Line {
  leadTo(socket: Socket): void;
}

interface Sent {
  dueMs: number;
  /** Undefined: the end of the stream. */
  chunk: Buffer | undefined;
}

/** What `from` sends, so much later and in order, to wherever the line leads; until it leads somewhere it is kept. */
function createLine(from: Socket, delayMs: number): Line {
  const underWay: Sent[] = [];
  const windowBytes = delayMs > 0 ? window.farBytes : window.nearBytes;
  let bytes = 0;
  let to: Socket | undefined;
  let isFull = false;
  let timer: NodeJS.Timeout | undefined;

  const put = (chunk: Buffer | undefined) => {
    underWay.push({ dueMs: performance.now() + delayMs, chunk });
    bytes += chunk?.length ?? 0;
    if (bytes > windowBytes) from.pause();
    deliver();
  };
  const onDue = () => {
    timer = undefined;
    deliver();
  };
  const deliver = () => {
    // While the first one waits, so do all others.
    while (!timer && to && !isFull && !to.destroyed) {
      const next = underWay[0];
      if (!next) return;
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(onDue, Math.ceil(waitMs));
        return;
      }
      underWay.shift();
      if (!next.chunk) return void to.end();
      bytes -= next.chunk.length;
      isFull = !to.write(next.chunk);
      if (bytes <= windowBytes && from.isPaused()) from.resume();
    }
  };

  from.on("data", put);
  from.once("end", () => put(undefined));
  from.on("error", () => undefined);
  // A reset travels as fast as anything else, but nobody measures it.
  from.once("close", (hadError) => hadError && (to ?? from).resetAndDestroy());
  return {
    leadTo(socket) {
      to = socket;
      socket.on("drain", () => {
        isFull = false;
        deliver();
      });
      socket.once("close", (hadError) => {
        clearTimeout(timer);
        // In order, both ends have been passed on; the other direction may still have something under way.
        if (hadError) from.resetAndDestroy();
      });
      deliver();
    },
  };
}
