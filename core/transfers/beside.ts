// Beside those that move the files of a train works a second pair of connections: it compares what has come, gives names to
// those before and looks at those behind, so that nothing of that stands between one file and the next. Who moves files compares
// some as well where it falls behind.
import { expectRead } from "../ftp/index.ts";
import { both } from "./blame.ts";
import type { Crew } from "./crew.ts";
import type { Section } from "./section.ts";
import { lookAtDestinations, lookAtSources, verifyCar } from "./section.ts";
import type { Car, TrainDeps } from "./train.ts";

/** From those who move files to who compares them. */
export interface Arrivals {
  /** So many are not compared yet that the next one is compared by who moves it. */
  isFull(): boolean;
  /** @throws what the other side has halted with */
  goOn(): void;
  push(car: Car): void;
  /** The last that came, for who has nothing more to move; never the one that `next` gives. */
  giveBack(): Car | undefined;
  /** No more will come. */
  end(): void;
  /** In the order of their coming; undefined after the last. */
  next(): Promise<Car | undefined>;
  /** What `next` gives then, if that has come already. */
  peek(): Car | undefined;
  halt(reason: unknown): void;
}

/** More would be compared no sooner. */
const mostWaiting = 4;

export function createArrivals(): Arrivals {
  const cars: Car[] = [];
  let change = Promise.withResolvers<void>();
  let isOver = false;
  let halted: { reason: unknown } | undefined;

  function changed(): void {
    change.resolve();
    change = Promise.withResolvers();
  }

  return {
    isFull: () => cars.length >= mostWaiting,
    goOn() {
      if (halted) throw halted.reason;
    },
    push(car) {
      cars.push(car);
      changed();
    },
    giveBack: () => (cars.length > 1 ? cars.pop() : undefined),
    end() {
      isOver = true;
      changed();
    },
    async next() {
      while (cars.length === 0 && !isOver) await change.promise;
      return cars.shift();
    },
    peek: () => cars[0],
    halt(reason) {
      halted = { reason };
    },
  };
}

export interface Beside {
  helper: Crew;
  /** Those that move now. */
  now: Section;
  arrivals: Arrivals;
  mayHurry: boolean;
  /** Names for those before. */
  landBefore: () => Promise<void>;
  /** Leases those behind. */
  nextSection: () => Promise<Section | undefined>;
}

/** @returns those behind, looked at, once all that came is compared */
export async function workBeside(deps: TrainDeps, work: Beside): Promise<Section | undefined> {
  const { arrivals, landBefore, nextSection } = work;
  const following: Following = { section: undefined, isLookedAt: false };
  const leasing = nextSection().then((section) => {
    following.section = section;
  });
  leasing.catch(() => undefined);
  try {
    await landBefore();
    await compareAll(deps, work, following);
    await leasing;
    await lookAt(deps, following, work.helper);
    return following.section;
  } catch (error) {
    arrivals.halt(error);
    throw error;
  } finally {
    // Whatever it leases belongs to this train.
    await leasing.catch(() => undefined);
  }
}

interface Following {
  section: Section | undefined;
  isLookedAt: boolean;
}

async function compareAll(deps: TrainDeps, work: Beside, following: Following): Promise<void> {
  const { helper, now, arrivals, mayHurry } = work;
  let isPromised = false;
  for (let car = await arrivals.next(); car; car = await arrivals.next()) {
    if (!isPromised) await lookAt(deps, following, helper);
    if (car.signal.aborted) continue;
    // What is promised has to come next, or these connections are lost.
    const reads = [car, arrivals.peek()].filter((one) => one && now.isRead(one) && !one.signal.aborted);
    isPromised = mayHurry && reads.length === 2 && (!following.section || following.isLookedAt);
    for (const { session } of isPromised ? [helper.source, helper.destination] : []) expectRead(session);
    await verifyCar(deps, now, car, helper);
  }
}

async function lookAt(deps: TrainDeps, following: Following, { source, destination }: Crew): Promise<void> {
  const { section, isLookedAt } = following;
  if (!section || isLookedAt) return;
  following.isLookedAt = true;
  await both(lookAtSources(section, source.session), lookAtDestinations(deps, section, destination.session));
}
