// When a server is read again. Pure; randomness is handed in, so that servers do not all come at once.

export interface Pace {
  everyMs: number;
  /** The interval that led to this scan. */
  intervalMs: number;
}

const spread = 0.1;
const longestBackoffMs = 60 * 60_000;
const shortestBackoffMs = 60_000;
/** A little over the time after which a file counts as settled. */
const secondLookMs = 25_000;

/** Something changed: shorter, down to a quarter of the usual time. Quiet: longer, up to four times. */
export function nextInterval({ everyMs, intervalMs }: Pace, hasChanged: boolean): number {
  const next = hasChanged ? intervalMs / 2 : intervalMs * 1.5;
  return Math.round(Math.min(Math.max(next, everyMs / 4), everyMs * 4));
}

/** @param random from 0 to 1 */
export function spreadOut(ms: number, random: number): number {
  return Math.round(ms * (1 + spread * (2 * random - 1)));
}

/** Milliseconds until the next try after `failures` failed scans in a row. */
export function backoffMs(failures: number): number {
  return Math.min(shortestBackoffMs * 2 ** Math.min(failures - 1, 10), longestBackoffMs);
}

/** Files were left out as still warm: look again soon, but only once in a row, as some files never cool down. */
export function dueInMs(intervalMs: number, held: { now: number; before: number }, random: number): number {
  const usual = spreadOut(intervalMs, random);
  return held.now > 0 && held.before === 0 ? Math.min(usual, secondLookMs) : usual;
}
