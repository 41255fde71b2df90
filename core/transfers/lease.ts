// The words between queue, engine and one run: what was leased, and how it ended. Shapes only.
import type { Reason } from "#contract";
import type { Arrangement } from "../ftp/index.ts";
import type { Moved } from "./trains.ts";

/** How contents were compared. */
export type Verified = "hash" | "blocks";

/** What is not tried again: a server, and with an `arrangement` only that way from that server (or a count against it). */
export interface Tried {
  sourceId: number;
  code: string;
  arrangement?: string;
}

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
  /** The way of an earlier run. */
  arrangement: string | null;
  /** Of the source's file, once it was read. */
  fingerprint: string | null;
  /** Set when an earlier run came as far as giving the final name. */
  verified: Verified | null;
  tried: Tried[];
  /** Light files that were leased with it, to be brought directly behind it: all of them take one place. */
  followers?: Lease[];
  /** This worker may have begun it already, in a train. */
  hasBegun?: boolean;
}

/** What was seen at the source when it is not what the catalog said. */
export interface SeenFile {
  sizeBytes: number;
  modifiedAt: Date | null;
}

/** Another server's file that proved to be the same. */
export interface Elsewhere {
  sourceId: number;
  /** Relative to its share folder. */
  sourcePath: string;
  modifiedAt: Date | null;
}

interface Learnings {
  /** What the row keeps from now on, when it grew. */
  tried?: Tried[];
  /** The copy was not like its source: it was removed, and both people are told. */
  differs?: boolean;
}

export type Outcome =
  /** Whole, verified, under its final name. */
  | { kind: "done" }
  /** Over without the file. */
  | ({ kind: "over"; state: "failed" | "cancelled"; reason: Reason } & Learnings)
  /** Later again; with `waitsForId` everything that needs that server waits as well. */
  | ({
      kind: "wait";
      reason: Reason;
      delayMs: number;
      attempts: number;
      waitsForId?: number;
      seen?: SeenFile;
    } & Learnings)
  /** At once again, from another server; `bytesDone` of the part may be gone on with. */
  | ({ kind: "elsewhere"; to: Elsewhere; bytesDone: number } & Learnings)
  /** Back to the queue at once: the engine stops, or a kept connection had died. */
  | { kind: "again" }
  /** Somebody else decides about it now: cancelled, paused, removed, or leased again. */
  | { kind: "lost" };

/** Live figures of a running transfer, written by the engine's pulse. */
export interface Progress {
  bytesDone: number;
  bytesPerSecond: number | null;
  /** What came in one go, once it is there. */
  moved?: Moved;
  /** How much of the part is there was not seen yet: `bytesDone` is an earlier run's, and nobody writes it down. */
  isUnseen?: boolean;
  /** The way that is tried or used now. */
  way?: Arrangement;
}
