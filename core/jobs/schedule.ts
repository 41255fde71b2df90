// When work of the background begins: scans in a worker thread as soon as one is due, announcements when theirs is, and
// forgetting what is old.
// Bree runs the threads; what is due, who does it and whether it is still theirs are rows of the database.
import { fileURLToPath } from "node:url";
import Bree from "bree";
import type { Timer } from "../announcements/index.ts";
import type { ComposeOptions } from "../compose.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Signals } from "../platform/signals.ts";
import { createScanThread } from "./scan-thread.ts";

export interface ScheduleDeps {
  /** Handed to the worker threads, which compose their own core. The master key crosses as the path of its file. */
  options: ComposeOptions;
  retentionMs: number;
  logLevel: string;
  catalog: { prepareScans(everyMs: number): Promise<Date | undefined> };
  /** Tells announcements that wait. */
  timer: Timer;
  signals: Signals;
  clock: Clock;
  log: Log;
}

export interface Schedule {
  start(): void;
  /** Ends running jobs in order, within three seconds. */
  stop(): Promise<void>;
  /** Looks at once whether a scan is due; the signal `scan` does the same. */
  pokeScan(): void;
}

/** What a job finds as its workerData. */
export interface JobData {
  options: ComposeOptions;
  retentionMs: number;
  logLevel: string;
}

/** Looks at the rows this often even when nobody pokes: clocks are set, signals get lost. */
const longestSleepMs = 60_000;
/** After a scan thread that broke, and after work that went well. */
const pauseMs = { broken: 10_000, fine: 250 };
const cancelPatienceMs = 3_000;
const forgetting = { timeout: 60_000, interval: 3_600_000 };

export function createSchedule(deps: ScheduleDeps): Schedule {
  const { options, retentionMs, logLevel, log, clock, signals, catalog, timer } = deps;
  const stopping = new AbortController();
  let wake = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let isBroken = false;
  const thread = createScanThread(() => bree);
  const bree: Bree = createBree({ options, retentionMs, logLevel } satisfies JobData, log, {
    onMessage: thread.hear,
    onBroken: () => {
      isBroken = true;
    },
  });

  async function runScan(): Promise<void> {
    isBroken = false;
    await thread.scan();
    await clock.wait(isBroken ? pauseMs.broken : pauseMs.fine, stopping.signal);
  }

  async function run(): Promise<void> {
    await bree.start("forget");
    await watch();
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      const sleepMs = await untilDue();
      if (stopping.signal.aborted) return;
      if (sleepMs <= 0) await runScan();
      else await clock.wait(sleepMs, AbortSignal.any([wake.signal, stopping.signal]));
    }
  }

  async function untilDue(): Promise<number> {
    try {
      const dueAt = await catalog.prepareScans(options.scanEveryMs);
      return dueAt ? Math.min(dueAt.getTime() - clock.now().getTime(), longestSleepMs) : longestSleepMs;
    } catch (err) {
      if (!stopping.signal.aborted) log.warn({ err }, "the schedule of scans could not be read");
      return pauseMs.broken;
    }
  }

  const poke = () => wake.abort();
  let stopListening = () => {};
  return {
    start() {
      stopListening = signals.on("scan", poke);
      running = run();
      timer.start();
    },
    async stop() {
      stopListening();
      stopping.abort();
      await Promise.all([stopBree(bree, clock), timer.stop()]);
      await running;
    },
    pokeScan: poke,
  };
}

interface Ears {
  onMessage: (name: string, message: unknown) => void;
  onBroken: () => void;
}

function createBree(workerData: JobData, log: Log, { onMessage, onBroken }: Ears): Bree {
  return new Bree({
    root: fileURLToPath(new URL(".", import.meta.url)),
    defaultExtension: "ts",
    acceptedExtensions: [".ts"],
    jobs: [{ name: "scan" }, { name: "forget", ...forgetting }],
    worker: { workerData },
    logger: false,
    workerMessageHandler: ({ name, message }: { name: string; message?: unknown }) => onMessage(name, message),
    errorHandler: (err: unknown, { name }: { name: string }) => {
      onBroken();
      log.error({ err, job: name }, "a job broke");
    },
  });
}

/** Asks the threads to end, and ends those that do not. */
async function stopBree(bree: Bree, clock: Clock): Promise<void> {
  const ended = new AbortController();
  const stopped = bree.stop().then(() => ended.abort());
  await clock.wait(cancelPatienceMs, ended.signal);
  if (!ended.signal.aborted) for (const worker of bree.workers.values()) await worker.terminate();
  await stopped;
}
