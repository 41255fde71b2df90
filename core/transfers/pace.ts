// How fast a file comes, seen over a while; ends the transfer when another server would surely be twice as fast.
// Who that is, and whether it has the same file, is elsewhere.ts's to say.
import type { Clock } from "../platform/clock.ts";
import type { Elsewhere } from "./lease.ts";

/** A value that travels as an error: the transfer was stopped to go on from there. */
export class Faster extends Error {
  readonly to: Elsewhere;
  /** What the slow one reached. */
  readonly bytesPerSecond: number;

  constructor(to: Elsewhere, bytesPerSecond: number) {
    super("fxp.slow");
    this.name = "Faster";
    this.to = to;
    this.bytesPerSecond = bytesPerSecond;
  }
}

export interface Pace {
  /** Told of the size whenever it is seen. */
  note(bytes: number): void;
  /** Aborts with Faster. */
  readonly signal: AbortSignal;
  /** No look for another server is under way any more. */
  end(): Promise<void>;
}

export interface PaceDeps {
  clock: Clock;
  /** How long it has to be slow. */
  windowMs: number;
  /** A server that is surely faster than so many bytes per second, proven to have the file; undefined: none. */
  findFaster: (bytesPerSecond: number, signal: AbortSignal) => Promise<Elsewhere | undefined>;
}

const samplesInWindow = 60;

interface Sample {
  atMs: number;
  bytes: number;
}

export function createPace({ clock, windowMs, findFaster }: PaceDeps): Pace {
  const slow = new AbortController();
  const over = new AbortController();
  let samples: Sample[] = [];
  let looking: Promise<void> | undefined;

  async function look(bytesPerSecond: number): Promise<void> {
    // Trouble while looking is no reason to stop what moves.
    const to = await findFaster(bytesPerSecond, over.signal).catch(() => undefined);
    // Nobody now: asked again after as long.
    samples = [];
    looking = undefined;
    if (to && !over.signal.aborted) slow.abort(new Faster(to, bytesPerSecond));
  }

  return {
    note(bytes) {
      const now = { atMs: clock.monotonicMs(), bytes };
      // A relay tells of every piece.
      if (now.atMs - (samples.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) < windowMs / samplesInWindow) return;
      samples = [...withinWindow(samples, now.atMs - windowMs), now];
      const [first] = samples;
      const elapsedMs = now.atMs - (first?.atMs ?? now.atMs);
      if (elapsedMs < windowMs || looking) return;
      looking = look(((bytes - (first?.bytes ?? 0)) / elapsedMs) * 1000);
    },
    signal: slow.signal,
    async end() {
      over.abort();
      await looking;
    },
  };
}

/** Those since then, and the last one before: a window is never shorter than asked for. */
function withinWindow(samples: readonly Sample[], sinceMs: number): Sample[] {
  const before = samples.findLastIndex((sample) => sample.atMs <= sinceMs);
  return samples.slice(Math.max(0, before));
}
