// One file through the core: RETR here, STOR there, what comes from the one goes to the other as fast as the slower one is.
// Only for pairs whose group and owners have agreed to it; who asks whether they have is the caller.
// Whether the copy equals its source is the caller's to compare, as after a transfer from server to server.
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import type { Clock } from "../platform/clock.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import type { OwnTransfer } from "./data-connection.ts";
import { beginTransfer, openContents } from "./data-connection.ts";
import type { Side, SideStory } from "./fxp/verdict.ts";
import { addressingVerdict, asError, verdictOf } from "./fxp/verdict.ts";
import type { Link, OpenSession } from "./open-session.ts";
import { asOpen } from "./open-session.ts";
import type { RelayMeter } from "./relay-meter.ts";
import { createMeter } from "./relay-meter.ts";
import { startAt } from "./restart.ts";
import type { RelayOutcome, RelayTransfer } from "./types.ts";

export interface Relay {
  /**
   * Resolves when all bytes went through and both servers have said that they are done; rejects with a FonError, or the
   * signal's reason. After a rejection both sessions are closed, unless a server refused before both commands were out.
   * A REST that is refused has `params.why === "resume"`: begin at 0.
   * @throws `fxp.*`, `file.*`, `inbox.*`, `server.busy`, `server.certificate-changed`
   */
  transfer(pair: RelayTransfer): Promise<RelayOutcome>;
}

/** Milliseconds. */
export interface RelayLimits {
  /** Without a byte taken by the destination. Default 60,000. */
  stallMs: number;
  /** From the last byte to both final replies. Default 30,000. */
  lingerMs: number;
}

export interface RelayDeps {
  clock: Clock;
  limits?: Partial<RelayLimits>;
}

const defaultLimits: RelayLimits = { stallMs: 60_000, lingerMs: 30_000 };
/** For the other side to explain why a connection broke. */
const echoMs = 1500;
const lookMs = 1000;
const handshakeGraceMs = 100;
const sides = ["source", "destination"] as const;

interface Needs {
  pair: RelayTransfer;
  ends: Record<Side, OpenSession>;
  clock: Clock;
  limits: RelayLimits;
  /** Data connections, to be destroyed at the end whatever happens. */
  sockets: Socket[];
  /** What a side has been told and has said. */
  transfers: Partial<Record<Side, OwnTransfer>>;
  /** Their 1xx has come. */
  started: Set<Side>;
}

export function createRelay({ clock, limits }: RelayDeps): Relay {
  return {
    async transfer(pair) {
      pair.signal.throwIfAborted();
      const ends = { source: asOpen(pair.source), destination: asOpen(pair.destination) };
      const close = () => sides.forEach((side) => void ends[side].close());
      const needs: Needs = { pair, ends, clock, limits: { ...defaultLimits, ...limits }, ...nothingYet() };
      pair.signal.addEventListener("abort", close, { once: true });
      try {
        return await relay(needs);
      } catch (error) {
        const areBothOut = needs.transfers.source && needs.transfers.destination;
        if (areBothOut || sides.some((side) => ends[side].link.control.busy)) close();
        pair.signal.throwIfAborted();
        throw error;
      } finally {
        pair.signal.removeEventListener("abort", close);
        for (const socket of needs.sockets) socket.destroy();
      }
    },
  };
}

const nothingYet = (): Pick<Needs, "sockets" | "transfers" | "started"> => ({
  sockets: [],
  transfers: {},
  started: new Set(),
});

async function relay(needs: Needs): Promise<RelayOutcome> {
  const { pair, clock } = needs;
  const startedAtMs = clock.monotonicMs();
  const opened = await Promise.allSettled(sides.map((side) => of(needs, side, prepare(needs, side))));
  const sockets = opened.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
  // The source first: what cannot be read must not make an empty file.
  const from = await of(needs, "source", begin(needs, "source", sockets[0] as Socket));
  const to = await of(needs, "destination", begin(needs, "destination", sockets[1] as Socket));
  // pyftpdlib now and then misses an end that comes together with the end of the TLS handshake, and waits for ever.
  if (pair.sizeBytes === pair.offsetBytes && to !== sockets[1]) await clock.wait(handshakeGraceMs, pair.signal);
  const moved = await move(needs, from, to);
  return {
    bytes: pair.offsetBytes + moved.movedBytes(),
    elapsedMs: clock.monotonicMs() - startedAtMs,
    sha256: moved.sha256(),
  };
}

async function prepare({ pair, ends, sockets }: Needs, side: Side): Promise<Socket> {
  const socket = await openContents(ends[side].link, pair.signal);
  sockets.push(socket);
  return socket;
}

