// The engine of the queue: leases what may start, has it run, and stops what lost its right.
// Any number of engines share a database; one `owner` name stands for one engine that can exist only once.
import type { createFxp, createRelay } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import type { Signals } from "../platform/signals.ts";
import type { Servers } from "../servers/index.ts";
import type { Shares } from "../shares/index.ts";
import type { Bell } from "./bell.ts";
import { createBell } from "./bell.ts";
import { createCrews } from "./crew.ts";
import { createCrowd } from "./crowd.ts";
import { createJanitor } from "./janitor.ts";
import { createRelayQuota } from "./relay-quota.ts";
import { createRelayRates } from "./relay-rates.ts";
import { applyRights } from "./rights.ts";
import { createKnowledge } from "./store/knowledge.ts";
import { createLeftoverStore } from "./store/leftovers.ts";
import { createPullStore } from "./store/pulls.ts";
import { createQueueStore } from "./store/queue.ts";
import { createRelayedStore } from "./store/relayed.ts";
import { createRightsStore } from "./store/rights.ts";
import { createTwinStore } from "./store/twins.ts";

export interface EngineDeps {
  db: Db;
  clock: Clock;
  servers: Pick<Servers, "open">;
  shares: Pick<Shares, "sight">;
  fxp: ReturnType<typeof createFxp>;
  relay: ReturnType<typeof createRelay>;
  /** What one group may send through this FonShare on one day (UTC). */
  relayQuotaBytes: number;
  /** 0 up to 1: where contents are looked at. */
  random: () => number;
  log: Log;
  signals: Pick<Signals, "on">;
  /**
   * Who holds its leases. The same name after a restart takes them back at once; so it must be a name that only one
   * living engine can have: a fixed one for the core that holds the embedded database, else a new one each time.
   */
  owner: string;
  /** Transfers at a time in this process. Default 16. */
  places?: number;
  /** See `CrowdDeps`. */
  trainMs?: number;
  /** How long a source has to be slow before a faster one takes over. Default a minute. */
  slowAfterMs?: number;
}

export interface Engine {
  start(): void;
  /** Running transfers go back to the queue, their parts stay. Resolves within 4 s. */
  stop(): Promise<void>;
}

/** Without a signal it looks again after this long. */
const longestWaitMs = 60_000;
const troubleWaitMs = 1_000;
const pulseMs = 1_000;
const reclaimMs = 1_000;
const soonMs = 100;
const stopWithinMs = 3_500;
const slowAfterMs = 60_000;

export function createEngine(deps: EngineDeps): Engine {
  const bells = { queue: createBell(deps.clock), pulse: createBell(deps.clock), rights: createBell(deps.clock) };
  const parts = createParts(deps, { ...bells, parts: createBell(deps.clock) });
  const stopping = new AbortController();
  const loops: Promise<void>[] = [];
  const silences: (() => void)[] = [];

  return {
    start() {
      silences.push(
        deps.signals.on("queue", parts.bells.queue.ring),
        deps.signals.on("rights", parts.bells.rights.ring),
      );
      loops.push(
        loop(deps, stopping.signal, "the queue", startDue(parts)),
        loop(deps, stopping.signal, "the renewal of leases", renewDue(parts, stopping.signal)),
        loop(deps, stopping.signal, "the check of rights", checkRights(parts, stopping.signal)),
        loop(deps, stopping.signal, "the removal of unfinished files", tidyDue(parts, stopping.signal)),
      );
    },
    async stop() {
      stopping.abort();
      for (const silence of silences.splice(0)) silence();
      const wait = new AbortController();
      await Promise.race([endAll(parts, loops), deps.clock.wait(stopWithinMs, wait.signal)]);
      wait.abort();
      parts.crews.expire();
    },
  };
}

type Parts = ReturnType<typeof createParts>;

