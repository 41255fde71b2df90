// The schedule's side of the thread that scans: started when it is first needed, asked again while it stays, and started
// anew when it has ended or died.
import type Bree from "bree";
import { onceMore, roundDone } from "./job.ts";

const job = "scan";

export interface ScanThread {
  /** Has it scan what is due. Settles when that was done, or the thread has ended. */
  scan(): Promise<void>;
  /** What bree hears from its threads. */
  hear(name: string, message: unknown): void;
}

export function createScanThread(bree: () => Bree): ScanThread {
  let onDone = () => {};

  return {
    async scan() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const onDeleted = (name: string) => {
        if (name === job) resolve();
      };
      onDone = resolve;
      bree().on("worker deleted", onDeleted);
      try {
        const thread = bree().workers.get(job);
        // One that is about to end does not hear it, and is gone in a moment.
        if (thread) thread.postMessage(onceMore);
        else await bree().run(job);
        await promise;
      } finally {
        bree().off("worker deleted", onDeleted);
      }
    },
    hear(name, message) {
      if (name === job && message === roundDone) onDone();
    },
  };
}
