// From the first transfer command to the end of a pair: commands out, replies and sizes in, one watchdog, an orderly stop.
// What they mean is decided in states.ts.
import type { Clock } from "../../platform/clock.ts";
import { dropsEarlyTls } from "../arrangements.ts";
import type { Exchange } from "../control.ts";
import { noteStart } from "../restart.ts";
import type { FxpLimits, PairTransfer } from "../types.ts";
import type { Ends } from "./introduce.ts";
import { noteProtectionRefusal, RefusedEarly } from "./introduce.ts";
import type { PairEvent, Progress } from "./states.ts";
import { advance, isOver, openProgress } from "./states.ts";
import type { Side } from "./verdict.ts";
import { asError } from "./verdict.ts";

/** For ProFTPD, Pure-FTPd and pyftpdlib to say that they have stopped; vsftpd never does. */
const abortGraceMs = 500;
const sides = ["source", "destination"] as const;

export interface RunNeeds {
  pair: PairTransfer;
  ends: Ends;
  paths: Record<Side, string>;
  clock: Clock;
  limits: FxpLimits;
}

/** @returns the last size seen. @throws RefusedEarly when the sessions are still in order; else they must be closed */
export async function runPair(needs: RunNeeds): Promise<number | undefined> {
  const { pair, ends } = needs;
  const course = createCourse(needs);
  const growth = createGrowth(pair, course);
  const exchanges: Exchanges = {};
  const onAbort = () => course.happen({ type: "aborted" });
  pair.signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.all([open(needs, course, exchanges), watch(needs, course, growth)]);
    // The caller is about to use that connection again.
    await growth.settled();
    const { state, seenBytes, verdict } = course.progress();
    if (state === "done") return seenBytes;
    const isInOrder = await stop(needs, exchanges);
    pair.signal.throwIfAborted();
    const error = asError(verdict ?? { code: "fxp.cut", detail: "no verdict" });
    throw isInOrder && sides.every((side) => !ends[side].closed) ? new RefusedEarly(error) : error;
  } finally {
    pair.signal.removeEventListener("abort", onAbort);
  }
}

type Exchanges = Partial<Record<Side, Exchange>>;

interface Course {
  happen(event: PairEvent): void;
  progress(): Progress;
  /** Aborts when the transfer has ended, well or not. */
  over: AbortSignal;
}

function createCourse({ pair, clock, limits }: RunNeeds): Course {
  let progress = openProgress(pair.arrangement, pair.offsetBytes, clock.monotonicMs(), pair.sizeBytes);
  const over = new AbortController();
  pair.onState?.(progress.state);
  return {
    happen(event) {
      const before = progress;
      progress = advance(before, event, clock.monotonicMs(), limits);
      if (progress.state !== before.state) pair.onState?.(progress.state);
      if (isOver(progress)) over.abort("over");
    },
    progress: () => progress,
    over: over.signal,
  };
}

/**
 * With the source passive the destination's consent comes before the source moves. A passive destination says 150 only
 * when its peer has connected: both commands go out together, as they do where the destination's TLS would come too early.
 */
async function open(needs: RunNeeds, course: Course, exchanges: Exchanges): Promise<void> {
  const stored = send(needs, course, exchanges, "destination");
  const { passive, data } = needs.pair.arrangement;
  if (passive === "source" && !(data === "protected" && dropsEarlyTls(needs.ends.source))) {
    const reply = await Promise.race([stored.first.catch(() => undefined), ended(course.over)]);
    if (!reply || reply.code >= 200) return;
  }
  const { stray } = needs.ends.source.link.control;
  if (stray && stray.code >= 400) course.happen({ type: "replied", side: "source", reply: stray });
  if (!course.over.aborted) send(needs, course, exchanges, "source");
}

function send({ ends, paths, pair }: RunNeeds, { happen }: Course, exchanges: Exchanges, side: Side): Exchange {
  const exchange = ends[side].link.control.begin(side === "source" ? "RETR" : "STOR", paths[side], { timeoutMs: 0 });
  exchanges[side] = exchange;
  noteStart(ends[side].link, exchange);
  exchange.first.then(
    (reply) => reply.code < 200 && happen({ type: "started", side }),
    () => undefined,
  );
  exchange.final.then(
    (reply) => {
      noteProtectionRefusal(ends, pair.arrangement, side, reply);
      happen({ type: "replied", side, reply });
    },
    () => happen({ type: "lost", side }),
  );
  return exchange;
}

interface Growth {
  /** SIZE on another connection; never two at a time. */
  look(): void;
  /** No look is under way any more. */
  settled(): Promise<void>;
}

function createGrowth(pair: PairTransfer, course: Course): Growth {
  let looking: Promise<void> | undefined;

  async function lookOnce(): Promise<void> {
    // A frozen server does not answer here either: no growth is seen.
    const bytes = await pair.sizeOf().catch(() => undefined);
    looking = undefined;
    if (bytes === undefined || course.over.aborted) return;
    course.happen({ type: "seen", bytes });
    pair.onProgress?.(bytes);
  }

  return {
    look() {
      const { state } = course.progress();
      if (state === "moving" || state === "finishing") looking ??= lookOnce();
    },
    settled: async () => looking,
  };
}

/** The one watchdog. */
async function watch({ clock, limits }: RunNeeds, { over, happen }: Course, growth: Growth): Promise<void> {
  for (let pauseMs = limits.firstPollMs; !over.aborted; pauseMs = limits.pollMs) {
    await clock.wait(pauseMs, over);
    if (over.aborted) return;
    growth.look();
    happen({ type: "tick" });
  }
}

/**
 * Stray replies and a server that goes on sending must not meet the next user of these connections: they are told to stop,
 * and cannot be used again, unless only one command was out and is answered. @returns whether they are still in order
 */
async function stop({ ends, clock }: RunNeeds, exchanges: Exchanges): Promise<boolean> {
  const busy = sides.filter((side) => ends[side].link.control.busy);
  if (busy.length === 0 && !(exchanges.source && exchanges.destination)) return true;
  for (const side of busy) ends[side].link.control.sendAbort();
  const done = new AbortController();
  const finals = busy.map((side) => exchanges[side]?.final.catch(() => undefined));
  await Promise.race([Promise.all(finals), clock.wait(abortGraceMs, done.signal)]);
  done.abort();
  return false;
}

function ended(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
