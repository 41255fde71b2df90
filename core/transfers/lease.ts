// The words between queue, engine and one run: what was leased, and how it ended. Shapes only.
import type { Reason } from "#contract";

/** A transfer that this engine may run, as long as nobody else got a newer token. */
export interface Lease {
  id: number;
  token: number;
  pullId: number;
  personId: number;
  groupId: number;
  sourceId: number;
  destinationId: number;
  sourcePath: string;
  destinationPath: string;
  /** Of the unfinished file; relative to the inbox as well. */
  partPath: string;
  sizeBytes: number;
  modifiedAt: Date | null;
  /** Failures in a row without progress. */
  attempts: number;
  bytesDone: number;
}

/** What was seen at the source when it is not what the catalog said. */
export interface SeenFile {
  sizeBytes: number;
  modifiedAt: Date | null;
}

export type Outcome =
  /** Whole, verified, under its final name. */
  | { kind: "done" }
  /** Over without the file. */
  | { kind: "over"; state: "failed" | "cancelled"; reason: Reason }
  /** Later again; with `waitsForId` everything that needs that server waits as well. */
  | { kind: "wait"; reason: Reason; delayMs: number; attempts: number; waitsForId?: number; seen?: SeenFile }
  /** Back to the queue at once: the engine stops, or a kept connection had died. */
  | { kind: "again" }
  /** Somebody else decides about it now: cancelled, paused, removed, or leased again. */
  | { kind: "lost" };

/** Live figures of a running transfer, written by the engine's pulse. */
export interface Progress {
  bytesDone: number;
  bytesPerSecond: number | null;
}
