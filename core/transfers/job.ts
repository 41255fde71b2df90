// What every step of one file's way needs. Shapes only.
import type { createFxp } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Crew } from "./crew.ts";
import type { Lease, Progress } from "./lease.ts";
import type { Knowledge } from "./store/knowledge.ts";

export interface JobDeps {
  clock: Clock;
  fxp: ReturnType<typeof createFxp>;
  knowledge: Knowledge;
  /** Is the lease still ours? Asked directly before the final name is given. */
  isHeld: (lease: Lease) => Promise<boolean>;
}

/** One file on its way, with everything its steps work on. */
export interface Job {
  lease: Lease;
  crew: Crew;
  signal: AbortSignal;
  /** Real paths at the two servers. */
  sourcePath: string;
  partPath: string;
  finalPath: string;
  /** What the source file is now. */
  sizeBytes: number;
  modifiedAt: Date | undefined;
  progress: Progress;
}
