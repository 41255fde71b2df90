// Moving the bytes of one file: the ways between the two servers, one after the other, until one works.

import type { ErrorCode } from "#contract";
import type { Arrangement } from "../ftp/index.ts";
import { waysBetween } from "../ftp/index.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import { at } from "./blame.ts";
import { isDamage, mayTryAnother } from "./classify.ts";
import type { Job, JobDeps } from "./job.ts";
import { moveDirectly, moveThroughCore } from "./move.ts";
import type { Pace } from "./pace.ts";
import { Faster } from "./pace.ts";
import { planPart, stillSize } from "./part.ts";
import { allowedBy, codeOfLack, UsedUp } from "./ways.ts";

/** Smaller files tell the delays of the line, not its speed. */
export const tellingBytes = 1024 * 1024;

/**
 * Moves everything from `offsetBytes` on into the part. What worked is remembered for the pair.
 * @throws FonError `fxp.*`, `file.*`, `inbox.*`, `server.*`, `pull.*`; Blamed when a server could not be opened again;
 * UsedUp; what `pace` was ended with
 */
export async function climb(deps: JobDeps, job: Job, offsetBytes: number, pace: Pace): Promise<void> {
  try {
    await tryRungs(deps, job, offsetBytes, pace);
  } catch (error) {
    // A server may say in FEAT that it restarts and then refuse it (ProFTPD without AllowStoreRestart).
    const trouble = asFonError(error);
    if (offsetBytes === 0 || !trouble || !isAboutRestart(trouble) || job.signal.aborted) throw error;
    await beginAt(deps, job, 0);
    await job.crew.mend(job.signal);
    await tryRungs(deps, job, 0, pace);
  }
}

async function tryRungs(deps: JobDeps, job: Job, offsetBytes: number, pace: Pace): Promise<void> {
  const rungs = await rungsFor(deps, job);
  let fromBytes = offsetBytes;
  let refusal: FonError | undefined;
  let lostEnd: FonError | undefined;
  for (const way of rungs) {
    try {
      if (fromBytes === job.sizeBytes && lostEnd) return;
      const speed = await moveBy(deps, job, way, fromBytes, pace);
      // The rest of one file in the clear is no reason to bring all others like that.
      if (!lostEnd) await learn(deps, job, way, speed);
      return;
    } catch (error) {
      const trouble = asFonError(error);
      const hasMoved = job.progress.bytesDone > fromBytes;
      if (!trouble || job.signal.aborted || isAboutRestart(trouble)) throw error;
      const hasLostEnd = losesEnds(way) && trouble.code === "fxp.cut" && way !== rungs.at(-1);
      if (!hasLostEnd && !mayTryAnother(trouble.code, hasMoved)) throw error;
      refusal ??= trouble;
      await job.crew.mend(job.signal);
      if (!hasLostEnd) continue;
      lostEnd ??= trouble;
      fromBytes = await resumeAt(deps, job);
    }
  }
  // That way works and may bring the rest next time, whatever became of the others.
  throw lostEnd ?? refusal ?? new FonError("fxp.no-arrangement");
}

/**
 * A ProFTPD that sends as the client of TLS 1.3 loses the end of every second large file: 426, or 226 on both sides. Every
 * other way brings the rest; by the same one the next attempt may end like that too.
 */
export function losesEnds(way: Arrangement): boolean {
  return way.data === "protected" && way.tlsClient?.by === "sscn" && way.tlsClient.side === "source";
}

/** Where the next way begins: behind what has arrived, as far as both restart. */
async function resumeAt(deps: JobDeps, job: Job): Promise<number> {
  const { source, destination } = job.crew;
  const { sizeBytes, progress, signal } = job;
  const partBytes = await at("destination", stillSize(destination.session, job.partPath, deps.clock, signal));
  const canRestart = destination.session.features.rest && source.session.features.rest;
  const plan = planPart(partBytes, { sizeBytes, bytesDone: progress.bytesDone }, canRestart);
  const known = { fresh: 0, whole: sizeBytes, resume: partBytes ?? 0 };
  await beginAt(deps, job, known[plan.kind]);
  return known[plan.kind];
}

