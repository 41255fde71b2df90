// Many light files from one server to the other, one directly behind the other: looks, renames and rows for many of them at
// once. While some move, those before get their names and those behind are leased and looked at (beside.ts).
// Only what goes smoothly is done here. Whatever is not as expected is left to run.ts, which knows what to make of it.
import type { PairArrangement } from "../ftp/index.ts";
import { createArrivals, workBeside } from "./beside.ts";
import { both } from "./blame.ts";
import type { Crew } from "./crew.ts";
import { landAll } from "./land-train.ts";
import type { Lease, Progress, Verified } from "./lease.ts";
import type { RunDeps } from "./run.ts";
import { dropOrphans } from "./run.ts";
import type { Section } from "./section.ts";
import { going, lookAtDestinations, lookAtSources, moveAll, openSection, permitAll } from "./section.ts";
import type { Ends } from "./store/knowledge.ts";
import type { Sealed } from "./store/train.ts";
import type { Moved } from "./trains.ts";
import { leastLightBytes } from "./trains.ts";

/** One file of it, and how far it came. */
export interface Car {
  lease: Lease;
  signal: AbortSignal;
  progress: Progress;
  /** `begun`: a part of it may lie there. `alone`: run.ts has to look at it. */
  stage: "waiting" | "ready" | "begun" | "moved" | "landed" | "alone";
  verified?: Verified;
  /** So much of it was seen at the destination while it moved. */
  seenBytes?: number;
  /** What the source said before it began. */
  modifiedAt?: Lease["modifiedAt"];
}

export interface TrainDeps extends RunDeps {
  /** As `seal` for each of them; gives the ids of those that are still ours. */
  sealAll: (sealed: readonly Sealed[]) => Promise<Set<number>>;
  /** As `checkWay` for each of them. */
  checkAll: (cars: readonly Car[], way: PairArrangement) => Promise<void>;
}

export interface Course {
  /** After so long it is asked whether others wait. */
  longestMs: number;
  /** Nobody waits for the place of the train that this is one of. */
  mayGoOn: (car: Car) => Promise<boolean>;
  /** Commands may be sent before their turn. */
  mayHurry: boolean;
  /** The files behind these, leased into its place; none when there are none, or somebody else waits for the place. */
  more: (cars: readonly Car[]) => Promise<readonly Car[]>;
  /** A second pair of connections may be asked for. */
  mayDouble: boolean;
  /** There is none to be had. */
  onSingle: () => void;
  /** Called when one has come whole, before it is compared. */
  onMoved: (moved: Moved) => void;
  /** Called when some have got their names: their ends can be written. */
  onLanded: (cars: readonly Car[]) => Promise<void>;
}

/** Fewer small ones are brought sooner than a second pair of connections has logged in. */
const fewestToHelp = 8;

/**
 * Moves the stage of each car on as far as it goes. Those whose signal aborts are left as they are.
 * @returns what went wrong with the two servers or what is known of them, if anything did: then the rest was left
 */
export async function runTrain(deps: TrainDeps, cars: readonly Car[], course: Course): Promise<unknown> {
  const all = [...cars];
  const more = async (before: readonly Car[]) => {
    const added = await course.more(before);
    all.push(...added);
    return added;
  };
  const crews: Crew[] = [];
  const landing = createLanding(deps, course);
  let trouble: unknown;
  try {
    const ends = await permitAll(deps, cars);
    const [first] = going(cars);
    if (!ends || !first) return undefined;
    const crew = await deps.crews.take(first.lease, first.signal);
    crews.push(crew);
    const helping = isWorthHelp(cars) ? takeHelper(deps, first, course, crews) : Promise.resolve();
    const [section] = await both(firstSection(deps, cars, ends, crew), helping);
    if (!crew.isUsed) await deps.onAlive(first.lease);
    await ride(deps, section, crews[1], { ...course, more, land: landing.land });
  } catch (error) {
    trouble = error;
  }
  await landing.written().catch((error: unknown) => {
    trouble ??= error;
  });
  const cutOff = all.filter(isCutOff).map(({ lease }) => lease);
  if (crews[0]) await dropOrphans(deps, crews[0], cutOff);
  for (const crew of crews) deps.crews.put(crew, trouble === undefined);
  return trouble;
}

