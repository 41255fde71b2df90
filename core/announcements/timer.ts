// The core's timer of announcements: tells what waits when it is due. The rows are the truth, so it may be killed at
// any time, and several cores may run it on one database.
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Signals } from "../platform/signals.ts";

export interface TimerDeps {
  /** See Announcements.release. */
  release: (options: { all: boolean }) => Promise<Date | undefined>;
  clock: Clock;
  signals: Signals;
  log: Log;
}

export interface Timer {
  start(): void;
  stop(): Promise<void>;
}

/** Everything that waits is looked at so often, because a group's quiet hours may have been changed. */
const reviewMs = 15_000;
const pauseMs = 10_000;
/** What is due but in another core's hands is looked for again after this. */
const shortestMs = 250;

export function createTimer({ release, clock, signals, log }: TimerDeps): Timer {
  const stopping = new AbortController();
  let wake = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let stopListening = () => {};

  async function look(all: boolean): Promise<number> {
    try {
      const nextAt = await release({ all });
      return nextAt ? Math.min(Math.max(shortestMs, nextAt.getTime() - clock.now().getTime()), reviewMs) : reviewMs;
    } catch (err) {
      if (!stopping.signal.aborted) log.warn({ err }, "announcements could not be told in time");
      return pauseMs;
    }
  }

  async function run(): Promise<void> {
    let reviewedAtMs = Number.NEGATIVE_INFINITY;
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      const isReview = clock.monotonicMs() - reviewedAtMs >= reviewMs;
      if (isReview) reviewedAtMs = clock.monotonicMs();
      const sleepMs = await look(isReview);
      await clock.wait(sleepMs, AbortSignal.any([wake.signal, stopping.signal]));
    }
  }

  return {
    start() {
      stopListening = signals.on("outbox", () => wake.abort());
      running = run();
    },
    async stop() {
      stopListening();
      stopping.abort();
      await running;
    },
  };
}
