// How long a command may wait for its reply.
import type { Clock } from "../platform/clock.ts";

export interface Patience {
  /** 0: for ever. */
  allow(ms: number): void;
}

/**
 * Not the socket's own timeout: a server that says one byte now and then would never run into it. One wait serves the
 * commands that follow one another; it is given up when none does.
 */
export function createPatience(clock: Clock, onEnd: () => void): Patience {
  let deadlineMs = Number.POSITIVE_INFINITY;
  let waiting: { untilMs: number; stop: AbortController } | undefined;

  function end(): void {
    // With a reason, because otherwise each would be an error with a stack.
    waiting?.stop.abort("over");
    waiting = undefined;
  }

  function watch(): void {
    end();
    const own = { untilMs: deadlineMs, stop: new AbortController() };
    waiting = own;
    void clock.wait(Math.max(0, deadlineMs - clock.monotonicMs()), own.stop.signal).then(() => {
      if (waiting !== own) return;
      waiting = undefined;
      if (deadlineMs === own.untilMs) onEnd();
      else if (deadlineMs !== Number.POSITIVE_INFINITY) watch();
    });
  }

  function endIfIdle(): void {
    if (deadlineMs === Number.POSITIVE_INFINITY) end();
  }

  return {
    allow(ms) {
      deadlineMs = ms === 0 ? Number.POSITIVE_INFINITY : clock.monotonicMs() + ms;
      if (ms === 0) setImmediate(endIfIdle);
      else if (!waiting || waiting.untilMs > deadlineMs) watch();
    },
  };
}
