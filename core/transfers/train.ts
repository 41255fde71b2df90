// Many small files from one server to the other, one directly behind the other: looks, renames and rows for all of them at
// once. Only what goes smoothly is done here. Whatever is not as expected is left to run.ts, which knows what to make of it.
import type { Arrangement, PairArrangement } from "../ftp/index.ts";
import { pickAlgorithm, sendAhead, waysBetween } from "../ftp/index.ts";
import { both } from "./blame.ts";
import type { Crew } from "./crew.ts";
import { folderOf } from "./destination-path.ts";
import type { Job } from "./job.ts";
import { losesEnds } from "./ladder.ts";
import { verify } from "./land.ts";
import { landAll, sizesOf } from "./land-train.ts";
import type { Lease, Progress, Verified } from "./lease.ts";
import { lookMs } from "./part.ts";
import { permit } from "./permit.ts";
import { checkSpace, looksAt, makeFolder, takeLook } from "./prepare.ts";
import type { RunDeps } from "./run.ts";
import { dropOrphan, toJob } from "./run.ts";
import type { Ends } from "./store/knowledge.ts";
import type { Sealed } from "./store/train.ts";
import { allowedBy } from "./ways.ts";

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
  /** It is over when the others have waited so long. */
  longestMs: number;
  /** Commands may be sent before their turn. */
  mayHurry: boolean;
}

/** A check of leases and rights is good for so long: what changes meanwhile stops what runs, as it does with large files. */
const checkedMs = 1_000;
/** Nobody asks how far so small a file is; and the question would take a connection of its own. */
const firstPollMs = 5_000;

/**
 * Moves the stage of each car on as far as it goes. Those whose signal aborts are left as they are.
 * @returns what went wrong with the two servers or what is known of them, if anything did: then the rest was left
 */
export async function runTrain(deps: TrainDeps, cars: readonly Car[], course: Course): Promise<unknown> {
  let crew: Crew | undefined;
  let trouble: unknown;
  try {
    const ends = await permitAll(deps, cars);
    const [first] = going(cars);
    if (!ends || !first) return undefined;
    crew = await deps.crews.take(first.lease, first.signal);
    if (!crew.isUsed) await deps.onAlive(first.lease);
    await ride(deps, { cars, ends, crew }, course);
  } catch (error) {
    trouble = error;
  }
  for (const { stage, signal, lease } of crew ? cars : []) {
    if (crew && signal.aborted && (stage === "begun" || stage === "moved")) await dropOrphan(deps, crew, lease);
  }
  if (crew) deps.crews.put(crew, trouble === undefined);
  return trouble;
}

interface Ride {
  cars: readonly Car[];
  ends: Ends;
  crew: Crew;
}

function going(cars: readonly Car[], stage: Car["stage"] = "waiting"): Car[] {
  return cars.filter((car) => car.stage === stage && !car.signal.aborted);
}

/** A share is a folder: all files of one folder are seen or not seen together. */
async function permitAll(deps: TrainDeps, cars: readonly Car[]): Promise<Ends | undefined> {
  let known: Ends | undefined;
  for (const folder of Map.groupBy(cars, ({ lease }) => folderOf(lease.sourcePath)).values()) {
    const [first] = folder;
    const allowed = first && (await permit(deps, first.lease));
    if (allowed && !("refusal" in allowed)) known = allowed.ends;
    else for (const car of folder) car.stage = "alone";
  }
  return known;
}

async function ride(deps: TrainDeps, { cars, ends, crew }: Ride, course: Course): Promise<void> {
  const way = await knownWay(deps, { cars, ends, crew });
  const jobs = new Map(cars.map((car) => [car, toJob(car.lease, ends, crew, car.signal, car.progress)]));
  const jobOf = (car: Car) => jobs.get(car) as Job;
  await both(lookAtSources(going(cars), jobOf), lookAtDestinations(deps, going(cars), jobOf, crew));
  for (const car of going(cars, "ready")) await makeFolder(jobOf(car));
  await checkSpace({ crew }, sumBytes(going(cars, "ready")));
  try {
    await moveAll(deps, { cars, crew, jobOf, way }, course);
  } finally {
    // What came before a trouble is whole; with a connection that is lost this fails at once.
    await landAll(deps, crew, going(cars, "moved"), jobOf);
  }
}

function sumBytes(cars: readonly Car[]): number {
  return cars.reduce((sum, { lease }) => sum + lease.sizeBytes, 0);
}

