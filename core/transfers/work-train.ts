// What becomes of the files of a train: the ends of those that arrived are written at once, what was not begun goes back to
// the queue, and what needs a closer look is run as if it had been leased alone.
import type { Clock } from "../platform/clock.ts";
import { asFonError } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import type { Outcome } from "./lease.ts";
import { KnownShortage } from "./prepare.ts";
import type { QueueStore } from "./store/queue.ts";
import type { Car, TrainDeps } from "./train.ts";
import { runTrain } from "./train.ts";
import type { Moved } from "./trains.ts";
import { behindAfter, leastLightBytes, lightAfter, pairKey } from "./trains.ts";

/** Between which servers trains go, as this process has seen it. */
export interface Tracks {
  /** A file went well by itself; how large others may be to go in a train. */
  readonly known: ReadonlyMap<string, number>;
  mayHurry(pair: string): boolean;
  /** A second pair of connections was never refused. */
  mayDouble(pair: string): boolean;
  /** One file went well, straight from server to server. */
  noteFile(pair: string, moved: Moved | undefined): void;
  /** So did one of a train. */
  notePace(pair: string, moved: Moved): void;
  /** A train did not; the next one waits until a file has gone well again, and may be in no such hurry. */
  noteTrouble(pair: string, trouble: unknown): void;
  /** One of the servers has no place for a second pair of connections. */
  noteSingle(pair: string): void;
}

/** So many pairs at most, those that went well last. */
const mostKnown = 200;

export function createTracks(): Tracks {
  const known = new Map<string, number>();
  const slow = new Set<string>();
  const single = new Set<string>();
  return {
    known,
    mayHurry: (pair) => !slow.has(pair),
    mayDouble: (pair) => !single.has(pair),
    noteFile(pair, moved) {
      const before = known.get(pair) ?? leastLightBytes;
      known.delete(pair);
      known.set(pair, moved ? lightAfter(moved, before) : before);
      for (const oldest of known.keys()) if (known.size > mostKnown) known.delete(oldest);
    },
    notePace(pair, moved) {
      const before = known.get(pair);
      if (before !== undefined) known.set(pair, lightAfter(moved, before));
    },
    noteTrouble(pair, trouble) {
      known.delete(pair);
      if (!isInOrder(trouble)) slow.add(pair);
    },
    noteSingle: (pair) => void single.add(pair),
  };
}

/**
 * What was asked was answered, if with a no: haste is not to blame. A server with few passive ports says 425 when many files have
 * just used all of them.
 */
function isInOrder(trouble: unknown): boolean {
  return trouble instanceof KnownShortage || /^fxp\.refused/.test(asFonError(trouble)?.code ?? "");
}

export interface WorkDeps<T extends Car> {
  train: TrainDeps;
  tracks: Tracks;
  queue: QueueStore;
  clock: Clock;
  log: Log;
  /** Tries again for a while when the database is away; undefined when it stayed away. */
  persist: <R>(write: () => Promise<R>, signal: AbortSignal) => Promise<R | undefined>;
  /** Others wait no longer than that for the place of a train, and for the file that moves then. */
  longestMs: number;
  mayGoOn: (car: Car) => Promise<boolean>;
  /** Leases at most so many files, to go on in the place that these take; none when it is to be free. */
  more: (cars: readonly Car[], files: number) => Promise<T[]>;
  /** These need nothing more. */
  onEnded: (cars: readonly T[]) => void;
}

