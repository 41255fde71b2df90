// A wait that can be ended early, for loops that sleep until something happens.
import type { Clock } from "../platform/clock.ts";

export interface Bell {
  ring(): void;
  /** Resolves at once when it rang since the last wait; true when it rang, false when the time was over. */
  wait(ms: number): Promise<boolean>;
}

export function createBell(clock: Clock): Bell {
  let hasRung = false;
  let alarm = new AbortController();
  return {
    ring() {
      hasRung = true;
      // With a reason, because otherwise each would be an error with a stack.
      alarm.abort("rung");
    },
    async wait(ms) {
      if (!hasRung) await clock.wait(ms, alarm.signal);
      const isCalled = hasRung;
      hasRung = false;
      alarm = new AbortController();
      return isCalled;
    },
  };
}
