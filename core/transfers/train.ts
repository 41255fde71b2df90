// Many small files from one server to the other, one directly behind the other: looks, renames and rows for many of them at
// once. While some move, those before get their names and those behind are leased and looked at, over a connection beside.
// Only what goes smoothly is done here. Whatever is not as expected is left to run.ts, which knows what to make of it.
import type { PairArrangement, Session } from "../ftp/index.ts";
import { both } from "./blame.ts";
import type { Crew } from "./crew.ts";
import { landAll } from "./land-train.ts";
import type { Lease, Progress, Verified } from "./lease.ts";
import type { RunDeps } from "./run.ts";
import { dropOrphan } from "./run.ts";
import type { Section } from "./section.ts";
import { going, lookAtDestinations, lookAtSources, moveAll, openSection, permitAll } from "./section.ts";
import type { Ends } from "./store/knowledge.ts";
import type { Sealed } from "./store/train.ts";

/** One file of it, and how far it came. */
export interface Car {
  lease: Lease;
  signal: AbortSignal;
  progress: Progress;
  /** `begun`: a part of it may lie there. `alone`: run.ts has to look at it. */
  stage: "waiting" | "ready" | "begun" | "moved" | "landed" | "alone";
  verified?: Verified;
}

export interface TrainDeps extends RunDeps {
  /** As `seal` for each of them; gives the ids of those that are still ours. */
  sealAll: (sealed: readonly Sealed[]) => Promise<Set<number>>;
  /** As `checkWay` for each of them. */
  checkAll: (cars: readonly Car[], way: PairArrangement) => Promise<void>;
}

export interface Course {
  /** Those that were leased together have so long; then it is over, because others may wait. */
  longestMs: number;
  /** Commands may be sent before their turn. */
  mayHurry: boolean;
  /** The files behind these, leased into its place; none when there are none, or somebody else waits for the place. */
  more: (cars: readonly Car[]) => Promise<readonly Car[]>;
  /** Called when some have got their names: their ends can be written. */
  onLanded: (cars: readonly Car[]) => Promise<void>;
}

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
  let crew: Crew | undefined;
  let trouble: unknown;
  try {
    const ends = await permitAll(deps, cars);
    const [first] = going(cars);
    if (!ends || !first) return undefined;
    crew = await deps.crews.take(first.lease, first.signal);
    if (!crew.isUsed) await deps.onAlive(first.lease);
    await ride(deps, await firstSection(deps, cars, ends, crew), { ...course, more });
  } catch (error) {
    trouble = error;
  }
  for (const { stage, signal, lease } of crew ? all : []) {
    if (crew && signal.aborted && (stage === "begun" || stage === "moved")) await dropOrphan(deps, crew, lease);
  }
  if (crew) deps.crews.put(crew, trouble === undefined);
  return trouble;
}

async function firstSection(deps: TrainDeps, cars: readonly Car[], ends: Ends, crew: Crew): Promise<Section> {
  const section = await openSection(deps, { cars, ends, crew });
  const { session } = crew.destination;
  await both(lookAtSources(section), lookAtDestinations(deps, section, session));
  return section;
}

/** One section after the other, until there is none behind. */
async function ride(deps: TrainDeps, first: Section, course: Course): Promise<void> {
  let before: Section | undefined;
  for (let section: Section | undefined = first; section; ) {
    const now: Section = section;
    const beside = { isBusy: true };
    const [moved, besides] = await Promise.allSettled([
      moveAll(deps, now, course, () => !beside.isBusy),
      workBeside(deps, before, now, course).finally(() => {
        beside.isBusy = false;
      }),
    ]);
    const trouble = [moved, besides].find((one) => one.status === "rejected");
    // What was not begun in time goes back to the queue, and what was leased behind it as well.
    const isOver = trouble !== undefined || going(now.cars, "ready").length > 0;
    const next = isOver || besides.status === "rejected" ? undefined : besides.value;
    // What came before a trouble is whole; with a connection that is lost this fails at once.
    if (!next?.isLookedAt) await land(deps, now, now.crew.destination.session, course);
    if (trouble) throw trouble.reason;
    if (next && !next.isLookedAt) await lookAtDestinations(deps, next.section, now.crew.destination.session);
    if (next) await lookAtSources(next.section);
    before = next?.isLookedAt ? now : undefined;
    section = next?.section;
  }
}

interface Following {
  section: Section;
  /** The destination was, over the second connection. Without one it is done between two sections. */
  isLookedAt: boolean;
}

/** While a section moves: names for the one before, and the one behind is leased and looked at. */
async function workBeside(
  deps: TrainDeps,
  before: Section | undefined,
  now: Section,
  course: Course,
): Promise<Following | undefined> {
  const [section] = await both(nextSection(deps, now, course), landBeside(deps, before, course));
  if (!section) return undefined;
  const session = await now.crew.lookout().catch(() => undefined);
  if (session) await lookAtDestinations(deps, section, session);
  return { section, isLookedAt: session !== undefined };
}

/** Undefined also when something of this one has to be looked at alone: that comes first. */
async function nextSection(deps: TrainDeps, { cars, crew }: Section, course: Course): Promise<Section | undefined> {
  if (cars.some(({ stage, signal }) => stage === "alone" || signal.aborted)) return undefined;
  const following = await course.more(cars);
  const ends = following.length > 0 ? await permitAll(deps, following) : undefined;
  return ends && openSection(deps, { cars: following, ends, crew });
}

async function landBeside(deps: TrainDeps, before: Section | undefined, course: Course): Promise<void> {
  if (before) await land(deps, before, await before.crew.lookout(), course);
}

async function land(deps: TrainDeps, { cars, jobOf }: Section, session: Session, course: Course): Promise<void> {
  await landAll(deps, session, going(cars, "moved"), jobOf);
  await course.onLanded(cars);
}
