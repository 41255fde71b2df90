import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { freshAddress } from "../daemons/index.ts";
import type { DelayProxy } from "./delay-proxy.ts";
import { startDelayProxy } from "./delay-proxy.ts";

const roundTripMs = 40;
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

/** A server, and the proxy in front of it at another address with the same port. */
async function open(serve: (socket: Socket) => void, neighbours: string[] = []): Promise<Place> {
  const [to, host] = [freshAddress(), freshAddress()];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    ended.push(() => socket.destroy());
    serve(socket);
  }).listen(0, to);
  await once(server, "listening");
  ended.unshift(() => new Promise((done) => server.close(done)));
  const { port } = server.address() as AddressInfo;
  const proxy = await startDelayProxy({ host, ports: [port], to, roundTripMs, neighbours });
  ended.push(proxy.stop);
  return { host, to, port, server, proxy };
}

interface Place {
  host: string;
  to: string;
  port: number;
  server: Server;
  proxy: DelayProxy;
}

async function dial({ host, port }: Place, localAddress?: string): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true, ...(localAddress ? { localAddress } : {}) });
  ended.push(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** All that comes; unlike an iteration it leaves the other direction open at the end. */
async function buffer(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "end");
  return Buffer.concat(chunks);
}

/** In order or not. Only who reads sees an end. */
function closeOf(socket: Socket): Promise<void> {
  socket.on("error", () => undefined).resume();
  return new Promise((done) => socket.once("close", () => done()));
}

async function since(startMs: number, event: Promise<unknown>): Promise<number> {
  await event;
  return performance.now() - startMs;
}

test("each question and answer takes a round trip, and the connection one more", async () => {
  const place = await open((socket) => socket.on("data", (chunk) => socket.write(chunk)));
  const startMs = performance.now();
  const socket = await dial(place);
  socket.write("a");
  expect(await since(startMs, once(socket, "data"))).toBeGreaterThanOrEqual(2 * roundTripMs);
  for (let round = 0; round < 3; round += 1) {
    const askedMs = performance.now();
    socket.write("b");
    expect(await since(askedMs, once(socket, "data"))).toBeGreaterThanOrEqual(roundTripMs);
  }
});

test("a server that speaks first is heard after two round trips", async () => {
  const place = await open((socket) => socket.end("220 Welcome\r\n"));
  const startMs = performance.now();
  const socket = await dial(place);
  expect(await since(startMs, once(socket, "data"))).toBeGreaterThanOrEqual(2 * roundTripMs);
});

test("all bytes come in order both ways, more than may be under way at a time", async () => {
  const content = [randomBytes(40_000_000), randomBytes(40_000_000)] as const;
  let arrived: Promise<Buffer> | undefined;
  const place = await open((socket) => {
    arrived = buffer(socket);
    socket.end(content[0]);
  });
  const socket = await dial(place);
  socket.end(content[1]);
  const received = await buffer(socket);
  expect(received.equals(content[0])).toBe(true);
  expect((await arrived)?.equals(content[1])).toBe(true);
});

test("an end of one direction leaves the other open", async () => {
  const place = await open((socket) => {
    socket.resume();
    socket.once("end", () => socket.end("now you"));
  });
  const socket = await dial(place);
  socket.end("all of mine");
  expect((await buffer(socket)).toString()).toBe("now you");
});

test("nobody at the other end: the connection is closed", async () => {
  const place = await open(() => undefined);
  await new Promise((done) => place.server.close(done));
  const socket = await dial(place);
  await closeOf(socket);
});

test("a client that is gone takes its connection to the server with it", async () => {
  const seen = Promise.withResolvers<Socket>();
  const place = await open((socket) => {
    socket.write("hello");
    seen.resolve(socket);
  });
  const socket = await dial(place);
  await once(socket, "data");
  const atServer = await seen.promise;
  const closed = closeOf(atServer);
  socket.resetAndDestroy();
  await closed;
});

test("who is a neighbour of the server reaches it as well", async () => {
  const neighbour = freshAddress();
  const place = await open((socket) => socket.end("hello"), [neighbour]);
  const socket = await dial(place, neighbour);
  expect((await buffer(socket)).toString()).toBe("hello");
});