function createParts(deps: EngineDeps, bells: Record<"queue" | "pulse" | "rights" | "parts", Bell>) {
  const stores = {
    queue: createQueueStore(deps.db),
    pulls: createPullStore(deps.db),
    rights: createRightsStore(deps.db),
    leftovers: createLeftoverStore(deps.db),
    knowledge: createKnowledge(deps.db),
    twins: createTwinStore(deps.db),
  };
  const quota = createRelayQuota({
    clock: deps.clock,
    relayed: createRelayedStore(deps.db),
    quotaBytes: deps.relayQuotaBytes,
  });
  const crews = createCrews(deps.servers);
  const crowd = createCrowd({
    ...deps,
    ...stores,
    quota,
    rates: createRelayRates(deps.clock),
    crews,
    onFree: bells.queue.ring,
    onLeft: bells.parts.ring,
    slowAfterMs: deps.slowAfterMs ?? slowAfterMs,
  });
  return { ...deps, ...stores, bells, crews, crowd, janitor: createJanitor({ ...deps, ...stores }) };
}

async function endAll({ bells, crowd }: Parts, loops: Promise<void>[]): Promise<void> {
  for (const bell of Object.values(bells)) bell.ring();
  await Promise.all([crowd.stop(), ...loops]);
  // The queue's last turn may have leased something while it was told to stop.
  await crowd.stop();
}

/** A loop that outlives a database that goes away for a while. */
async function loop({ clock, log }: EngineDeps, stop: AbortSignal, what: string, turn: () => Promise<void>) {
  while (!stop.aborted) {
    try {
      await turn();
    } catch (error) {
      if (stop.aborted) return;
      log.warn({ err: error }, `${what} is tried again`);
      await clock.wait(troubleWaitMs, stop);
    }
  }
}

/** Milliseconds until `dueAt`, at least a little, at most the longest wait. */
function until(clock: Clock, dueAt: Date | undefined): number {
  if (!dueAt) return longestWaitMs;
  return Math.min(Math.max(dueAt.getTime() - clock.now().getTime(), 50), longestWaitMs);
}

function startDue({ queue, pulls, clock, crowd, crews, bells, owner }: Parts): () => Promise<void> {
  let reclaimedAtMs: number | undefined;

  async function reclaim(now: Date): Promise<void> {
    if (reclaimedAtMs !== undefined && clock.monotonicMs() - reclaimedAtMs < reclaimMs) return;
    const isFirst = reclaimedAtMs === undefined;
    await queue.reclaim(now, isFirst ? owner : undefined);
    if (isFirst) await pulls.settleBereft(now);
    reclaimedAtMs = clock.monotonicMs();
  }

  return async () => {
    const now = clock.now();
    await reclaim(now);
    const room = crowd.room();
    const leases = room.places > 0 ? await queue.lease({ owner, now, ...room }) : [];
    for (const lease of leases) crowd.start(lease);
    if (leases.length > 0) bells.pulse.ring();
    if (leases.length > 0 && leases.length === room.places) return;
    if (crowd.isEmpty()) crews.rest();
    // Small files end one after the other: what is due later is asked for when there is time.
    if (await bells.queue.wait(soonMs)) return;
    await bells.queue.wait(until(clock, await queue.nextDueAt(now)));
  };
}

function renewDue({ crowd, clock, bells }: Parts, stop: AbortSignal): () => Promise<void> {
  return async () => {
    if (crowd.isEmpty()) await bells.pulse.wait(longestWaitMs);
    else await clock.wait(pulseMs, stop);
    await crowd.renew("due");
  };
}

function checkRights(parts: Parts, stop: AbortSignal): () => Promise<void> {
  const { bells, crews, crowd } = parts;
  return async () => {
    await bells.rights.wait(longestWaitMs);
    if (stop.aborted) return;
    // Paused, cancelled and removed transfers are not held any more; the others are asked about one by one.
    crews.expire();
    await crowd.renew("all");
    await crowd.recheck();
    await applyRights(parts);
    bells.queue.ring();
    bells.parts.ring();
  };
}

function tidyDue({ janitor, leftovers, clock, bells }: Parts, stop: AbortSignal): () => Promise<void> {
  return async () => {
    const gone = await janitor.tidy(stop);
    if (gone === 0) await bells.parts.wait(until(clock, await leftovers.nextDueAt(clock.now())));
  };
}
