// Before a byte moves: the source is what the catalog said, the destination has a place and nothing of that name.
import { joinPath } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import { FonError } from "../platform/errors.ts";
import { at } from "./blame.ts";
import { folderOf } from "./destination-path.ts";
import type { Job } from "./job.ts";
import type { SeenFile } from "./lease.ts";
import type { PartPlan } from "./part.ts";
import { planPart, stillSize } from "./part.ts";

/** The source is another file than the one that was asked for; the transfer learns the new one and comes again. */
export class ChangedFile extends Error {
  readonly seen: SeenFile;

  constructor(seen: SeenFile) {
    super("file.changed");
    this.name = "ChangedFile";
    this.seen = seen;
  }
}

/**
 * Size and time of the source, asked before the two commands, because a RETR of a missing file leaves an empty one.
 * @throws `file.gone`, ChangedFile
 */
export async function lookAtSource(job: Job): Promise<SeenFile> {
  const { session } = job.crew.source;
  const sizeBytes = await at("source", session.size(job.sourcePath));
  if (sizeBytes === undefined) throw new FonError("file.gone");
  const seen = { sizeBytes, modifiedAt: (await at("source", session.modifiedAt(job.sourcePath))) ?? null };
  // Once something of it was moved, the row holds the time that MDTM gave then (see `note`).
  const isExact = session.features.mlst || job.lease.bytesDone > 0;
  if (!isSameFile(job.lease, seen, isExact)) throw new ChangedFile(seen);
  return seen;
}

/**
 * Pure. Times count only where both are exact: from LIST they are of the server's own zone and of minutes or days.
 * @param isExact the expected time came from MLST or MDTM: UTC with seconds
 */
export function isSameFile(expected: SeenFile, seen: SeenFile, isExact: boolean): boolean {
  if (seen.sizeBytes !== expected.sizeBytes) return false;
  if (!isExact || !expected.modifiedAt || !seen.modifiedAt) return true;
  return Math.floor(expected.modifiedAt.getTime() / 1000) === Math.floor(seen.modifiedAt.getTime() / 1000);
}

/** `there`: the final name exists with the right size, so an earlier run had come to its end. */
export type Ground = { kind: "there" } | PartPlan;

/** @throws `inbox.exists` when another file has the name: nothing is ever overwritten */
export async function lookAtDestination(job: Job, clock: Clock): Promise<Ground> {
  const { session } = job.crew.destination;
  const there = await at("destination", session.size(job.finalPath));
  if (there === job.lease.sizeBytes) return await alreadyThere(job);
  if (there !== undefined) throw new FonError("inbox.exists");
  await makeFolder(job);
  // The first lease of a transfer cannot have left a part.
  if (job.lease.token === 1) return { kind: "fresh" };
  const partBytes = await at("destination", stillSize(session, job.partPath, clock, job.signal));
  const canRestart = session.features.rest && job.crew.source.session.features.rest;
  return planPart(partBytes, job.lease, canRestart);
}

async function alreadyThere({ crew, lease, partPath }: Job): Promise<Ground> {
  if (lease.token > 1) await at("destination", crew.destination.session.remove(partPath));
  return { kind: "there" };
}

async function makeFolder({ crew, lease }: Job): Promise<void> {
  const folder = folderOf(lease.destinationPath);
  const { inbox } = crew.destination;
  if (folder === "" || inbox === undefined || crew.knownFolders.has(folder)) return;
  await at("destination", crew.destination.session.makeDirectories(joinPath(inbox, folder), inbox));
  crew.knownFolders.add(folder);
}
