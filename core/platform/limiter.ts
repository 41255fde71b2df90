// How often somebody may do something that costs others: so many times in a sliding window, for each key.
// In memory of this process: several cores on one database each count for themselves.
import type { Clock } from "./clock.ts";
import { FonError } from "./errors.ts";

export interface LimiterOptions {
  clock: Clock;
  /** Times in `withinMs`. */
  most: number;
  withinMs: number;
}

export interface Limiter {
  /** Counts one time for all of the keys, or for none. @throws `request.too-many` when one of them had enough */
  take(...keys: readonly (string | number)[]): void;
}

export function createLimiter({ clock, most, withinMs }: LimiterOptions): Limiter {
  /** Moments of each key, oldest first. */
  const taken = new Map<string | number, number[]>();
  let sweptAtMs = clock.monotonicMs();

  const recent = (key: string | number, sinceMs: number) => (taken.get(key) ?? []).filter((atMs) => atMs > sinceMs);
  const sweep = (nowMs: number) => {
    if (nowMs - sweptAtMs < withinMs) return;
    sweptAtMs = nowMs;
    for (const [key, moments] of taken) if ((moments.at(-1) ?? 0) <= nowMs - withinMs) taken.delete(key);
  };

  return {
    take(...keys) {
      const nowMs = clock.monotonicMs();
      sweep(nowMs);
      const found = keys.map((key) => [key, recent(key, nowMs - withinMs)] as const);
      if (found.some(([, moments]) => moments.length >= most)) throw new FonError("request.too-many");
      for (const [key, moments] of found) taken.set(key, [...moments, nowMs]);
    },
  };
}
