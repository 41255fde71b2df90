// Are two copies on two servers the same file? Digests that both servers compute, else blocks that are read from both.
// Reasons and limits: docs/decisions/verification.md. Who is to blame for a difference, and what follows, is for the caller.
import { createHash } from "node:crypto";
import type { DigestAlgorithm, Session } from "../ftp/index.ts";
import { pickAlgorithm, takeBack } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import { FonError } from "../platform/errors.ts";
import type { Side } from "./blame.ts";
import { at, Blamed, both } from "./blame.ts";
import type { Reader } from "./read-places.ts";
import { readPlaces } from "./read-places.ts";

export interface ComparedEnds {
  source: Session;
  sourcePath: string;
  destination: Session;
  destinationPath: string;
  /** More sessions of the destination, to share the work there. */
  spares?: readonly Session[];
  sizeBytes: number;
  /** Where to look; not to be known to a server before. */
  seed: number;
  /** SHA-256 of the source's file as it was read whole through the core: for a source that computes no digest. */
  passedSha256?: string | undefined;
  signal: AbortSignal;
  clock: Clock;
}

/** Files up to this are read whole. */
export const wholeBytes = 256 * 1024;
/** Without REST there are no blocks: files up to this are read whole, of larger ones nothing could be said. */
export const longestWholeBytes = 4 * 1024 * 1024;
const edgeBytes = 64 * 1024;
const innerBytes = 16 * 1024;
const fewestBlocks = 8;
const mostBlocks = 32;
const moreBlocksFromBytes = 8 * 1024 * 1024;

/** A server that reads slower than 1 MiB a second, and has not begun within two minutes, is taken for a silent one. */
const digestGraceMs = 120_000;
const digestBytesPerMs = 1024;

/**
 * Sizes are compared by the caller; a difference of them counts as one of contents here.
 * @returns how; nothing is left unsaid: what could not be compared throws
 * @throws `fxp.content-differs`, `fxp.not-comparable`, Blamed
 */
export async function compareEnds(ends: ComparedEnds): Promise<"hash" | "blocks"> {
  if (ends.sizeBytes === 0) return "blocks";
  const algorithm = pickAlgorithm(ends.source.features, ends.destination.features);
  if (algorithm && (await compareDigests(ends, algorithm))) return "hash";
  if (ends.passedSha256 !== undefined && (await compareWithPassed(ends, ends.passedSha256))) return "hash";
  if (algorithm) await inOrder(ends);
  await compareBlocks(ends);
  return "blocks";
}

export interface Printed {
  session: Session;
  path: string;
  sizeBytes: number;
  /** Where to look: drawn for the first file, and for every other one that of the fingerprint to compare with. */
  seed: number;
  signal: AbortSignal;
}

/**
 * A digest of blocks, to be compared with that of another server's file. The places follow from the size and the seed, so
 * that no file can be made to fit before the seed is drawn.
 * @returns the seed, a colon, and SHA-256 in hex
 */
export async function fingerprintOf({ session, path, sizeBytes, seed, signal }: Printed): Promise<string> {
  const hash = createHash("sha256").update(`${sizeBytes}`);
  const reader = { session, others: [], path, signal };
  for (const block of await readPlaces(reader, placesOf(sizeBytes, seed)))
    hash.update(`:${block.length}:`).update(block);
  return `${seed}:${hash.digest("hex")}`;
}

export function seedOf(fingerprint: string): number {
  return Number.parseInt(fingerprint, 10);
}

/** Never known to a server before. @param random 0 up to 1 */
export function drawSeed(random: () => number): number {
  return Math.floor(random() * 2 ** 32);
}

export interface Place {
  offsetBytes: number;
  /** At the end of the file one byte more than there should be, to see a longer one. */
  lengthBytes: number;
}

/** Pure. The whole of a small file; else both ends, and in each of equal stretches between them a block at random. */
export function placesOf(sizeBytes: number, seed: number): Place[] {
  if (sizeBytes <= wholeBytes) return sizeBytes === 0 ? [] : [{ offsetBytes: 0, lengthBytes: sizeBytes + 1 }];
  const inner = blocksFor(sizeBytes) - 2;
  const stretchBytes = (sizeBytes - 2 * edgeBytes) / inner;
  const places = Array.from({ length: inner }, (_, index) => ({
    offsetBytes: Math.floor(edgeBytes + index * stretchBytes + draw(seed, index) * (stretchBytes - innerBytes)),
    lengthBytes: innerBytes,
  }));
  // What was cut shows at the end: that is looked at first.
  const last = { offsetBytes: sizeBytes - edgeBytes, lengthBytes: edgeBytes + 1 };
  return [last, { offsetBytes: 0, lengthBytes: edgeBytes }, ...places];
}

/** Two more each time that the size doubles. */
function blocksFor(sizeBytes: number): number {
  const doublings = Math.max(0, Math.floor(Math.log2(sizeBytes / moreBlocksFromBytes)));
  return Math.min(mostBlocks, fewestBlocks + 2 * doublings);
}

