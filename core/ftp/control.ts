// One control connection: a command out, its replies in, one at a time, some of them sent before their turn. Knows bytes and
// reply codes; of verbs, only what it has to: which may be answered at length, or unasked.
// basic-ftp follows the socket; what it gets to read, its timeouts, log and farewell are steered from here.
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { FTPContext, FTPError } from "basic-ftp";
import type { Clock } from "../platform/clock.ts";
import { FonError } from "../platform/errors.ts";
import { canonicalAddress } from "./address-policy.ts";
import type { AheadQueue } from "./ahead.ts";
import { createAheadQueue, isFinal } from "./ahead.ts";
import { decodeText, encodeText } from "./names.ts";
import { createPatience } from "./patience.ts";
import { createAssembler } from "./replies/assemble.ts";
import type { Reply } from "./replies/refusal.ts";
import type { Software } from "./types.ts";

export type { Reply } from "./replies/refusal.ts";

/**
 * A command that was sent. Both reject with `server.offline` when the connection is lost or the reply does not come in
 * time, with `server.protocol` when it never ends or belongs to something else.
 */
export interface Exchange {
  /** The first reply, 1xx or final. */
  first: Promise<Reply>;
  /** The reply from 200 up. */
  final: Promise<Reply>;
  /** A second 1xx; never settles without one. Pure-FTPd ends a RETR that its peer has cut with nothing else. */
  again: Promise<Reply>;
}

export interface Control {
  isClosed(): boolean;
  /** A command waits for its final reply. */
  readonly busy: boolean;
  /** Something was sent ahead and is not asked yet. */
  readonly isAhead: boolean;
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
  /**
   * Sends a command now, although others may be under way. The later `ask` or `begin` of exactly this command sends nothing
   * and takes its replies, which are held back until then; several are asked in the order in which they were sent. To ask
   * anything else before breaks the connection (`server.protocol`). What is sent ahead in one turn of the event loop leaves
   * in one piece. Nothing may be sent ahead while a transfer runs that could be aborted: servers answer in the middle of it,
   * or never; see fxp/hurry.ts for the one exception.
   * @returns false when it was not sent, and is sent when it is asked: too many are under way, the connection is closed, or
   * it has said something unasked. Then nothing after it may be sent ahead either
   */
  ahead(verb: string, path?: string): boolean;
  /**
   * What was sent ahead is not asked after all: waits for its answers, and minds none. Closes the connection when something of it
   * changes how data travels (PROT, SSCN), as nobody would know that it does.
   */
  takeBack(): Promise<void>;
  /** The command that runs may end without a word: then the answer to what was sent ahead behind it is its end as well. */
  allowUnsaidEnd(): void;
  /** How much may be sent ahead depends on who reads it. */
  know(software: Software): void;
  /** Time for the command's final reply from now on, whatever trickles in meanwhile; 0 for any. */
  allowSilence(timeoutMs: number): void;
  /** ABOR on a busy connection; its replies are taken by the command that runs. */
  sendAbort(): void;
  /** NOOP for a server that is idle while the command that runs waits for its final reply: this one is taken for it. */
  nudge(): void;
  /** After a nudge that came too late, as the command has its own final reply: takes that of the nudge, or waits for it. */
  settle(): Promise<void>;
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
  clock: Clock;
  replyMs: number;
  onRefusal?: (seen: RefusalSeen) => void;
}

/** Bytes, without what TLS adds. */
const longestRecord = 1_024;

/** After these pyftpdlib may refuse a foreign peer before it is asked for the file. */
const addressing = new Set(["PASV", "EPSV", "CPSV", "PORT", "EPRT"]);

