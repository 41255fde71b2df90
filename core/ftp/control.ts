// One control connection: a command out, its replies in, one at a time. Knows bytes and reply codes, no FTP verbs.
// basic-ftp parses replies and follows the socket; its timeouts, log and farewell are steered from here.
import type { Socket } from "node:net";
import type { FTPResponse } from "basic-ftp";
import { FTPContext, FTPError } from "basic-ftp";
import { FonError } from "../platform/errors.ts";
import { canonicalAddress } from "./address-policy.ts";
import { decodeName, encodeName } from "./names.ts";
import type { Reply } from "./replies/refusal.ts";

export type { Reply } from "./replies/refusal.ts";

/** A command that was sent. Both reject with `server.offline` when the connection is lost. */
export interface Exchange {
  /** The first reply, 1xx or final. */
  first: Promise<Reply>;
  /** The reply from 200 up. */
  final: Promise<Reply>;
}

export interface Control {
  isClosed(): boolean;
  /** A command waits for its final reply. */
  readonly busy: boolean;
  readonly peerAddress: string;
  /**
   * What came unasked since the last command: pyftpdlib refuses a foreign peer (425) when it connects, which may be
   * before the transfer command.
   */
  readonly stray: Reply | undefined;
  currentSocket(): Socket;
  /** The socket after a TLS handshake takes over. */
  replaceSocket(socket: Socket): void;
  /** TLS session ticket of the control connection, for data connections that must resume it. */
  tlsSession(): Buffer | undefined;
  /** The final reply, 4xx and 5xx included. @param path in the lossless form of names.ts */
  ask(verb: string, path?: string, options?: { timeoutMs?: number }): Promise<Reply>;
  /** Sends a command with replies to follow; no timeout of its own when `timeoutMs` is 0. */
  begin(verb: string | undefined, path?: string, options?: { timeoutMs?: number }): Exchange;
  /** Silence allowed from now on, until the command's final reply; 0 for any. */
  allowSilence(timeoutMs: number): void;
  /** ABOR on a busy connection; its replies are taken by the command that runs. */
  sendAbort(): void;
  /** QUIT when idle; in the middle of a command the connection is cut without a word. */
  close(): void;
}

export interface RefusalSeen {
  verb: string;
  /** Private: it may be a path or a password. */
  argument: string | undefined;
  reply: Reply;
}

export interface ControlNeeds {
  replyMs: number;
  onRefusal?: (seen: RefusalSeen) => void;
}

/** @param socket connected, nothing read from it yet */
export function createControl(socket: Socket, { replyMs, onRefusal }: ControlNeeds): Control {
  const context = new FTPContext(replyMs, "latin1");
  const peerAddress = canonicalAddress(socket.remoteAddress ?? "") ?? "";
  let busy = false;
  let stray: Reply | undefined;
  /** Of the final reply that the present chunk brings. */
  let lastLine: string | undefined;

  function adopt(next: Socket): void {
    context.socket = next;
    // After the library's own listener: what is left of the chunk then, nobody has asked for.
    next.on("data", (chunk: Buffer | string) => {
      const text = chunk.toString("latin1");
      if (lastLine !== undefined) stray = firstReply(text.slice(text.indexOf(lastLine) + lastLine.length));
      else if (!busy) stray = firstReply(text);
      lastLine = undefined;
    });
    // Two short commands in a row must not wait for delayed acknowledgements; the system's keepalive starts after two hours.
    next.setNoDelay(true);
    next.setKeepAlive(true, 60_000);
  }

  function begin(verb: string | undefined, path?: string, { timeoutMs = replyMs } = {}): Exchange {
    if (busy) throw new Error("A command is already under way on this control connection.");
    const command = verb === undefined ? undefined : commandLine(verb, path);
    busy = true;
    stray = undefined;
    const exchange = converse(context, command, (reply, line) => {
      if (reply.code >= 200) lastLine = line;
      if (reply.code >= 400) onRefusal?.({ verb: verb ?? "CONNECT", argument: path, reply });
    });
    if (!context.closed) context.socket.setTimeout(timeoutMs);
    const final = exchange.final.finally(() => {
      busy = false;
    });
    // Who waits for the first reply only must not bring the process down.
    final.catch(() => undefined);
    return { first: exchange.first, final };
  }

  async function ask(verb: string, path?: string, asked?: { timeoutMs?: number }): Promise<Reply> {
    const reply = await begin(verb, path, asked).final;
    if (reply.code === 421) close();
    return reply;
  }

  function close(): void {
    // basic-ftp says QUIT whenever it closes; in the middle of a transfer only the end of the connection is understood.
    if (busy) context.socket.destroy();
    context.close();
  }

  adopt(socket);
  return {
    ...steer(context),
    get busy() {
      return busy;
    },
    peerAddress,
    get stray() {
      return stray;
    },
    replaceSocket: adopt,
    ask,
    begin,
    close,
  };
}

/** What is the library's own state. */
function steer(context: FTPContext) {
  return {
    isClosed: () => context.closed,
    currentSocket: () => context.socket,
    tlsSession: () => context.tlsSessionStore,
    allowSilence(timeoutMs: number): void {
      if (!context.closed) context.socket.setTimeout(timeoutMs);
    },
    sendAbort(): void {
      if (!context.closed) context.send("ABOR");
    },
  };
}

function converse(
  context: FTPContext,
  command: string | undefined,
  onReply: (reply: Reply, lastLine: string) => void,
): Exchange {
  const first = Promise.withResolvers<Reply>();
  const final = context.handle(command, (response, task) => {
    const reply = asReply(response);
    if (!reply) return task.reject(lost(response as Error));
    onReply(reply, (response as FTPResponse | FTPError).message.split("\n").at(-1) ?? "");
    first.resolve(reply);
    if (reply.code >= 200) task.resolve(reply);
  }) as Promise<Reply>;
  final.catch(first.reject);
  first.promise.catch(() => undefined);
  return { first: first.promise, final };
}

function firstReply(text: string): Reply | undefined {
  const code = Number(/^\d{3}(?= )/m.exec(text)?.[0]);
  return code >= 100 ? { code, text } : undefined;
}

function commandLine(verb: string, argument: string | undefined): string {
  const line = argument === undefined ? verb : `${verb} ${encodeName(argument).toString("latin1")}`;
  if (/[\0\r\n]/.test(line)) throw new FonError("request.invalid", {}, { detail: "control character in a command" });
  return line;
}

function asReply(response: unknown): Reply | undefined {
  if (response instanceof Error && !(response instanceof FTPError)) return undefined;
  const { code, message } = response as { code: number; message: string };
  return { code, text: decodeName(Buffer.from(message, "latin1")) };
}

/** Only the kind of loss: the messages of sockets name addresses. */
function lost(error: Error): FonError {
  const code = (error as NodeJS.ErrnoException).code;
  const kind =
    code && /^[A-Z_]+$/.test(code) ? code : /timeout/i.test(error.message) ? "no reply in time" : "connection closed";
  return new FonError("server.offline", {}, { detail: kind });
}
