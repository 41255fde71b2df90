// How fast contents may come from or go to one server through this core, all its relays together, as its owner wants it.
import type { Clock } from "../platform/clock.ts";

export interface RelayRates {
  /** Resolves when so many more bytes may go; at once without a rate, and when `signal` aborts. */
  pass(serverId: number, bytesPerSecond: number | null, bytes: number, signal: AbortSignal): Promise<void>;
}

const smallestPieceBytes = 256;

/** Pure. Small enough that a slow flow stays a flow: four pieces a second. Undefined without a rate. */
export function pieceFor(rates: readonly (number | null)[]): number | undefined {
  const slowest = Math.min(...rates.map((rate) => rate ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(slowest) ? Math.max(smallestPieceBytes, Math.floor(slowest / 4)) : undefined;
}

export function createRelayRates(clock: Clock): RelayRates {
  const freeAtMs = new Map<number, number>();
  return {
    async pass(serverId, bytesPerSecond, bytes, signal) {
      if (bytesPerSecond === null) return;
      const nowMs = clock.monotonicMs();
      const startMs = Math.max(nowMs, freeAtMs.get(serverId) ?? nowMs);
      freeAtMs.set(serverId, startMs + (bytes / bytesPerSecond) * 1000);
      if (startMs > nowMs) await clock.wait(startMs - nowMs, signal);
    },
  };
}