/** @returns those that are left: to be run alone, or ended by their signal; none of them has an end yet */
export async function workTrain<T extends Car>(deps: WorkDeps<T>, cars: readonly T[]): Promise<T[]> {
  const [first] = cars;
  if (!first) return [];
  const pair = pairKey(first.lease);
  const left = new Set(cars);
  const end = (ids: ReadonlySet<number> = new Set()) => {
    const ended = [...left].filter(({ lease }) => ids.has(lease.id));
    for (const car of ended) left.delete(car);
    deps.onEnded(ended);
  };
  let brought = { files: 0, sinceMs: deps.clock.monotonicMs() };
  const more = async (before: readonly Car[]) => {
    const nowMs = deps.clock.monotonicMs();
    const files = behindAfter(brought.files, nowMs - brought.sinceMs);
    brought = { files: 0, sinceMs: nowMs };
    const added = await deps.more(before, files);
    for (const car of added) left.add(car);
    return added;
  };
  const { tracks } = deps;
  const mays = { mayHurry: tracks.mayHurry(pair), mayDouble: tracks.mayDouble(pair) };
  const course = {
    longestMs: deps.longestMs,
    mayGoOn: deps.mayGoOn,
    ...mays,
    more,
    onSingle: () => tracks.noteSingle(pair),
    onMoved: (moved: Moved) => {
      brought.files += 1;
      tracks.notePace(pair, moved);
    },
  };
  const onLanded = async () => end(await finishLanded(deps, [...left]));
  const trouble = await runTrain(deps.train, cars, { ...course, onLanded });
  if (trouble !== undefined && ![...left].some(({ signal }) => signal.aborted)) {
    deps.tracks.noteTrouble(pair, trouble);
    deps.log.debug({ err: trouble }, "a train came to a halt");
  }
  end(await finishLanded(deps, [...left]));
  end(await giveBack(deps, [...left], trouble !== undefined));
  for (const car of left) if (car.stage === "begun" || car.stage === "moved") await passOn(deps, car);
  return [...left];
}

/**
 * Who goes on with it alone need not bring again what is there, see `planPart`. Its exact time is written down first, as for
 * every file of which something was moved (`isSameFile`).
 */
async function passOn({ queue, persist }: WriteDeps, car: Car): Promise<void> {
  const { lease, progress, seenBytes = 0, modifiedAt = null, signal } = car;
  lease.hasBegun = true;
  const bytesDone = progress.moved ? lease.sizeBytes : seenBytes;
  if (bytesDone === 0 || signal.aborted) return;
  const write = async () => {
    if (modifiedAt?.getTime() !== lease.modifiedAt?.getTime()) await queue.note(lease, { modifiedAt });
    Object.assign(lease, { bytesDone, modifiedAt });
  };
  await persist(write, signal);
}

type WriteDeps = Pick<WorkDeps<Car>, "queue" | "clock" | "persist">;

async function finishLanded({ queue, clock, persist }: WriteDeps, cars: readonly Car[]) {
  const landed = cars.filter(({ stage }) => stage === "landed");
  const [first] = landed;
  return first && (await persist(() => queue.trains.finish(landed.map(landedRow), clock.now()), first.signal));
}

/** Those of which nothing was begun, and all that are to come again. @returns the transfers that need nothing more */
async function giveBack({ queue, clock, persist }: WriteDeps, cars: readonly Car[], hasTrouble: boolean) {
  // While an engine stops there is no time to write them one by one.
  const stopped = cars.filter((car) => isUntouched(car) && isLeft(car));
  const cutOff = cars.filter((car) => !isUntouched(car) && car.stage !== "landed" && isFor(car, "again"));
  const untouched = cars.filter((car) => isUntouched(car) && !car.signal.aborted);
  // Somebody has to find out what the trouble is.
  const isMet = cars.some(({ stage }) => stage === "alone" || stage === "begun" || stage === "moved");
  const back = [...stopped, ...cutOff, ...(hasTrouble && !isMet ? untouched.slice(1) : untouched)].map(
    ({ lease }) => lease,
  );
  const signal = cars[0]?.signal ?? new AbortController().signal;
  const given = back.length > 0 ? await persist(() => queue.trains.giveBack(back, clock.now()), signal) : undefined;
  return new Set([...(given ?? []), ...stopped.map(({ lease }) => lease.id)]);
}

function landedRow({ lease, progress }: Car) {
  return { lease, arrangement: progress.way?.id ?? lease.arrangement ?? "", sizeBytes: lease.sizeBytes };
}

function isUntouched({ stage }: Car): boolean {
  return stage === "waiting" || stage === "ready";
}

/** Stopped without an end of its own: whoever has its row decides about it. */
function isLeft(car: Car): boolean {
  return isFor(car, "again") || isFor(car, "lost");
}

function isFor({ signal }: Car, kind: Outcome["kind"]): boolean {
  return signal.aborted && (signal.reason as Outcome).kind === kind;
}
