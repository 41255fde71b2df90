// One file from its source to its final name, step by step. Whatever happens comes out as an outcome, never as an error.
import { joinPath } from "../ftp/index.ts";
import { FonError } from "../platform/errors.ts";
import { Blamed, both } from "./blame.ts";
import { isDamage } from "./classify.ts";
import type { Crew, Crews } from "./crew.ts";
import type { ElsewhereDeps } from "./elsewhere.ts";
import { findElsewhere } from "./elsewhere.ts";
import type { Job, JobDeps } from "./job.ts";
import { climb, recall } from "./ladder.ts";
import { compareWithThere, land, verify } from "./land.ts";
import type { Lease, Outcome, Progress, SeenFile } from "./lease.ts";
import { isStaleConnection, troubleOf } from "./outcome.ts";
import { createPace } from "./pace.ts";
import type { PermitDeps } from "./permit.ts";
import { permit } from "./permit.ts";
import type { Ground } from "./prepare.ts";
import { checkSpace, lookAtDestination, lookAtSource, noteSource } from "./prepare.ts";
import type { Ends } from "./store/knowledge.ts";
import type { Ended } from "./trouble.ts";
import { endOf, instead } from "./trouble.ts";
import { allowedBy } from "./ways.ts";

export interface RunDeps extends JobDeps, PermitDeps, ElsewhereDeps {
  crews: Crews;
  knowledge: JobDeps["knowledge"];
  shares: ElsewhereDeps["shares"];
  /** How long a source has to be slow before a faster one is looked for. */
  slowAfterMs: number;
  /** Both servers answer: what waited for one of them may go on. */
  onAlive: (lease: Lease) => Promise<void>;
}

/**
 * @param signal its reason, when it aborts, is the Outcome
 * @param progress is kept current while it runs
 */
export async function run(deps: RunDeps, lease: Lease, signal: AbortSignal, progress: Progress): Promise<Outcome> {
  progress.isUnseen = true;
  const allowed = await permit(deps, lease);
  if ("refusal" in allowed)
    return await unlessAborted(signal, () => instead(deps, allowed, { lease, signal, progress }));
  const { ends } = allowed;
  let crew: Crew | undefined;
  try {
    await checkQuota(deps, lease, ends);
    crew = await deps.crews.take(lease, signal);
    const outcome = await moveFile(deps, toJob(lease, ends, crew, signal, progress));
    deps.crews.put(crew, true);
    return outcome;
  } catch (error) {
    // What a failed command closed is not kept; an abort may leave replies behind that are still to come.
    if (crew && signal.aborted) await dropOrphans(deps, crew, [lease]);
    if (crew) deps.crews.put(crew, !signal.aborted);
    if (signal.aborted) return signal.reason as Outcome;
    return await failed(deps, { error, lease, signal, progress, ends, isUsed: crew?.isUsed ?? false });
  }
}

/** Where only the core may carry it, two thousand files need not log in to hear that there is no room left. */
async function checkQuota({ quota }: RunDeps, { groupId }: Lease, ends: Ends): Promise<void> {
  const { direct } = allowedBy(ends);
  if (!direct && (await quota.isUsedUp(groupId))) throw new FonError("pull.relay-quota");
}

/**
 * Its owner removed the destination or erased themself: with the login forgotten, a part can only be removed now, over
 * the connection that is still open. Best effort: that one may never have been opened, or be gone.
 * @param leases of that destination
 */
export async function dropOrphans({ knowledge }: RunDeps, crew: Crew, leases: readonly Lease[]): Promise<void> {
  const [first] = leases;
  const { inbox } = crew.destination;
  try {
    if (!first || !inbox || (await knowledge.hasServer(first.destinationId))) return;
    const lookout = await crew.lookout();
    for (const { partPath } of leases) await lookout.remove(joinPath(inbox, partPath)).catch(() => undefined);
  } catch {
    // There is nobody left to tell.
  }
}

async function failed(deps: RunDeps, ended: Ended & { isUsed: boolean }): Promise<Outcome> {
  const { error, lease, signal, progress, isUsed } = ended;
  const hasMoved = progress.bytesDone > lease.bytesDone;
  if (isUsed && !hasMoved && isStaleConnection(error)) return { kind: "again" };
  const { code } = troubleOf(error);
  if (code === "core.internal") deps.log.error({ err: error, transfer: lease.id }, "a transfer failed unforeseen");
  else deps.log.info({ transfer: lease.id, code, attempts: lease.attempts }, "a transfer did not end well");
  return await unlessAborted(signal, () => endOf(deps, ended));
}

