// The frame of a job in its worker thread: it ends by itself, or early when bree says `cancel`.
import { parentPort, workerData } from "node:worker_threads";
import type { JobData } from "./schedule.ts";

/** Runs the job and ends the thread. What it throws reaches the schedule's log. */
export async function runJob(job: (data: JobData, signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  parentPort?.on("message", (message) => {
    if (message === "cancel") stop.abort();
  });
  try {
    await job(workerData as JobData, stop.signal);
  } finally {
    parentPort?.removeAllListeners("message");
    parentPort?.close();
  }
}