/** What moves once more is counted once more: the row must know from where. */
async function beginAt({ note }: JobDeps, { lease, progress }: Job, bytes: number): Promise<void> {
  progress.bytesDone = bytes;
  await note(lease, { bytesDone: bytes });
}

function isAboutRestart(trouble: FonError): boolean {
  return trouble.params["why"] === "resume";
}

/** What worked between the two before: asked once for each pair of connections. */
export async function recall({ knowledge }: JobDeps, { crew, lease }: Pick<Job, "crew" | "lease">): Promise<void> {
  const versions: [number, number] = [crew.source.version, crew.destination.version];
  crew.memory ??= await knowledge.pairOf(lease.sourceId, lease.destinationId, versions);
}

/** @throws FonError when nothing can work or may be used, UsedUp */
async function rungsFor(deps: JobDeps, { crew, lease, ends }: Job): Promise<Arrangement[]> {
  await recall(deps, { crew, lease });
  const allowed = allowedBy(ends);
  // The last resort is not remembered for ever: each new pair of connections looks once whether the two meet by now.
  const isLastResort = crew.memory?.arrangement === "relay" && !crew.isUsed;
  const remembered = isLastResort ? undefined : crew.memory?.arrangement;
  const { ways, lacks } = waysBetween(crew.source.session, crew.destination.session, allowed, remembered);
  if (ways.length === 0) throw new FonError(codeOfLack(lacks, ends));
  const bad = lease.tried.filter(({ sourceId, code }) => sourceId === lease.sourceId && isDamage(code));
  const left = ways.filter((way) => !bad.some((one) => one.arrangement === way.id));
  if (left.length === 0) throw new UsedUp((bad.at(-1)?.code ?? "fxp.content-differs") as ErrorCode);
  return left;
}

/** @returns bytes per second, where they tell anything */
async function moveBy(
  deps: JobDeps,
  job: Job,
  way: Arrangement,
  offsetBytes: number,
  pace: Pace,
): Promise<number | null> {
  job.progress.way = way;
  await deps.checkWay(job.lease, job.progress);
  job.signal.throwIfAborted();
  const moving =
    way.data === "relayed"
      ? moveThroughCore(deps, job, offsetBytes, pace)
      : moveDirectly(deps, job, way, offsetBytes, pace);
  const { elapsedMs } = await moving.catch(async (error) => {
    if (error instanceof Faster) await learn(deps, job, way, Math.round(error.bytesPerSecond));
    throw error;
  });
  if (losesEnds(way)) await checkEnd(job);
  job.progress.bytesDone = job.sizeBytes;
  const moved = job.sizeBytes - offsetBytes;
  job.progress.moved = { bytes: moved, elapsedMs };
  return elapsedMs > 0 && moved >= tellingBytes ? Math.round((moved / elapsedMs) * 1000) : null;
}

/** What lacks its end only is no damage. @throws `fxp.cut` */
async function checkEnd({ crew, partPath, progress, sizeBytes }: Job): Promise<void> {
  const partBytes = await at("destination", crew.destination.session.size(partPath));
  if (partBytes === undefined || partBytes >= sizeBytes) return;
  progress.bytesDone = partBytes;
  throw new FonError("fxp.cut", {}, { detail: "the end is missing" });
}

/** @param bytesPerSecond null where they tell nothing */
export async function learn(deps: JobDeps, { crew, lease }: Job, way: Arrangement, bytesPerSecond: number | null) {
  // Nothing new: two thousand small files are not two thousand writes.
  if (crew.memory?.arrangement === way.id && bytesPerSecond === null) return;
  crew.memory = { arrangement: way.id, bytesPerSecond };
  const { sourceId, destinationId } = lease;
  const versions = { sourceVersion: crew.source.version, destinationVersion: crew.destination.version };
  await deps.knowledge.learn(
    { sourceId, destinationId, ...versions, arrangement: way.id, bytesPerSecond },
    deps.clock.now(),
  );
}
