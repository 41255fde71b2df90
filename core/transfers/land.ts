// After the bytes: both ends have the same size and contents, the final name is still free, and only then the part gets it.
import type { Coming, Session } from "../ftp/index.ts";
import { expectModifiedAt, pickAlgorithm, sendAhead, takeBack } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import { at, Blamed, both } from "./blame.ts";
import { compareEnds, drawSeed, wholeBytes } from "./compare.ts";
import type { Job, JobDeps } from "./job.ts";
import type { Outcome, Verified } from "./lease.ts";
import { ChangedFile } from "./prepare.ts";

/**
 * A 226 of both servers proves nothing: servers say it for half a file too. So sizes, and then contents; whatever does not
 * throw counts as verified.
 * @throws `fxp.size-differs`, `fxp.content-differs`, `fxp.not-comparable`, `file.gone`, ChangedFile
 */
export async function verify(deps: JobDeps, job: Job): Promise<Verified> {
  // A file that is read whole on both ends has shown its size: two round trips less for each of many small ones.
  if (!isReadWhole(job)) await compareSizes(job);
  if (isReadInBlocks(job)) expectModifiedAt(job.crew.source.session, job.sourcePath);
  try {
    const verified = await compare(deps, job, job.partPath);
    // The digest of what passed tells nothing of what became of the source since.
    const isSourceUnread = verified === "blocks" || job.passedSha256 !== undefined;
    if (isSourceUnread && job.sizeBytes > wholeBytes) await lookAgain(job);
    return verified;
  } catch (error) {
    if (!isDifference(error)) throw error;
    await both(takeBack(job.crew.source.session), takeBack(job.crew.destination.session));
    await compareSizes(job);
    await lookAgain(job);
    // It is there and cannot be had: vsftpd says the same of a file that is missing and of one that it does not give out.
    throw error instanceof Blamed ? new FonError("fxp.not-comparable", {}, { cause: error }) : error;
  }
}

/** A part that is not there any more differs as well. */
function isDifference(error: unknown): boolean {
  if (error instanceof Blamed) return error.side === "destination" && error.trouble.code === "file.gone";
  return asFonError(error)?.code === "fxp.content-differs";
}

function isReadWhole(job: Job): boolean {
  return !hasDigest(job) && job.sizeBytes > 0 && job.sizeBytes <= wholeBytes;
}

/** Of one that came through the core the destination may tell a digest instead. */
function isReadInBlocks(job: Job): boolean {
  return !hasDigest(job) && job.sizeBytes > wholeBytes && job.passedSha256 === undefined;
}

function hasDigest({ crew: { source, destination } }: Job): boolean {
  return pickAlgorithm(source.session.features, destination.session.features) !== undefined;
}

async function compareSizes({ crew, lease, sourcePath, partPath, sizeBytes }: Job): Promise<void> {
  const [partBytes, sourceBytes] = await both(
    at("destination", crew.destination.session.size(partPath)),
    at("source", crew.source.session.size(sourcePath)),
  );
  if (sourceBytes === undefined) throw new FonError("file.gone");
  if (sourceBytes !== sizeBytes) throw new ChangedFile({ sizeBytes: sourceBytes, modifiedAt: null });
  if (partBytes !== sizeBytes) throw new FonError("fxp.size-differs", {}, { detail: `transfer ${lease.id}` });
}

/** A source that was written to meanwhile is another file, not a damaged copy, and samples may have missed it. */
async function lookAgain({ crew, sourcePath, sizeBytes, modifiedAt }: Job): Promise<void> {
  const now = await at("source", crew.source.session.modifiedAt(sourcePath));
  if (now && modifiedAt && now.getTime() !== modifiedAt.getTime())
    throw new ChangedFile({ sizeBytes, modifiedAt: now });
}

/** Contents at places that neither server can know before. */
async function compare(deps: JobDeps, job: Job, destinationPath: string): Promise<Verified> {
  const { crew, sourcePath, sizeBytes, signal } = job;
  const ends = { source: crew.source.session, sourcePath, destination: crew.destination.session, destinationPath };
  return await compareEnds({
    ...ends,
    spares: crew.spares(),
    sizeBytes,
    seed: drawSeed(deps.random),
    passedSha256: job.passedSha256,
    signal,
    clock: deps.clock,
  });
}

/**
 * Gives the part its name. RNTO overwrites on every known server, so the look is directly before it, and the lease is
 * asked for once more: a worker that slept must not finish what another one began.
 * @returns false when the lease is lost
 * @throws `inbox.exists`, `inbox.refused`, `server.*`
 */
export async function land(deps: JobDeps, job: Job, verified: Verified): Promise<boolean> {
  const { session } = job.crew.destination;
  for (const freshMs of freshnessesMs) {
    const elapsedMs = stopwatch(deps.clock);
    const [isHeld, there] = await both(deps.seal(job.lease, verified), at("destination", session.size(job.finalPath)));
    if (!isHeld) return false;
    job.signal.throwIfAborted();
    if (elapsedMs() > freshMs) continue;
    if (there !== undefined) throw new FonError("inbox.exists");
    await giveName(session, job, sendAhead(session, [namingOf(job)]));
    await keepTime(session, job);
    return true;
  }
  throw new Blamed("destination", new FonError("server.busy", {}, { detail: "too slow to give a name" }));
}

/**
 * How old the two answers may be when the name is given; the last time a server may be slow. Less than what a lease is
 * good for once it was asked for: meanwhile nobody else can have begun the part anew.
 */
const freshnessesMs = [5_000, 5_000, 12_000] as const;

/** Of both clocks: one of them may stand still while a process is stopped or a computer sleeps. */
export function stopwatch(clock: Clock): () => number {
  const [atMs, monotonicMs] = [clock.now().getTime(), clock.monotonicMs()];
  return () => Math.max(clock.now().getTime() - atMs, clock.monotonicMs() - monotonicMs);
}

export function namingOf({ partPath: from, finalPath: to }: Job): Coming {
  return { call: "rename", from, to };
}

/** @param asking what `sendAhead` gave for `namingOf`. @throws Blamed */
export async function giveName(session: Session, { partPath, finalPath }: Job, asking: () => void): Promise<void> {
  asking();
  try {
    await at("destination", session.rename(partPath, finalPath));
  } catch (error) {
    await takeBack(session);
    throw error;
  }
}

/** The file is in its place already: a server that cannot set times, or goes away now, changes nothing about that. */
export async function keepTime(session: Session, { finalPath, modifiedAt }: Job): Promise<void> {
  if (modifiedAt) await session.setModifiedAt(finalPath, modifiedAt).catch(() => false);
}

/**
 * A file of that name and size was there before: the same one counts as brought.
 * @throws `inbox.exists` when its contents are others
 */
export async function compareWithThere(deps: JobDeps, job: Job): Promise<Outcome> {
  try {
    const verified = await compare(deps, job, job.finalPath);
    return (await deps.seal(job.lease, verified)) ? { kind: "done" } : { kind: "lost" };
  } catch (error) {
    if (asFonError(error)?.code === "fxp.content-differs") throw new FonError("inbox.exists");
    const isKept = error instanceof Blamed && error.side === "destination" && error.trouble.code === "file.gone";
    throw isKept ? new FonError("fxp.not-comparable", {}, { cause: error }) : error;
  }
}