/** @param socket connected, nothing read from it yet */
export function createControl(socket: Socket, { clock, replyMs, onRefusal }: ControlNeeds): Control {
  const context = new FTPContext(0, "latin1");
  const peerAddress = canonicalAddress(socket.remoteAddress ?? "") ?? "";
  const state: State = {
    ...{ busy: false, isAnswered: true, mayEndUnsaid: false },
    ...{ lastVerb: "", stray: undefined, broken: undefined, reply: "" },
  };
  const queue = createAheadQueue();
  /** Those of `queue` that leave at the end of this turn. */
  let gathered: string[] = [];
  const patience = createPatience(clock, () => {
    giveUp(new FonError("server.offline", {}, { detail: "no reply in time" }));
  });
  let reader: Reader = { restart: () => undefined, feed: () => undefined };

  function adopt(next: Socket): void {
    reader = readReplies(context, next, { state, queue, giveUp });
    // Two short commands in a row must not wait for delayed acknowledgements; the system's keepalive starts after two hours.
    // Pure-FTPd reads what fits into a buffer of 4 KiB and waits for more to come, not for the rest of the TLS record.
    if (next instanceof TLSSocket && !next.destroyed) next.setMaxSendFragment(longestRecord);
    next.setNoDelay(true);
    next.setKeepAlive(true, 60_000);
  }

  function begin(verb: string | undefined, path?: string, { timeoutMs = replyMs } = {}): Exchange {
    if (state.busy) throw new Error("A command is already under way on this control connection.");
    const command = verb === undefined ? undefined : commandLine(verb, path);
    const sent = queue.take(command);
    const isOutOfStep = verb !== undefined && state.stray !== undefined && !addressing.has(state.lastVerb);
    // What was said unasked would be taken for this command's answer, and so on for ever.
    if (isOutOfStep) giveUp(outOfStep(state.stray));
    else if (!sent && queue.length > 0) giveUp(outOfStep(undefined));
    Object.assign(state, { lastVerb: verb?.split(" ", 1)[0] ?? "", stray: undefined });
    const onReply = (reply: Reply) => {
      const [word = "CONNECT"] = verb?.split(" ", 1) ?? [];
      if (reply.code >= 400) onRefusal?.({ verb: word, argument: path, reply });
    };
    if (sent && !queue.isLaden) context.socket.resume();
    if (sent?.replies.some(isFinal) && !context.closed) return answeredBefore(sent.replies, onReply);
    Object.assign(state, { busy: true, isAnswered: false, mayEndUnsaid: false });
    if (!sent) reader.restart();
    const exchange = converse(context, sent ? undefined : command, state, onReply);
    for (const reply of sent?.replies ?? []) reader.feed(reply);
    if (!state.isAnswered) patience.allow(timeoutMs);
    const final = exchange.final.finally(() => {
      state.busy = false;
      patience.allow(0);
    });
    // Who waits for the first reply only must not bring the process down.
    final.catch(() => undefined);
    return { ...exchange, final };
  }

  /** As one text: a write costs more than the few words in it. */
  function flush(): void {
    if (gathered.length > 0 && !context.closed) context.socket.write(`${gathered.join("\r\n")}\r\n`, "latin1");
    gathered = [];
  }

  function ahead(verb: string, path?: string): boolean {
    const command = commandLine(verb, path);
    if (!queue.hasRoomFor(command) || state.stray !== undefined || context.closed) return false;
    gathered.push(command);
    if (gathered.length === 1) process.nextTick(flush);
    queue.add(command);
    return true;
  }

  async function ask(verb: string, path?: string, asked?: { timeoutMs?: number }): Promise<Reply> {
    const reply = await begin(verb, path, asked).final;
    if (reply.code === 421) close();
    return reply;
  }

  async function takeBack(): Promise<void> {
    for (let line = queue.first; line !== undefined && !state.busy && !context.closed; line = queue.first)
      if (/^(PROT|SSCN) /.test(line)) close();
      else await ask(line).catch(() => undefined);
  }

  function giveUp(reason: FonError): void {
    state.broken ??= reason;
    close();
  }

  function close(): void {
    // basic-ftp says QUIT whenever it closes; in the middle of a transfer only the end of the connection is understood.
    if (state.busy || queue.length > 0) context.socket.destroy();
    context.close();
  }

  /** For the command that runs; what was sent ahead would be answered with it, in an order that nobody knows. */
  function interject(word: string): void {
    if (queue.length > 0) giveUp(outOfStep(undefined));
    flush();
    if (!context.closed) context.send(word);
  }

  async function settle(): Promise<void> {
    if (state.stray === undefined) await begin(undefined).final;
    else if (state.stray.code !== 421) state.stray = undefined;
  }

  adopt(socket);
  return {
    ...steer(context),
    sendAbort: () => interject("ABOR"),
    nudge: () => interject("NOOP"),
    settle,
    get busy() {
      return state.busy;
    },
    get isAhead() {
      return queue.length > 0;
    },
    peerAddress,
    get stray() {
      return state.stray;
    },
    replaceSocket: adopt,
    ask,
    begin,
    ahead,
    takeBack,
    allowUnsaidEnd: () => {
      state.mayEndUnsaid = true;
    },
    know: queue.know,
    allowSilence: (timeoutMs) => {
      if (state.busy) patience.allow(timeoutMs);
    },
    close,
  };
}

interface State {
  busy: boolean;
  /** The final reply of the last command has come; unlike `busy` it is up to date within one chunk. */
  isAnswered: boolean;
  /** See `allowUnsaidEnd`. */
  mayEndUnsaid: boolean;
  lastVerb: string;
  stray: Reply | undefined;
  /** Why we closed it. */
  broken: FonError | undefined;
  /** The last one that the library was told of, whole. */
  reply: string;
}

/** What is the library's own state. */
function steer(context: FTPContext) {
  return {
    isClosed: () => context.closed,
    currentSocket: () => context.socket,
    tlsSession: () => context.tlsSessionStore,
  };
}

interface Reader {
  /** What comes from now on is for another command. */
  restart(): void;
  /** Tells the library of a whole reply. */
  feed(reply: string): void;
}

