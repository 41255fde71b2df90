// Time as a dependency: the only place of the core that reads the system clock or arms a timer.

export interface Clock {
  /** Wall clock time. */
  now(): Date;
  /** Milliseconds from an arbitrary start that never jump back; for measuring. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once (without an error) when `signal` aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
    }),
};
