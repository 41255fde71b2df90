// How long to wait before the same is tried again, and the trying. Knows what the Bot API's refusals mean, not what is done.
import type { Clock } from "../clock.ts";
import { judgeError } from "./failures.ts";

const firstMs = 1000;
const longestMs = 60_000;

/** @param attempt 0 for the first wait @param random 0 up to 1: bots that lost the same platform do not return in step */
export function backOffMs(attempt: number, random: number): number {
  const ms = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 16));
  return Math.round(ms * (0.5 + random / 2));
}

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
