// Which updates Telegram may forget: those that were worked on. What a killed bot had not come to is then told again.
// Pure bookkeeping; polling.ts asks.
import type { Clock } from "../clock.ts";

export interface Confirming {
  /** What to ask for: everything before it is confirmed. */
  offset(): number;
  /** `work` is undefined for an update that was heard before. */
  take(updateId: number, work: Promise<void> | undefined): void;
  /** Confirms what was heard, whether it was worked on or not: more than can be held came at once. */
  letGo(): void;
  isHolding(): boolean;
  /** Resolves when nothing is held any more, or after a moment. */
  rest(signal: AbortSignal): Promise<void>;
}

/** Whoever is not answered by then may have to ask again after a crash. */
const longestHoldMs = 60_000;
/** Telegram gives at most 100 at once: held ones must leave room for new ones. */
const mostHeld = 50;
/** The server does not like to be asked the same more often. */
const restMs = 500;

export function createConfirming(clock: Clock): Confirming {
  const held = new Map<number, number>();
  let next = 0;
  let wake = () => {};
  const now = () => clock.now().getTime();

  function dropOld(): void {
    for (const [id, heardAt] of held) {
      if (heardAt < now() - longestHoldMs || id < next - mostHeld) held.delete(id);
    }
  }

  return {
    offset() {
      dropOld();
      const [oldest] = held.keys();
      return oldest ?? next;
    },
    take(updateId, work) {
      // Not the greatest: after a week without any, Telegram begins again at a random number.
      next = updateId + 1;
      if (!work) return;
      held.set(updateId, now());
      void work.finally(() => {
        held.delete(updateId);
        if (held.size === 0) wake();
      });
    },
    letGo: () => held.clear(),
    isHolding: () => held.size > 0,
    async rest(signal) {
      const rested = new AbortController();
      wake = () => rested.abort();
      await clock.wait(restMs, AbortSignal.any([signal, rested.signal]));
      wake = () => {};
    },
  };
}
