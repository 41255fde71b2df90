// How much a group may send through the core on one day (UTC), held in all cores of a database. Counted before it goes, in
// steps: a core that dies has counted at most one step too much, and never too little.
import type { Clock } from "../platform/clock.ts";
import { FonError } from "../platform/errors.ts";
import type { RelayedStore } from "./store/relayed.ts";

const stepBytes = 4 * 1024 * 1024;

export interface RelayQuota {
  isUsedUp(groupId: number): Promise<boolean>;
  /** For one transfer. */
  open(groupId: number): QuotaMeter;
}

export interface QuotaMeter {
  /** Resolves when so many bytes may go; one call at a time. @throws `pull.relay-quota` */
  take(bytes: number): Promise<void>;
  /** Gives back what was counted and not used. */
  close(): Promise<void>;
}

interface Deps {
  clock: Clock;
  relayed: RelayedStore;
  quotaBytes: number;
}

export function createRelayQuota(deps: Deps): RelayQuota {
  const { clock, relayed, quotaBytes } = deps;
  return {
    isUsedUp: async (groupId) => (await relayed.used(groupId, dayOf(clock.now()))) >= quotaBytes,
    open: (groupId) => openMeter(deps, groupId),
  };
}

function openMeter({ clock, relayed, quotaBytes }: Deps, groupId: number): QuotaMeter {
  let creditBytes = 0;
  let day = dayOf(clock.now());
  return {
    async take(bytes) {
      while (creditBytes < bytes) {
        day = dayOf(clock.now());
        const granted = await relayed.reserve(groupId, day, stepBytes, quotaBytes);
        if (granted === 0) {
          // Crumbs that are given back would have the next transfer begin for nothing.
          creditBytes = 0;
          throw new FonError("pull.relay-quota");
        }
        creditBytes += granted;
      }
      creditBytes -= bytes;
    },
    async close() {
      const unused = creditBytes;
      creditBytes = 0;
      if (unused > 0) await relayed.giveBack(groupId, day, unused);
    },
  };
}

/** `2026-03-01` of UTC. */
function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** Pure. */
export function msToNextDay(now: Date): number {
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1) - now.getTime();
}
