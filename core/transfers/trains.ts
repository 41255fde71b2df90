// Light files that are leased together, to be brought one directly behind the other: which ones, and how they count. Pure.
import type { Candidate } from "./turns.ts";

/** Files up to this are light between all servers. */
export const leastLightBytes = 256 * 1024;
/** What comes within that is light as well: looks, names and comparing take as long. */
const lightMs = 1_000;
const mostLightBytes = 8 * 1024 * 1024;
/** What is leased at a time for a train, in files of the largest size that is light. */
const largestAtATime = 4;
/** Behind the first one. */
export const mostFollowers = 31;
/** Leased at a time for a train that goes on: what it brings within a second, and that many at least and at most. */
const behindMs = 1_000;
export const leastBehind = 64;
const mostBehind = 256;
/** Fewer, of files that are light everywhere, are not worth the questions as long as there are any. */
const fewestBehind = 16;

/** A file, or what was left of it, that came in one go. */
export interface Moved {
  bytes: number;
  elapsedMs: number;
}

/**
 * How large a file may be to be light between two servers.
 * @param before the same until now. @returns that, where a file of this size tells nothing
 */
export function lightAfter({ bytes, elapsedMs }: Moved, before: number): number {
  if (bytes <= leastLightBytes || elapsedMs <= 0) return before;
  return Math.floor(Math.min(mostLightBytes, Math.max(leastLightBytes, (bytes / elapsedMs) * lightMs)));
}

/** How many to lease behind a train that has brought so many files. */
export function behindAfter(files: number, elapsedMs: number): number {
  const within = elapsedMs > 0 ? Math.floor((files / elapsedMs) * behindMs) : 0;
  return Math.min(mostBehind, Math.max(leastBehind, within));
}

export interface TrainRules {
  /** Between these servers (see `pairKey`) a file went well by itself, and files up to so many bytes are light. */
  pairs: ReadonlyMap<string, number>;
  /** At most so many behind the first. */
  followers: number;
}

/** What a train is made of. */
export interface Coupled extends Candidate {
  /** Nothing of it was ever begun. */
  isFresh: boolean;
  /** Its source's owner limits what others take: such files are leased one by one. */
  isLimited: boolean;
}

export function pairKey({ sourceId, destinationId }: Pick<Candidate, "sourceId" | "destinationId">): string {
  return `${sourceId}>${destinationId}`;
}

/**
 * The files that go along with each of `chosen`: the next ones of the same person's line between the same servers.
 * @param inLine what is due, in no order; may hold those chosen
 */
export function coupleTrains<T extends Coupled>(
  chosen: readonly T[],
  inLine: readonly T[],
  { pairs, followers }: TrainRules,
): Map<T, T[]> {
  const lightOf = (one: T) => pairs.get(pairKey(one)) ?? 0;
  const heads = chosen.filter((one) => pairs.has(pairKey(one)) && mayCouple(one, lightOf(one)));
  const taken = new Set<T>(chosen);
  const trains = new Map<T, T[]>();
  for (const [key, first] of Map.groupBy(heads, lineOf)) {
    const rest = inLine.filter((one) => lineOf(one) === key && mayCouple(one, lightOf(one)) && !taken.has(one));
    rest.sort(byPlace);
    for (const [index, head] of first.entries()) {
      const share = Math.min(followers, Math.ceil(rest.length / (first.length - index)));
      trains.set(head, takeWithin(rest, share, largestAtATime * lightOf(head) - head.sizeBytes));
    }
  }
  return trains;
}

/**
 * The files that go on in the place of a train that is under way, in the order of their line: up to the first one that goes
 * alone, whose turn it is then.
 * @param inLine the front of its line, in no order
 */
export function continueTrain<T extends Coupled>(
  inLine: readonly T[],
  { most, trains, left, lightBytes }: Continuation,
): T[] {
  const inOrder = inLine.toSorted(byPlace);
  const end = inOrder.findIndex((one) => !mayCouple(one, lightBytes));
  const rest = end < 0 ? inOrder : inOrder.slice(0, end);
  const few = takeWithin([...rest], fewestBehind, largestAtATime * leastLightBytes).length;
  // What is left is shared with the other trains: they end together, or nearly so.
  const share = Math.max(few, Math.ceil(left / trains));
  return takeWithin(rest, Math.min(most, share), largestAtATime * lightBytes);
}

export interface Continuation {
  /** At most so many. */
  most: number;
  /** Of the line, this one included. */
  trains: number;
  /** Files of the line before the first one that goes alone, as far as they were counted. */
  left: number;
  /** What is light in that line. */
  lightBytes: number;
}

function byPlace(a: Candidate, b: Candidate): number {
  return a.rank - b.rank || a.sizeBytes - b.sizeBytes || a.id - b.id;
}

function mayCouple({ sizeBytes, isFresh, isLimited, isOwn }: Coupled, lightBytes: number): boolean {
  return sizeBytes <= lightBytes && isFresh && (isOwn || !isLimited);
}

export function lineOf({ personId, groupId, sourceId, destinationId }: Line): string {
  return `${personId}/${groupId}/${sourceId}/${destinationId}`;
}

export type Line = Pick<Candidate, "personId" | "groupId" | "sourceId" | "destinationId">;

/** Takes from the front, at most so many and so much. */
function takeWithin<T extends Candidate>(rest: T[], most: number, mostBytes: number): T[] {
  let bytes = 0;
  let count = 0;
  for (const { sizeBytes } of rest.slice(0, most)) {
    bytes += sizeBytes;
    if (bytes > mostBytes) break;
    count += 1;
  }
  return rest.splice(0, count);
}