async function unlessAborted(signal: AbortSignal, look: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await look();
  } catch (error) {
    if (signal.aborted) return signal.reason as Outcome;
    throw error;
  }
}

export function toJob(lease: Lease, ends: Ends, crew: Crew, signal: AbortSignal, progress: Progress): Job {
  const { inbox } = crew.destination;
  // Its owner took the inbox away since it was asked about: without one, paths would begin at the login's home.
  if (!inbox) throw new Blamed("destination", new FonError("server.no-inbox"));
  return {
    lease,
    ends,
    crew,
    signal,
    progress,
    sourcePath: joinPath(crew.source.root, lease.sourcePath),
    partPath: joinPath(inbox, lease.partPath),
    finalPath: joinPath(inbox, lease.destinationPath),
    sizeBytes: lease.sizeBytes,
    modifiedAt: undefined,
  };
}

async function moveFile(deps: RunDeps, job: Job): Promise<Outcome> {
  const [[seen, ground]] = await both(look(deps, job), recall(deps, job));
  if (ground.kind === "there") return ground.isOurs ? { kind: "done" } : await compareWithThere(deps, job);
  job.modifiedAt = seen.modifiedAt ?? undefined;
  if (ground.kind !== "whole") {
    const hasRoom = await settleOffset(deps, job, ground.kind === "resume" ? ground.offsetBytes : 0);
    if (!hasRoom) return { kind: "again" };
    await both(noteSource(deps, job, seen), checkSpace(job, job.sizeBytes - job.progress.bytesDone));
    await move(deps, job);
  }
  const verified = await verifyOrDrop(deps, job);
  return (await land(deps, job, verified)) ? { kind: "done" } : { kind: "lost" };
}

async function look({ clock, onAlive }: RunDeps, job: Job): Promise<[SeenFile, Ground]> {
  const { source, destination, isUsed } = job.crew;
  try {
    return await both(lookAtSource(job), lookAtDestination(job, clock));
  } finally {
    // Not before: some let everybody in and then have no time for anybody, and each would wake the next one for nothing.
    if (!isUsed && !source.session.closed && !destination.session.closed) await onAlive(job.lease);
  }
}

/**
 * From where on bytes move. The part may end before what was counted for the owner's limits, or be gone: what moves then
 * is more than was reserved for it. False: where that is limited it is leased again, for what is really left.
 */
async function settleOffset(deps: RunDeps, { lease, ends, progress }: Job, offsetBytes: number): Promise<boolean> {
  const isLess = offsetBytes < lease.bytesDone;
  progress.bytesDone = offsetBytes;
  if (isLess) await deps.note(lease, { bytesDone: offsetBytes });
  progress.isUnseen = false;
  return !isLess || !ends.hasVolumeLimit;
}

async function move(deps: RunDeps, job: Job): Promise<void> {
  const { clock, slowAfterMs: windowMs } = deps;
  const { lease, ends } = job;
  const findFaster = async (bytesPerSecond: number, signal: AbortSignal) => {
    // What cannot be gone on with would have to come a second time.
    if (!job.crew.destination.session.features.rest && job.progress.bytesDone > job.sizeBytes / 2) return undefined;
    const { to, ruledOut } = await findElsewhere(deps, lease, ends, signal, bytesPerSecond * 2);
    lease.tried = [...lease.tried, ...ruledOut];
    return to;
  };
  const pace = createPace({ clock, windowMs, findFaster });
  try {
    await climb(deps, job, job.progress.bytesDone, pace);
  } finally {
    await pace.end();
  }
}

/** What is not like its source must not lie about until the next attempt, which begins anew. */
async function verifyOrDrop(deps: RunDeps, job: Job) {
  try {
    return await verify(deps, job);
  } catch (error) {
    const { session } = job.crew.destination;
    const isDamaged = isDamage(troubleOf(error).code);
    // What another one works on looks damaged to a worker that slept.
    if (isDamaged) await deps.checkHeld(job.lease);
    if (isDamaged && !job.signal.aborted && !session.closed) {
      await session.remove(job.partPath).catch(() => undefined);
    }
    throw error;
  }
}