/** To compare one by its blocks takes longer than to log in. */
function isWorthHelp(cars: readonly Car[]): boolean {
  return (
    cars.length >= fewestToHelp || (cars.length > 1 && cars.some(({ lease }) => lease.sizeBytes > leastLightBytes))
  );
}

function isCutOff({ stage, signal }: Car): boolean {
  return signal.aborted && (stage === "begun" || stage === "moved");
}

/** None where a server has no place for one session more: then the first pair does all of it. */
async function takeHelper({ crews }: TrainDeps, { lease, signal }: Car, course: Course, taken: Crew[]): Promise<void> {
  if (!course.mayDouble) return;
  try {
    taken.push(await crews.take(lease, signal));
  } catch {
    if (!signal.aborted) course.onSingle();
  }
}

async function firstSection(deps: TrainDeps, cars: readonly Car[], ends: Ends, crew: Crew): Promise<Section> {
  const section = await openSection(deps, { cars, ends, crew });
  await lookAround(deps, section);
  return section;
}

async function lookAround(deps: TrainDeps, section: Section): Promise<void> {
  const { source, destination } = section.crew;
  await both(lookAtSources(section, source.session), lookAtDestinations(deps, section, destination.session));
}

interface Riding extends Course {
  land: Landing["land"];
}

/** One section after the other, until there is none behind. */
async function ride(deps: TrainDeps, first: Section, helper: Crew | undefined, course: Riding): Promise<void> {
  const { land } = course;
  let before: Section | undefined;
  for (let section: Section | undefined = first; section; ) {
    const now: Section = section;
    const arrivals = helper && createArrivals();
    const beside = {
      mayHurry: course.mayHurry,
      nextSection: () => leaseNext(deps, now, course),
      landBefore: async () => before && (await land(before, helper)),
    };
    const [moved, besides] = await Promise.allSettled([
      moveAll(deps, now, course, arrivals).finally(arrivals?.end),
      helper && arrivals ? workBeside(deps, { ...beside, helper, now, arrivals }) : beside.nextSection(),
    ]);
    const trouble = [moved, besides].find((one) => one.status === "rejected");
    if (trouble) {
      // What came before it is whole.
      const whole = besides.status === "fulfilled" ? helper : undefined;
      for (const one of [before, now]) if (one) await land(one, whole);
      throw trouble.reason;
    }
    // What was not begun in time goes back to the queue, and what was leased behind it as well.
    const isOver = besides.status === "rejected" || going(now.cars, "ready").length > 0;
    section = isOver ? undefined : besides.value;
    if (!section || !helper) await land(now, helper);
    if (section && !helper) await lookAround(deps, section);
    before = now;
  }
}

/** Undefined also when something of this one has to be looked at alone: that comes first. */
async function leaseNext(deps: TrainDeps, { cars, crew }: Section, course: Course): Promise<Section | undefined> {
  if (cars.some(({ stage, signal }) => stage === "alone" || signal.aborted)) return undefined;
  const following = await course.more(cars);
  const ends = following.length > 0 ? await permitAll(deps, following) : undefined;
  return ends && openSection(deps, { cars: following, ends, crew });
}

interface Landing {
  /** Gives names; their rows are written while the train goes on. */
  land(section: Section, helper: Crew | undefined): Promise<void>;
  /** All rows are written. */
  written(): Promise<void>;
}

function createLanding(deps: TrainDeps, course: Course): Landing {
  let writing: Promise<void> = Promise.resolve();
  return {
    async land({ cars, crew, jobOf }, helper) {
      await landAll(deps, (helper ?? crew).destination.session, going(cars, "moved"), jobOf);
      await writing;
      writing = course.onLanded(cars);
      writing.catch(() => undefined);
    },
    written: () => writing,
  };
}