interface ReaderNeeds {
  state: State;
  queue: AheadQueue;
  giveUp: (reason: FonError) => void;
}

/**
 * Puts itself between the socket and the library, which is told of replies that a command waits for, and of their codes alone: it
 * would take one of more than 65,536 characters for a lost connection.
 */
function readReplies(context: FTPContext, socket: Socket, { state, queue, giveUp }: ReaderNeeds): Reader {
  const assembler = createAssembler(() => {
    const verb = state.isAnswered ? queue.unanswered : state.lastVerb;
    return verb?.split(" ", 1)[0] === "STAT";
  });
  context.socket = socket;
  const pass = socket.listeners("data").at(-1) as (text: string) => void;
  const feed = (reply: string) => {
    state.reply = reply;
    pass(`${reply.slice(0, 3)}\n`);
  };
  socket.off("data", pass);

  function give(reply: string): void {
    if (!state.isAnswered && state.mayEndUnsaid && isAnswerTo(queue.unanswered, reply)) feed(unsaidEnd);
    if (!state.isAnswered) feed(reply);
    else if (!queue.keep(reply)) {
      state.stray ??= { code: Number(reply.slice(0, 3)), text: reply };
      return;
    }
    // The bounds are those of one command, and the next one was sent already.
    if (queue.length > 0 && isFinal(reply)) assembler.restart();
  }

  socket.on("data", (chunk: Buffer | string) => {
    try {
      assembler.take(chunk.toString("latin1"), give);
      if (queue.isLaden) socket.pause();
    } catch (error) {
      giveUp(error as FonError);
    }
  });
  return { restart: assembler.restart, feed };
}

const unsaidEnd = "226 Unsaid";
/** No transfer of a server that may be silent at its end has one of these as its end. */
const ownAnswers: Readonly<Record<string, string>> = {
  ...{ EPSV: "229", PASV: "227", MDTM: "213" },
  ...{ PBSZ: "200", PROT: "200", SSCN: "200" },
};

function isAnswerTo(line: string | undefined, reply: string): boolean {
  const answer = ownAnswers[line?.split(" ", 1)[0] ?? ""];
  return answer !== undefined && reply.startsWith(answer);
}

function converse(
  context: FTPContext,
  command: string | undefined,
  state: State,
  onReply: (reply: Reply) => void,
): Exchange {
  const first = Promise.withResolvers<Reply>();
  const again = Promise.withResolvers<Reply>();
  let preliminaries = 0;
  const { stackTraceLimit } = Error;
  // The library keeps a stack of each task for a message that is never shown.
  Error.stackTraceLimit = 0;
  const final = context.handle(command, (response, task) => {
    if (isLoss(response)) return task.reject(state.broken ?? lost(response));
    const reply = replyOf(state.reply);
    state.isAnswered = reply.code >= 200;
    onReply(reply);
    first.resolve(reply);
    if (reply.code >= 200) return task.resolve(reply);
    preliminaries += 1;
    if (preliminaries === 2) again.resolve(reply);
  }) as Promise<Reply>;
  Error.stackTraceLimit = stackTraceLimit;
  final.catch(first.reject);
  first.promise.catch(() => undefined);
  return { first: first.promise, final, again: again.promise };
}

/** Of a command that was sent ahead and has its final reply: nothing waits for it, and the library is not asked. */
function answeredBefore(texts: readonly string[], onReply: (reply: Reply) => void): Exchange {
  const replies = texts.map(replyOf);
  for (const reply of replies) onReply(reply);
  const [first, second] = replies as [Reply, ...Reply[]];
  const final = replies.at(-1) as Reply;
  const again = second && second !== final ? Promise.resolve(second) : new Promise<never>(() => undefined);
  return { first: Promise.resolve(first), final: Promise.resolve(final), again };
}

/** 421 is how servers take leave of a connection that was idle for too long. */
function outOfStep(stray: Reply | undefined): FonError {
  return new FonError(stray?.code === 421 ? "server.offline" : "server.protocol", {}, { detail: "reply unasked" });
}

function commandLine(verb: string, argument: string | undefined): string {
  const line = argument === undefined ? verb : `${verb} ${encodeText(argument)}`;
  if (/[\0\r\n]/.test(line)) throw new FonError("request.invalid", {}, { detail: "control character in a command" });
  return line;
}

/** Replies of 400 and above are errors of their own kind. */
function isLoss(response: unknown): response is Error {
  return response instanceof Error && !(response instanceof FTPError);
}

function replyOf(text: string): Reply {
  return { code: Number(text.slice(0, 3)), text: decodeText(text) };
}

/** Only the kind of loss: the messages of sockets name addresses. */
function lost(error: Error): FonError {
  const code = (error as NodeJS.ErrnoException).code;
  const kind =
    code && /^[A-Z_]+$/.test(code) ? code : /timeout/i.test(error.message) ? "no reply in time" : "connection closed";
  return new FonError("server.offline", {}, { detail: kind });
}