/** @throws Error when none is known that is good for that */
async function knownWay({ knowledge }: TrainDeps, { cars, ends, crew }: Ride): Promise<PairArrangement> {
  const [first] = cars;
  const versions: [number, number] = [crew.source.version, crew.destination.version];
  if (first) crew.memory ??= await knowledge.pairOf(first.lease.sourceId, first.lease.destinationId, versions);
  const { source, destination } = crew;
  const { ways } = waysBetween(source.session, destination.session, allowedBy(ends), crew.memory?.arrangement);
  const [way] = ways;
  const hasSizes = source.session.features.size && destination.session.features.size;
  if (!way || !isSmooth(way) || way.id !== crew.memory?.arrangement || !hasSizes)
    throw new Error("no way that is known to work");
  return way;
}

/** May a train go by it? */
export function isSmooth(way: Arrangement): way is PairArrangement {
  return way.data !== "relayed" && !losesEnds(way);
}

async function lookAtSources(cars: readonly Car[], jobOf: (car: Car) => Job): Promise<void> {
  const [first] = cars;
  if (!first) return;
  const { session } = jobOf(first).crew.source;
  const asking = sendAhead(
    session,
    cars.flatMap((car) => looksAt(jobOf(car))),
  );
  for (const car of cars) {
    const job = jobOf(car);
    try {
      job.modifiedAt = (await takeLook(job, asking)).modifiedAt ?? undefined;
    } catch (error) {
      if (session.closed) throw error;
      car.stage = "alone";
    }
  }
}

async function lookAtDestinations(
  { clock }: TrainDeps,
  cars: readonly Car[],
  jobOf: (car: Car) => Job,
  crew: Crew,
): Promise<void> {
  const { session } = crew.destination;
  const names = await sizesOf(session, cars, (car) => jobOf(car).finalPath);
  // The first lease of a transfer cannot have left a part; another one is written over once nobody writes it any more.
  const used = cars.filter(({ lease }) => lease.token > 1);
  const parts = await sizesOf(session, used, (car) => jobOf(car).partPath);
  const left = used.filter((car) => parts.get(car) !== undefined);
  if (left.length > 0) await clock.wait(lookMs);
  const again = await sizesOf(session, left, (car) => jobOf(car).partPath);
  for (const car of cars) {
    const isFree = names.get(car) === undefined && (!again.has(car) || again.get(car) === parts.get(car));
    if (car.stage === "waiting") car.stage = isFree ? "ready" : "alone";
  }
}

interface Moving {
  cars: readonly Car[];
  crew: Crew;
  jobOf: (car: Car) => Job;
  way: PairArrangement;
}

async function moveAll(deps: TrainDeps, moving: Moving, { longestMs, mayHurry }: Course): Promise<void> {
  const { cars, way } = moving;
  const beganAtMs = deps.clock.monotonicMs();
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const nowMs = deps.clock.monotonicMs();
    if (nowMs - checkedAtMs > checkedMs) {
      await deps.checkAll(going(cars, "ready"), way);
      checkedAtMs = nowMs;
    }
    const [car, following] = going(cars, "ready");
    if (!car) return;
    const hasNext = following !== undefined && nowMs - beganAtMs < longestMs;
    await moveOne(deps, moving, car, mayHurry ? { hasNext } : undefined);
    if (!hasNext) return;
  }
}

/** @throws whatever it is, when the next one cannot go on with these connections */
async function moveOne(
  deps: TrainDeps,
  { crew, jobOf, way }: Moving,
  car: Car,
  hurry: { hasNext: boolean } | undefined,
): Promise<void> {
  const job = jobOf(car);
  const { session: source } = crew.source;
  const { session: destination } = crew.destination;
  const isRead = job.sizeBytes > 0 && pickAlgorithm(source.features, destination.features) === undefined;
  car.stage = "begun";
  await deps.fxp.transfer({
    ...{ source, destination, sourcePath: job.sourcePath, destinationPath: job.partPath },
    ...{ offsetBytes: 0, sizeBytes: job.sizeBytes, arrangement: way, signal: car.signal },
    ...(hurry ? { hurry: { ...hurry, isRead } } : {}),
    limits: { firstPollMs },
    sizeOf: async () => await (await crew.lookout()).size(job.partPath).catch(() => undefined),
  });
  car.verified = await verify(deps, job);
  car.stage = "moved";
}
