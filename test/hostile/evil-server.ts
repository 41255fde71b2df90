// A server that misbehaves where a case says so and is an ordinary one elsewhere: the demo's FTP server with its replies
// and data connections taken over, or a bare socket. No cases here.
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import type { FtpServer, FtpServerOptions, Override } from "../../demo/ftp-server/ftp-server.ts";
import { createFtpServer } from "../../demo/ftp-server/ftp-server.ts";

export type Command = Parameters<Override>[0];

/** What a server does from the moment it turns evil. */
export interface Evil {
  ftp?: Partial<FtpServerOptions>;
  /** In place of the FTP server: whatever comes over a control connection. */
  raw?: (socket: Socket) => void;
}

export interface EvilServer {
  host: string;
  port: number;
  /** The same port from now on with this behaviour. */
  turn(evil: Evil): Promise<void>;
  connections(): number;
  commands(): string[];
  close(): Promise<void>;
}

export async function startServer(options: FtpServerOptions): Promise<EvilServer> {
  let ftp: FtpServer | undefined = createFtpServer(options);
  let raw: RawServer | undefined;
  const { host, port } = await ftp.listen();
  const close = async () => {
    await ftp?.close();
    await raw?.close();
  };
  return {
    host,
    port,
    async turn(evil) {
      await close();
      ftp = evil.raw ? undefined : createFtpServer({ ...options, port, ...evil.ftp });
      raw = evil.raw && (await listenRaw(host, port, evil.raw));
      await ftp?.listen();
    },
    connections: () => ftp?.connections() ?? raw?.connections() ?? 0,
    commands: () => ftp?.commands ?? [],
    close,
  };
}

interface RawServer {
  port: number;
  connections(): number;
  close(): Promise<void>;
}

export async function listenRaw(host: string, port: number, onSocket: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** As much as the other side takes, until it hangs up. */
export function flood(socket: Socket, next: () => Buffer | string): void {
  const push = () => {
    while (!socket.destroyed && socket.write(next(), "latin1"));
  };
  socket.on("drain", push);
  push();
}

/** One byte now and then, until the other side hangs up. */
export function drip(socket: Socket, text: () => string, everyMs = 20): void {
  let left = "";
  const timer = setInterval(() => {
    if (left === "") left = text();
    socket.write(left.slice(0, 1), "latin1");
    left = left.slice(1);
  }, everyMs);
  socket.on("close", () => clearInterval(timer));
}

/** The override of several verbs, each a reply or what is to be done. */
export function on(
  table: Record<string, ReturnType<Override> | ((command: Command) => ReturnType<Override>)>,
): Override {
  return (command) => {
    const found = table[command.verb];
    return typeof found === "function" ? found(command) : found;
  };
}

export interface DataScene {
  /** Our end of the data connection. */
  socket: Socket;
  say: (text: string) => void;
  command: Command;
}

/** Listings (MLSD, LIST) over data connections of our own: `scene` says all replies and sends all bytes. */
export function listings(host: string, scene: (given: DataScene) => unknown): Override {
  const awaited = new Map<number, Promise<Socket>>();
  return async (command) => {
    const { verb, session } = command;
    if (verb === "EPSV") {
      const { port, socket } = await awaitPeer(host);
      awaited.set(session.id, socket);
      return `229 Entering Extended Passive Mode (|||${port}|)`;
    }
    if (verb !== "MLSD" && verb !== "LIST") return undefined;
    const socket = await awaited.get(session.id);
    if (socket) await scene({ socket, say: session.say, command });
    return "";
  };
}

async function awaitPeer(host: string): Promise<{ port: number; socket: Promise<Socket> }> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const listener = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.resume();
    listener.close();
    resolve(socket);
  });
  listener.listen(0, host);
  await once(listener, "listening");
  return { port: (listener.address() as AddressInfo).port, socket: promise };
}

/** A listing of exactly these bytes, said to be whole. */
export function listed(host: string, text: string | ((command: Command) => string)): Override {
  return listings(host, ({ socket, say, command }) => {
    say("150 Here it comes.");
    socket.end(typeof text === "string" ? text : text(command), "latin1");
    say("226 That was all.");
  });
}
