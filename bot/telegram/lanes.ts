// Work of one kind after the other, of different kinds side by side; all of it known until it ends.

export interface Lanes {
  /**
   * Begins when the earlier work of the same key has ended. A failure is handed to `onError` and stops nothing.
   * Resolves when it is over; never rejects.
   */
  run(key: string, work: () => Promise<void>): Promise<void>;
  /** Resolves when what is under way for this key has ended. */
  settled(key: string): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createLanes(onError: (error: unknown) => void): Lanes {
  const tails = new Map<string, Promise<void>>();
  return {
    run(key, work) {
      const before = tails.get(key) ?? Promise.resolve();
      const tail = before
        .then(work)
        .catch(onError)
        .finally(() => {
          if (tails.get(key) === tail) tails.delete(key);
        });
      tails.set(key, tail);
      return tail;
    },
    settled: (key) => tails.get(key) ?? Promise.resolve(),
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
}
