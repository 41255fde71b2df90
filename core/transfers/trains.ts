// Small files that are leased together, to be brought one directly behind the other: which ones, and how they count. Pure.
import type { Candidate } from "./turns.ts";

/** Larger files gain nothing, and are read in blocks instead of whole when they are compared. */
export const lightBytes = 256 * 1024;
/** What a train brings at most: others wait no longer for its place than for that of one such file. */
const trainBytes = 512 * 1024;
/** Behind the first one. */
export const mostFollowers = 31;
/** Leased at a time for a train that goes on. */
export const mostBehind = 64;
/** Fewer are not worth the questions, as long as there are any. */
export const fewestBehind = 16;

export interface TrainRules {
  /** Between these servers small files went well one by one, see `pairKey`. */
  pairs: ReadonlySet<string>;
  /** At most so many behind the first. */
  followers: number;
}

/** What a train is made of. */
export interface Coupled extends Candidate {
  /** Small, and nothing of it was ever begun. */
  isLight: boolean;
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
  const heads = chosen.filter((one) => mayCouple(one) && pairs.has(pairKey(one)));
  const taken = new Set<T>(chosen);
  const trains = new Map<T, T[]>();
  for (const [key, first] of Map.groupBy(heads, lineOf)) {
    const rest = inLine.filter((one) => lineOf(one) === key && mayCouple(one) && !taken.has(one));
    rest.sort(byPlace);
    for (const [index, head] of first.entries()) {
      const share = Math.min(followers, Math.ceil(rest.length / (first.length - index)));
      trains.set(head, takeWithin(rest, share, trainBytes - head.sizeBytes));
    }
  }
  return trains;
}

/**
 * The files that go on in the place of a train that is under way, in the order of their line: up to the first one that goes
 * alone, whose turn it is then.
 * @param inLine the front of its line, in no order
 */
export function continueTrain<T extends Coupled>(inLine: readonly T[], most: number): T[] {
  const rest = inLine.toSorted(byPlace);
  const end = rest.findIndex((one) => !mayCouple(one));
  return takeWithin(end < 0 ? rest : rest.slice(0, end), most, trainBytes);
}

function byPlace(a: Candidate, b: Candidate): number {
  return a.rank - b.rank || a.sizeBytes - b.sizeBytes || a.id - b.id;
}

function mayCouple({ isLight, isLimited, isOwn }: Coupled): boolean {
  return isLight && (isOwn || !isLimited);
}

export function lineOf({ personId, groupId, sourceId, destinationId }: Line): string {
  return `${personId}/${groupId}/${sourceId}/${destinationId}`;
}

type Line = Pick<Candidate, "personId" | "groupId" | "sourceId" | "destinationId">;

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