/** 0 up to 1, the same for the same seed and index. */
function draw(seed: number, index: number): number {
  return createHash("sha256").update(`${seed} ${index}`).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** @returns false when one of them did not tell */
async function compareDigests(ends: ComparedEnds, algorithm: DigestAlgorithm): Promise<boolean> {
  const [ours, theirs] = await withLimit(ends, (signal) =>
    both(
      at("source", ends.source.digest(ends.sourcePath, algorithm, signal)),
      at("destination", ends.destination.digest(ends.destinationPath, algorithm, signal)),
    ),
  );
  return areEqual(ours, theirs, algorithm);
}

/** @returns false when the destination computes none, or did not tell */
async function compareWithPassed(ends: ComparedEnds, passed: string): Promise<boolean> {
  const { destination, destinationPath } = ends;
  const theirs = await withLimit(ends, (signal) =>
    at("destination", destination.digest(destinationPath, "sha256", signal)),
  );
  return areEqual(passed, theirs, "sha256");
}

function areEqual(ours: string | undefined, theirs: string | undefined, algorithm: DigestAlgorithm): boolean {
  if (ours === undefined || theirs === undefined) return false;
  if (ours !== theirs) throw new FonError("fxp.content-differs", {}, { detail: algorithm });
  return true;
}

async function withLimit<T>(ends: ComparedEnds, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = createLimit(ends.clock, digestGraceMs + ends.sizeBytes / digestBytesPerMs);
  try {
    return await work(AbortSignal.any([ends.signal, limit.signal]));
  } finally {
    limit.end();
  }
}

function createLimit(clock: Clock, ms: number) {
  const late = new AbortController();
  const done = new AbortController();
  void clock.wait(ms, done.signal).then(() => {
    if (!done.signal.aborted) late.abort(new FonError("fxp.stalled", {}, { detail: "digest" }));
  });
  return { signal: late.signal, end: () => done.abort() };
}

async function compareBlocks(ends: ComparedEnds): Promise<void> {
  try {
    await comparePlaces(ends, placesOf(ends.sizeBytes, ends.seed));
  } catch (error) {
    const lack = error instanceof Blamed ? lackOf(error) : undefined;
    if (lack === undefined) throw error;
    if (lack !== "REST" || ends.sizeBytes > longestWholeBytes)
      throw new FonError("fxp.not-comparable", {}, { cause: error, detail: lack });
    await inOrder(ends);
    await comparePlaces(ends, [{ offsetBytes: 0, lengthBytes: ends.sizeBytes + 1 }]);
  }
}

/** Why a server's files cannot be looked into in pieces at all; undefined for any other trouble. */
function lackOf({ side, trouble }: Blamed): "REST" | "protection" | "reading" | undefined {
  if (trouble.params["why"] === "resume") return "REST";
  if (trouble.params["why"] === "protection") return "protection";
  // An inbox that takes files and gives none.
  return side === "destination" && trouble.code === "file.unreadable" ? "reading" : undefined;
}

/**
 * Each end reads as fast as it can. What differs is read twice before it counts: a data connection that ended early is no
 * damage to the file, and damage means its removal.
 */
async function comparePlaces(ends: ComparedEnds, places: readonly Place[]): Promise<void> {
  const blocks = await readBothEnds(ends, places);
  for (const [index, place] of places.entries()) {
    if (isSameBlock(ends, place, blocks.ours[index], blocks.theirs[index])) continue;
    await inOrder(ends);
    const { ours, theirs } = await readBothEnds(ends, [place]);
    if (!isSameBlock(ends, place, ours[0], theirs[0]))
      throw new FonError("fxp.content-differs", {}, { detail: "a block" });
  }
}

/** What was to come directly behind comes later now. */
async function inOrder({ source, destination }: ComparedEnds): Promise<void> {
  await both(takeBack(source), takeBack(destination));
}

/** When one end fails the other one finishes what it reads and what was asked for behind that, and no more. */
async function readBothEnds(ends: ComparedEnds, places: readonly Place[]) {
  const { source, sourcePath, destination, destinationPath, spares = [], signal } = ends;
  const failed = new AbortController();
  const read = async (side: Side, reader: Omit<Reader, "signal">) => {
    const reading = at(side, readPlaces({ ...reader, signal }, places, failed.signal));
    return await reading.catch((error: unknown) => {
      failed.abort();
      throw error;
    });
  };
  const [ours, theirs] = await both(
    read("source", { session: source, others: [], path: sourcePath }),
    read("destination", { session: destination, others: spares, path: destinationPath }),
  );
  return { ours, theirs };
}

function isSameBlock({ sizeBytes }: ComparedEnds, place: Place, ours: Buffer | undefined, theirs: Buffer | undefined) {
  const expectedBytes = Math.min(place.lengthBytes, sizeBytes - place.offsetBytes);
  return ours?.length === expectedBytes && theirs !== undefined && ours.equals(theirs);
}
