// What can be made to go wrong on the way: answers of a broken or busy platform, before or after the effect.

export interface FaultMatch {
  method?: string;
  /** Matched against the path without `/api/v10`. */
  path: RegExp;
}

export interface Fault {
  /** Answered instead of the real answer; without it (and without `cut`) the request is only delayed. */
  status?: number;
  /** Whether the request has had its effect when it fails. */
  when?: "before" | "after";
  /** How many requests it hits; once by default. */
  times?: number;
  /** Seconds, for 429. */
  retryAfter?: number;
  delayMs?: number;
  /** The connection ends without an answer: orderly (discord.js does not try again), or by a reset (it does). */
  cut?: boolean | "reset";
}

export function createFaults() {
  const planned: { match: FaultMatch; what: Fault; left: number; hits: number }[] = [];
  const timers = new Map<NodeJS.Timeout, () => void>();
  return {
    /** Returns how often it has hit so far. */
    fail(match: FaultMatch, what: Fault): () => number {
      const plan = { match, what, left: what.times ?? 1, hits: 0 };
      planned.push(plan);
      return () => plan.hits;
    },
    take(method: string, path: string): Fault | undefined {
      const plan = planned.find(
        (one) => one.left > 0 && (one.match.method ?? method) === method && one.match.path.test(path),
      );
      if (plan === undefined) return undefined;
      plan.left -= 1;
      plan.hits += 1;
      return plan.what;
    },
    delay(ms: number): Promise<void> {
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          resolve();
        }, ms);
        timers.set(timer, resolve);
      });
    },
    close() {
      for (const [timer, resolve] of timers) {
        clearTimeout(timer);
        resolve();
      }
      timers.clear();
    },
  };
}
