// After the bytes: both ends have the same size, the final name is still free, and only then the part gets it.
import { FonError } from "../platform/errors.ts";
import { at, both } from "./blame.ts";
import type { Job, JobDeps } from "./job.ts";
import { ChangedFile } from "./prepare.ts";

/**
 * A 226 of both servers proves nothing: servers say it for half a file too. Content is compared here as well once
 * there is something to compare it with; whatever does not throw counts as verified.
 * @throws `fxp.size-differs`, ChangedFile
 */
export async function verify({ crew, lease, sourcePath, partPath, sizeBytes }: Job): Promise<void> {
  const [partBytes, sourceBytes] = await both(
    at("destination", crew.destination.session.size(partPath)),
    at("source", crew.source.session.size(sourcePath)),
  );
  if (sourceBytes === undefined) throw new FonError("file.gone");
  if (sourceBytes !== sizeBytes) throw new ChangedFile({ sizeBytes: sourceBytes, modifiedAt: null });
  if (partBytes !== sizeBytes) throw new FonError("fxp.size-differs", {}, { detail: `transfer ${lease.id}` });
}

/**
 * Gives the part its name. RNTO overwrites on every known server, so the look is directly before it, and the lease is
 * asked for once more: a worker that slept must not finish what another one began.
 * @returns false when the lease is lost
 * @throws `inbox.exists`, `inbox.refused`
 */
export async function land(deps: JobDeps, job: Job): Promise<boolean> {
  const { session } = job.crew.destination;
  const [isHeld, there] = await both(deps.isHeld(job.lease), at("destination", session.size(job.finalPath)));
  if (!isHeld) return false;
  job.signal.throwIfAborted();
  if (there !== undefined) throw new FonError("inbox.exists");
  await at("destination", session.rename(job.partPath, job.finalPath));
  await keepTime(job);
  return true;
}

/** The file is in its place already: a server that cannot set times, or goes away now, changes nothing about that. */
async function keepTime({ crew, finalPath, modifiedAt }: Job): Promise<void> {
  if (!modifiedAt) return;
  await crew.destination.session.setModifiedAt(finalPath, modifiedAt).catch(() => false);
}
