// Short turns at a server that gets confused when several of its sessions connect and end at once.
// Holds within this process only; what another process does to the server is noticed by the watchdog.
import type { Clock } from "../../platform/clock.ts";

export interface Turns {
  /** Waits for those that came before, or until `signal` aborts; what it gives ends the turn. */
  take(key: string, signal: AbortSignal): Promise<() => void>;
}

/** A long transfer holds its connection all the while and endangers the others at its end only: nobody waits for that. */
const longestTurnMs = 2_000;

export function createTurns(clock: Clock): Turns {
  const last = new Map<string, Promise<void>>();

  return {
    async take(key, signal) {
      const before = last.get(key);
      const over = new AbortController();
      const ended = aborted(over.signal);
      const line: Promise<void> = Promise.all([before, ended]).then(
        () => void (last.get(key) === line && last.delete(key)),
      );
      last.set(key, line);
      await Promise.race([before, aborted(signal, over.signal)]);
      void clock.wait(longestTurnMs, over.signal).then(() => over.abort());
      return () => over.abort();
    },
  };
}

/** @param unless ends the listening */
function aborted(signal: AbortSignal, unless?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true, ...(unless && { signal: unless }) });
  });
}
