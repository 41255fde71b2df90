// The frame of a job in its worker thread: it ends by itself, or early when bree says `cancel`.
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../platform/clock.ts";
import type { JobData } from "./schedule.ts";

/** To the schedule: what was asked for is done, and the thread may be asked again. To the thread: once more. */
export const roundDone = "round done";
export const onceMore = "once more";

export interface Orders {
  /** Aborts when the thread is to end. */
  signal: AbortSignal;
  /** Says `roundDone` and waits for `onceMore`. @returns false when it has not come within `patienceMs`, or the thread is to end */
  isWantedAgain(patienceMs: number): Promise<boolean>;
}

/** Runs the job and ends the thread. What it throws reaches the schedule's log. */
export async function runJob(job: (data: JobData, orders: Orders) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  let wanted = new AbortController();
  parentPort?.on("message", (message) => {
    if (message === "cancel") stop.abort();
    if (message === onceMore) wanted.abort();
  });
  const { signal } = stop;
  async function isWantedAgain(patienceMs: number): Promise<boolean> {
    wanted = new AbortController();
    parentPort?.postMessage(roundDone);
    await systemClock.wait(patienceMs, AbortSignal.any([wanted.signal, signal]));
    return wanted.signal.aborted && !signal.aborted;
  }
  try {
    await job(workerData as JobData, { signal, isWantedAgain });
  } finally {
    parentPort?.removeAllListeners("message");
    parentPort?.close();
  }
}
