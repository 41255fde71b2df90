// One file from its source to its final name, step by step. Whatever happens comes out as an outcome, never as an error.
import { joinPath } from "../ftp/index.ts";
import { FonError } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import { Blamed, both } from "./blame.ts";
import type { Crew, Crews } from "./crew.ts";
import type { Job, JobDeps } from "./job.ts";
import { climb } from "./ladder.ts";
import { land, verify } from "./land.ts";
import type { Lease, Outcome, Progress, SeenFile } from "./lease.ts";
import { isStaleConnection, outcomeOf, troubleOf } from "./outcome.ts";
import type { PermitDeps } from "./permit.ts";
import { permit } from "./permit.ts";
import { lookAtDestination, lookAtSource } from "./prepare.ts";
import type { Ends } from "./store/knowledge.ts";

export interface RunDeps extends JobDeps, PermitDeps {
  crews: Crews;
  log: Log;
  knowledge: JobDeps["knowledge"];
  /** Writes down what the source's file was when its first byte moved. */
  note: (lease: Lease, seen: SeenFile) => Promise<void>;
  /** Both servers answer: what waited for one of them may go on. */
  onAlive: (lease: Lease) => Promise<void>;
}

/**
 * @param signal its reason, when it aborts, is the Outcome
 * @param progress is kept current while it runs
 */
export async function run(deps: RunDeps, lease: Lease, signal: AbortSignal, progress: Progress): Promise<Outcome> {
  const allowed = await permit(deps, lease);
  if ("refusal" in allowed) return allowed.refusal;
  let crew: Crew | undefined;
  try {
    crew = await deps.crews.take(lease, signal);
    if (!crew.isUsed) await deps.onAlive(lease);
    const outcome = await moveFile(deps, toJob(lease, crew, signal, progress));
    deps.crews.put(crew, true);
    return outcome;
  } catch (error) {
    // What a failed command closed is not kept; an abort may leave replies behind that are still to come.
    if (crew && signal.aborted) await dropOrphan(deps, crew, lease);
    if (crew) deps.crews.put(crew, !signal.aborted);
    return failed(deps, error, { lease, signal, progress, ends: allowed.ends, isUsed: crew?.isUsed ?? false });
  }
}

/**
 * Its owner removed the destination or erased themself: with the login forgotten, the part can only be removed now, over
 * the connection that is still open. Best effort: that one may never have been opened, or be gone.
 */
async function dropOrphan({ knowledge }: RunDeps, crew: Crew, { destinationId, partPath }: Lease): Promise<void> {
  const { inbox } = crew.destination;
  try {
    if (!inbox || (await knowledge.hasServer(destinationId))) return;
    await (await crew.lookout()).remove(joinPath(inbox, partPath));
  } catch {
    // There is nobody left to tell.
  }
}

interface Failure {
  lease: Lease;
  signal: AbortSignal;
  progress: Progress;
  ends: Ends;
  isUsed: boolean;
}

function failed({ log }: RunDeps, error: unknown, { lease, signal, progress, ends, isUsed }: Failure): Outcome {
  if (signal.aborted) return signal.reason as Outcome;
  const hasProgressed = progress.bytesDone > lease.bytesDone;
  if (isUsed && !hasProgressed && isStaleConnection(error)) return { kind: "again" };
  const { code } = troubleOf(error);
  if (code === "core.internal") log.error({ err: error, transfer: lease.id }, "a transfer failed unforeseen");
  else log.info({ transfer: lease.id, code, attempts: lease.attempts }, "a transfer did not end well");
  return outcomeOf(error, lease, ends, hasProgressed);
}

function toJob(lease: Lease, crew: Crew, signal: AbortSignal, progress: Progress): Job {
  const { inbox } = crew.destination;
  // Its owner took the inbox away since it was asked about: without one, paths would begin at the login's home.
  if (!inbox) throw new Blamed("destination", new FonError("server.no-inbox"));
  return {
    lease,
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
  const [seen, ground] = await both(lookAtSource(job), lookAtDestination(job, deps.clock));
  if (ground.kind === "there") return { kind: "done" };
  job.modifiedAt = seen.modifiedAt ?? undefined;
  if (seen.modifiedAt?.getTime() !== job.lease.modifiedAt?.getTime()) await deps.note(job.lease, seen);
  if (ground.kind !== "whole") {
    job.progress.bytesDone = ground.kind === "resume" ? ground.offsetBytes : 0;
    await climb(deps, job, job.progress.bytesDone);
  }
  await verify(job);
  return (await land(deps, job)) ? { kind: "done" } : { kind: "lost" };
}
