// Before a byte moves: the source is what the catalog said, the destination has a place and nothing of that name.
import type { Coming } from "../ftp/index.ts";
import { joinPath, sendAhead } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import { at } from "./blame.ts";
import { drawSeed, fingerprintOf } from "./compare.ts";
import { folderOf } from "./destination-path.ts";
import type { Job, JobDeps, Noted } from "./job.ts";
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
  return await takeLook(job, sendAhead(session, looksAt(job)));
}

export function looksAt({ sourcePath: path }: Job): Coming[] {
  return [
    { call: "size", path },
    { call: "modifiedAt", path },
  ];
}

/**
 * The two questions of lookAtSource; the second one also where the first says enough, because it may have been sent.
 * @param asking what `sendAhead` gave for `looksAt`
 */
export async function takeLook(job: Job, asking: () => void, session = job.crew.source.session): Promise<SeenFile> {
  asking();
  const sizeBytes = await at("source", session.size(job.sourcePath));
  asking();
  const modifiedAt = await at("source", session.modifiedAt(job.sourcePath));
  if (sizeBytes === undefined) throw new FonError("file.gone");
  const seen = { sizeBytes, modifiedAt: modifiedAt ?? null };
  // Once something of it was moved, the row holds the time that MDTM gave then (see `note`).
  const isExact = job.lease.bytesDone > 0 || (session.features.mlst && tellsSeconds(job.lease.modifiedAt));
  if (!isSameFile(job.lease, seen, isExact)) throw new ChangedFile(seen);
  return seen;
}

/** A recursive LIST tells minutes or days also where MLSD would tell seconds: of those one in sixty is exact as well. */
function tellsSeconds(at: SeenFile["modifiedAt"]): boolean {
  return at !== null && at.getUTCSeconds() !== 0;
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

/** `there`: the final name exists with the right size; `isOurs`: an earlier run had verified it and given the name. */
export type Ground = { kind: "there"; isOurs: boolean } | PartPlan;

/** @throws `inbox.exists` when a file of another size has the name: nothing is ever overwritten */
export async function lookAtDestination(job: Job, clock: Clock): Promise<Ground> {
  const { session } = job.crew.destination;
  const there = await at("destination", session.size(job.finalPath));
  if (there === job.lease.sizeBytes) return await alreadyThere(job);
  if (there !== undefined) throw new FonError("inbox.exists");
  await makeFolder(job);
  // The first lease of a transfer cannot have left a part, unless it began in a train.
  if (job.lease.token === 1 && !job.lease.hasBegun) return { kind: "fresh" };
  const partBytes = await at("destination", stillSize(session, job.partPath, clock, job.signal));
  const canRestart = session.features.rest && job.crew.source.session.features.rest;
  return planPart(partBytes, job.lease, canRestart);
}

/** Once the part is gone and was verified, the name was given to it and to nothing else. */
async function alreadyThere({ crew, lease, partPath }: Job): Promise<Ground> {
  if (lease.token === 1 && !lease.hasBegun) return { kind: "there", isOurs: false };
  const { session } = crew.destination;
  const partBytes = await at("destination", session.size(partPath));
  if (partBytes !== undefined) await at("destination", session.remove(partPath));
  return { kind: "there", isOurs: lease.verified !== null && partBytes === undefined };
}

/** Files below this, or that come within that, are brought again sooner than they are proven to be elsewhere. */
const largeBytes = 64 * 1024 * 1024;
const longMs = 5_000;

/**
 * Writes down what the source has, so that another server can be asked for the same later: where the catalog knows one,
 * or the file moves for so long that one may come meanwhile. Costs a few blocks, and for small files nothing.
 */
export async function noteSource(deps: JobDeps, job: Job, seen: SeenFile): Promise<void> {
  const { lease, sizeBytes } = job;
  const noted: Noted = {};
  if (seen.modifiedAt?.getTime() !== lease.modifiedAt?.getTime()) noted.modifiedAt = seen.modifiedAt;
  const isWanted = lease.fingerprint === null && sizeBytes > 0;
  if (isWanted && (isLongWay(sizeBytes, job.crew.memory?.bytesPerSecond) || (await deps.twins.exist(lease)))) {
    const fingerprint = await readFingerprint(job, drawSeed(deps.random));
    if (fingerprint !== undefined) noted.fingerprint = fingerprint;
  }
  if (Object.keys(noted).length > 0) await deps.note(lease, noted);
  Object.assign(lease, noted);
}

/** Pure. @param speed bytes per second between the two the last time, 0 after a failure */
export function isLongWay(sizeBytes: number, speed: number | null | undefined): boolean {
  return sizeBytes >= largeBytes && (!speed || (sizeBytes / speed) * 1000 >= longMs);
}

/** Undefined where the source does not let itself be read in blocks: then nobody can take over. */
async function readFingerprint(job: Job, seed: number): Promise<string | undefined> {
  const { crew, sourcePath: path, sizeBytes, signal } = job;
  const { session } = crew.source;
  try {
    return await fingerprintOf({ session, path, sizeBytes, seed, signal });
  } catch (error) {
    if (!asFonError(error) || signal.aborted) throw error;
    // A server that does not bear an early end of a download: the file itself may still come.
    await crew.mend(signal);
    return undefined;
  }
}

/** There is no room for this file; a smaller one may still find some. */
export class KnownShortage extends Error {}

/**
 * @param session of the destination, with nothing else to do
 * @throws KnownShortage when the destination says that it has less than that
 */
export async function checkSpace(
  { crew }: Pick<Job, "crew">,
  missingBytes: number,
  session = crew.destination.session,
): Promise<void> {
  const { inbox } = crew.destination;
  if (inbox === undefined || missingBytes <= (crew.freeBytes ?? 0)) {
    if (crew.freeBytes !== undefined) crew.freeBytes -= missingBytes;
    return;
  }
  const freeBytes = await at("destination", session.freeBytes(inbox));
  if (freeBytes === undefined) return;
  if (freeBytes < missingBytes) throw new KnownShortage();
  crew.freeBytes = freeBytes - missingBytes;
}

export async function makeFolder({ crew, lease }: Job): Promise<void> {
  const folder = folderOf(lease.destinationPath);
  const { inbox } = crew.destination;
  if (folder === "" || inbox === undefined || crew.knownFolders.has(folder)) return;
  await at("destination", crew.destination.session.makeDirectories(joinPath(inbox, folder), inbox));
  crew.knownFolders.add(folder);
}
