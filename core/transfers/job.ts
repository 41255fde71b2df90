// What every step of one file's way needs. Shapes only.
import type { createFxp, createRelay } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Crew } from "./crew.ts";
import type { Lease, Progress, SeenFile, Verified } from "./lease.ts";
import type { RelayQuota } from "./relay-quota.ts";
import type { RelayRates } from "./relay-rates.ts";
import type { Ends, Knowledge } from "./store/knowledge.ts";
import type { TwinStore } from "./store/twins.ts";

/** What is written down when the first byte is about to move: of the source's file, and how much of the part is there. */
export interface Noted {
  modifiedAt?: SeenFile["modifiedAt"];
  fingerprint?: string;
  bytesDone?: number;
}

export interface JobDeps {
  clock: Clock;
  fxp: ReturnType<typeof createFxp>;
  relay: ReturnType<typeof createRelay>;
  quota: RelayQuota;
  rates: RelayRates;
  knowledge: Knowledge;
  twins: TwinStore;
  /** Where contents are looked at: 0 up to 1, never known to a server before. */
  random: () => number;
  note: (lease: Lease, noted: Noted) => Promise<void>;
  /** Before the part is touched: a worker that slept may have lost its lease. Then it aborts the job's signal. */
  checkHeld: (lease: Lease) => Promise<void>;
  /**
   * Before bytes move by `progress.way`: policy, consent or the lease may have ended since they were asked for. Then it
   * aborts the job's signal. `way` is set first, so that who ends them later finds it there.
   */
  checkWay: (lease: Lease, progress: Progress) => Promise<void>;
  /** Writes down how the copy was compared, and says whether the lease is still ours; then the final name may be given. */
  seal: (lease: Lease, verified: Verified) => Promise<boolean>;
}

/** One file on its way, with everything its steps work on. */
export interface Job {
  lease: Lease;
  ends: Ends;
  crew: Crew;
  signal: AbortSignal;
  /** Real paths at the two servers. */
  sourcePath: string;
  partPath: string;
  finalPath: string;
  /** What the source file is now. */
  sizeBytes: number;
  modifiedAt: Date | undefined;
  /** SHA-256 of all of it, when it came through the core in one go. */
  passedSha256?: string;
  progress: Progress;
}
