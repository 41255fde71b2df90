// Moving the bytes of one file: the arrangements of the two servers, one after the other, until one works.

import type { Arrangement } from "../ftp/index.ts";
import { possibleArrangements } from "../ftp/index.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import { mayTryAnother } from "./classify.ts";
import type { Job, JobDeps } from "./job.ts";

/** Smaller files tell the delays of the line, not its speed. */
const tellingBytes = 1024 * 1024;

/**
 * Moves everything from `offsetBytes` on into the part. What worked is remembered for the pair.
 * @throws FonError `fxp.*`, `file.*`, `inbox.*`, `server.*`; Blamed when a server could not be opened again
 */
export async function climb(deps: JobDeps, job: Job, offsetBytes: number): Promise<void> {
  try {
    await tryRungs(deps, job, offsetBytes);
  } catch (error) {
    // A server may say in FEAT that it restarts and then refuse it (ProFTPD without AllowStoreRestart).
    const trouble = asFonError(error);
    if (offsetBytes === 0 || !trouble || !isAboutRestart(trouble) || job.signal.aborted) throw error;
    job.progress.bytesDone = 0;
    await job.crew.mend(job.signal);
    await tryRungs(deps, job, 0);
  }
}

async function tryRungs(deps: JobDeps, job: Job, offsetBytes: number): Promise<void> {
  const rungs = await rungsFor(deps, job);
  let refusal: FonError | undefined;
  for (const arrangement of rungs) {
    try {
      return await moveBy(deps, job, arrangement, offsetBytes);
    } catch (error) {
      const trouble = asFonError(error);
      const hasMoved = job.progress.bytesDone > offsetBytes;
      if (!trouble || job.signal.aborted || isAboutRestart(trouble)) throw error;
      if (!mayTryAnother(trouble.code, hasMoved)) throw error;
      refusal ??= trouble;
      await job.crew.mend(job.signal);
    }
  }
  throw refusal ?? new FonError("fxp.no-arrangement");
}

function isAboutRestart(trouble: FonError): boolean {
  return trouble.params["why"] === "resume";
}

async function rungsFor(deps: JobDeps, { crew, lease }: Job): Promise<Arrangement[]> {
  const versions: [number, number] = [crew.source.version, crew.destination.version];
  crew.memory ??= await deps.knowledge.pairOf(lease.sourceId, lease.destinationId, versions);
  return possibleArrangements(crew.source.session, crew.destination.session, crew.memory?.arrangement);
}

async function moveBy(deps: JobDeps, job: Job, arrangement: Arrangement, offsetBytes: number): Promise<void> {
  const outcome = await deps.fxp.transfer({
    source: job.crew.source.session,
    destination: job.crew.destination.session,
    sourcePath: job.sourcePath,
    destinationPath: job.partPath,
    offsetBytes,
    arrangement,
    signal: job.signal,
    sizeOf: () => sizeFromOutside(job),
    onProgress: (bytes) => {
      job.progress.bytesDone = bytes;
    },
  });
  job.progress.bytesDone = job.sizeBytes;
  const moved = job.sizeBytes - offsetBytes;
  const speed = outcome.elapsedMs > 0 ? Math.round((moved / outcome.elapsedMs) * 1000) : null;
  await learn(deps, job, arrangement, moved >= tellingBytes ? speed : null);
}

/** Undefined when the second session is not to be had: a server with one place only still gets its file. */
async function sizeFromOutside(job: Job): Promise<number | undefined> {
  try {
    return await (await job.crew.lookout()).size(job.partPath);
  } catch {
    return undefined;
  }
}

async function learn(deps: JobDeps, { crew, lease }: Job, arrangement: Arrangement, bytesPerSecond: number | null) {
  // Nothing new: two thousand small files are not two thousand writes.
  if (crew.memory?.arrangement === arrangement.id && bytesPerSecond === null) return;
  crew.memory = { arrangement: arrangement.id, bytesPerSecond };
  const { sourceId, destinationId } = lease;
  const versions = { sourceVersion: crew.source.version, destinationVersion: crew.destination.version };
  await deps.knowledge.learn(
    { sourceId, destinationId, ...versions, arrangement: arrangement.id, bytesPerSecond },
    deps.clock.now(),
  );
}
