// The bytes of one file by one way: from server to server, or through the core. Which way is the ladder's to choose.
import type { PairArrangement } from "../ftp/index.ts";
import type { Job, JobDeps } from "./job.ts";
import type { Pace } from "./pace.ts";
import { pieceFor } from "./relay-rates.ts";

interface Moved {
  elapsedMs: number;
}

/** From server to server: no byte of the file comes here. @throws see `Fxp.transfer`; what `pace` was ended with */
export async function moveDirectly(
  deps: JobDeps,
  job: Job,
  arrangement: PairArrangement,
  offsetBytes: number,
  pace: Pace,
): Promise<Moved> {
  return await deps.fxp.transfer({
    ...pathsOf(job),
    offsetBytes,
    sizeBytes: job.sizeBytes,
    arrangement,
    signal: AbortSignal.any([job.signal, pace.signal]),
    sizeOf: () => sizeFromOutside(job),
    onProgress: progressOf(job, pace),
  });
}

/** Through the core, counted against the group's quota. @throws see `Relay.transfer`; `pull.relay-quota` */
export async function moveThroughCore(deps: JobDeps, job: Job, offsetBytes: number, pace: Pace): Promise<Moved> {
  const { lease, ends } = job;
  const pieceBytes = pieceFor([ends.source.bytesPerSecond, ends.destination.bytesPerSecond]);
  const signal = AbortSignal.any([job.signal, pace.signal]);
  const meter = deps.quota.open(lease.groupId);
  const admit = async (bytes: number) => {
    await meter.take(bytes);
    await deps.rates.pass(lease.sourceId, ends.source.bytesPerSecond, bytes, signal);
    await deps.rates.pass(lease.destinationId, ends.destination.bytesPerSecond, bytes, signal);
  };
  try {
    const moved = await deps.relay.transfer({
      ...pathsOf(job),
      offsetBytes,
      sizeBytes: job.sizeBytes,
      ...(pieceBytes === undefined ? {} : { pieceBytes }),
      signal,
      onBytes: admit,
      onProgress: progressOf(job, pace),
    });
    if (offsetBytes === 0) job.passedSha256 = moved.sha256;
    return moved;
  } finally {
    await meter.close();
  }
}

function pathsOf({ crew, sourcePath, partPath }: Job) {
  return {
    source: crew.source.session,
    destination: crew.destination.session,
    sourcePath,
    destinationPath: partPath,
  };
}

function progressOf(job: Job, pace: Pace): (bytes: number) => void {
  return (bytes) => {
    job.progress.bytesDone = bytes;
    pace.note(bytes);
  };
}

/** Undefined when the second session is not to be had: a server with one place only still gets its file. */
async function sizeFromOutside(job: Job): Promise<number | undefined> {
  try {
    return await (await job.crew.lookout()).size(job.partPath);
  } catch {
    return undefined;
  }
}
