// Tries a call of the Bot API again as long as it makes sense: knows what refusals mean, not what is done.
import { backOffMs } from "../chat/back-off.ts";
import type { Clock } from "../clock.ts";
import { judgeError } from "./failures.ts";

export interface InsistDeps {
  clock: Clock;
  random: () => number;
  /** Ends the waiting; the last failure is thrown then. */
  signal: AbortSignal;
}

/**
 * Tries until it works or fails for good. A wait that Telegram asks for (429) is waited, however often; an answer that does
 * not come is tried `attempts` times in all.
 */
export async function insist<T>(work: () => Promise<T>, attempts: number, deps: InsistDeps): Promise<T> {
  const { clock, random, signal } = deps;
  for (let failures = 0; ; ) {
    try {
      return await work();
    } catch (error) {
      const verdict = judgeError(error);
      if (signal.aborted || (verdict.kind !== "busy" && verdict.kind !== "away")) throw error;
      if (verdict.kind === "away") failures += 1;
      if (failures >= attempts) throw error;
      await clock.wait(verdict.kind === "busy" ? verdict.waitMs : backOffMs(failures - 1, random()), signal);
      if (signal.aborted) throw error;
    }
  }
}