/** @returns the stream, once the server has agreed */
async function begin(needs: Needs, side: Side, socket: Socket): Promise<Socket> {
  const { pair, ends, transfers } = needs;
  const { link } = ends[side];
  const path = await ends[side].absolute(side === "source" ? pair.sourcePath : pair.destinationPath);
  await restart(link, side, pair.offsetBytes);
  const transfer = await beginTransfer(link, socket, side === "source" ? "RETR" : "STOR", path);
  transfers[side] = transfer;
  try {
    const first = await transfer.exchange.first;
    if (first.code < 200) needs.started.add(side);
    if (first.code < 300) return await transfer.stream;
  } catch (error) {
    // A handshake that a server did not like: its reply says more.
    const reply = await soon(needs, transfer);
    if (!reply || reply.code < 300) throw isBroken(error) ? cut(side, error) : error;
  }
  throw await verdict(needs);
}

async function restart(link: Link, side: Side, offsetBytes: number): Promise<void> {
  const refused = await startAt(link, offsetBytes);
  if (refused) throw asError(addressingVerdict(side, "REST", refused));
}

/** Troubles of a connection with one of them, by the names that a transfer has for them. */
async function of<T>({ ends }: Needs, side: Side, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const trouble = asFonError(error);
    if (!trouble || !["server.offline", "server.protocol", "server.tls-failed"].includes(trouble.code)) throw error;
    const refusedBy = side === "source" ? "fxp.refused-by-source" : "fxp.refused-by-destination";
    const code = ends[side].closed ? "fxp.cut" : refusedBy;
    throw new FonError(code, {}, { cause: error, detail: `${side} ${trouble.code}` });
  }
}

/** After the transfer command: that one was not refused. */
function isBroken(error: unknown): boolean {
  return ["server.offline", "server.tls-failed"].includes(asFonError(error)?.code ?? "");
}

function cut(side: Side, cause: unknown): FonError {
  return new FonError("fxp.cut", {}, { cause, detail: `${side} data connection` });
}

async function move(needs: Needs, from: Socket, to: Socket): Promise<RelayMeter> {
  const { pair, clock } = needs;
  const over = new AbortController();
  const meter = createMeter(pair, clock);
  const watching = watch(needs, meter, over);
  try {
    await pipeline(from, (chunks) => meter.pass(chunks as AsyncIterable<Buffer>), to, { signal: over.signal });
  } catch (error) {
    pair.signal.throwIfAborted();
    // Our own reasons come first; else the servers know why a connection broke.
    const objection = meter.objection();
    if (objection) throw objection.error;
    throw asFonError(over.signal.reason) ?? asFonError(error) ?? (await verdict(needs));
  } finally {
    over.abort();
    await watching;
  }
  await bothDone(needs, meter);
  return meter;
}

/** The one watchdog. */
async function watch({ clock, limits, pair }: Needs, meter: RelayMeter, over: AbortController): Promise<void> {
  while (!over.signal.aborted) {
    await clock.wait(Math.min(lookMs, limits.stallMs), AbortSignal.any([over.signal, pair.signal]));
    if (pair.signal.aborted) over.abort();
    if (meter.silentMs() >= limits.stallMs) over.abort(new FonError("fxp.stalled", {}, { detail: "relay" }));
  }
}

async function bothDone(needs: Needs, meter: RelayMeter): Promise<void> {
  const { limits, transfers, pair } = needs;
  const finals = sides.map((side) => {
    transfers[side]?.endWithin(limits.lingerMs);
    return transfers[side]?.exchange.final;
  });
  const replies = await Promise.allSettled(finals);
  pair.signal.throwIfAborted();
  if (replies.some((one) => one.status === "rejected" || (one.value?.code ?? 0) >= 300)) throw await verdict(needs);
  // 226 is said of half a file too.
  if (meter.movedBytes() < pair.sizeBytes - pair.offsetBytes)
    throw new FonError("fxp.cut", {}, { detail: "source ended early" });
}

/** From what both have said, or say within a moment. There is no other way left: a handshake that broke is a cut. */
async function verdict(needs: Needs): Promise<FonError> {
  for (const socket of needs.sockets) socket.destroy();
  const [source, destination] = await Promise.all([story(needs, "source"), story(needs, "destination")]);
  needs.pair.signal.throwIfAborted();
  const { offsetBytes } = needs.pair;
  return asError(verdictOf({ source, destination }, { offsetBytes, isHandshakeInDoubt: false }));
}

async function story(needs: Needs, side: Side): Promise<SideStory> {
  const transfer = needs.transfers[side];
  if (!transfer) return { isStarted: false, final: undefined, isLost: false };
  const final = await soon(needs, transfer);
  const isStarted = needs.started.has(side);
  // A 3xx is no last word; and what passes (425) ends a transfer that has no other way only when it comes again and again.
  const tellsNothing = final?.code === 425 || (isStarted && final && final.code >= 300 && final.code < 400);
  if (tellsNothing) return { isStarted, final: undefined, isLost: true };
  return { isStarted, final, isLost: final === undefined && needs.ends[side].closed };
}

async function soon({ clock, limits }: Needs, { exchange }: OwnTransfer) {
  const done = new AbortController();
  const final = exchange.final.catch(() => undefined);
  const reply = await Promise.race([final, clock.wait(Math.min(echoMs, limits.lingerMs), done.signal)]);
  done.abort();
  return reply ?? undefined;
}
