// The files of a train that were leased together, from the question whether they may come to the last byte: each step for
// all of them.
import type { Arrangement, PairArrangement, PairTransfer, Session } from "../ftp/index.ts";
import { joinPath, pickAlgorithm, sendAhead, takeBack, waysBetween } from "../ftp/index.ts";
import { FonError } from "../platform/errors.ts";
import type { Arrivals } from "./beside.ts";
import { at, both } from "./blame.ts";
import { wholeBytes } from "./compare.ts";
import type { Crew } from "./crew.ts";
import { folderOf } from "./destination-path.ts";
import type { Job } from "./job.ts";
import { learn, losesEnds, tellingBytes } from "./ladder.ts";
import { verify } from "./land.ts";
import { sizesOf } from "./land-train.ts";
import { lookMs } from "./part.ts";
import { permitsFor } from "./permit.ts";
import { checkSpace, looksAt, takeLook } from "./prepare.ts";
import { toJob } from "./run.ts";
import type { Ends } from "./store/knowledge.ts";
import type { Car, Course, TrainDeps } from "./train.ts";
import type { Moved } from "./trains.ts";
import { leastLightBytes } from "./trains.ts";
import { allowedBy } from "./ways.ts";

export interface Section {
  cars: readonly Car[];
  crew: Crew;
  way: PairArrangement;
  jobOf: (car: Car) => Job;
  /** It is read whole from both ends: there is no digest that both compute. */
  isRead: (car: Car) => boolean;
}

/** A check of leases and rights is good for so long: what changes meanwhile stops what runs, as it does with large files. */
const checkedMs = 1_000;
/** Nobody asks before how far so small a file is: the question would take a connection of its own. */
const firstPollMs = 5_000;

export function going(cars: readonly Car[], stage: Car["stage"] = "waiting"): Car[] {
  return cars.filter((car) => car.stage === stage && !car.signal.aborted);
}

/** Undefined when none of them may run. */
export async function permitAll(deps: TrainDeps, cars: readonly Car[]): Promise<Ends | undefined> {
  const [first] = cars;
  const permitOf = first && (await permitsFor(deps, first.lease));
  let known: Ends | undefined;
  for (const car of cars) {
    const allowed = permitOf?.(car.lease);
    if (allowed && !("refusal" in allowed)) known = allowed.ends;
    else car.stage = "alone";
  }
  return known;
}

interface Parts {
  cars: readonly Car[];
  ends: Ends;
  crew: Crew;
}

/** @throws Error when no way is known that is good for that */
export async function openSection(deps: TrainDeps, parts: Parts): Promise<Section> {
  const { cars, ends, crew } = parts;
  const way = await knownWay(deps, parts);
  const jobs = new Map(cars.map((car) => [car, toJob(car.lease, ends, crew, car.signal, car.progress)]));
  const { source, destination } = crew;
  const hasDigest = pickAlgorithm(source.session.features, destination.session.features) !== undefined;
  const isRead = ({ lease }: Car) => lease.sizeBytes > 0 && lease.sizeBytes <= wholeBytes && !hasDigest;
  return { cars, crew, way, jobOf: (car) => jobs.get(car) as Job, isRead };
}

async function knownWay({ knowledge }: TrainDeps, { cars, ends, crew }: Parts): Promise<PairArrangement> {
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

/** @param session of the source, with nothing else to do */
export async function lookAtSources({ cars, jobOf }: Section, session: Session): Promise<void> {
  const waiting = cars.filter(({ stage, signal }) => !signal.aborted && (stage === "waiting" || stage === "ready"));
  const asking = sendAhead(
    session,
    waiting.flatMap((car) => looksAt(jobOf(car))),
  );
  for (const car of waiting) {
    const job = jobOf(car);
    try {
      job.modifiedAt = (await takeLook(job, asking, session)).modifiedAt ?? undefined;
      car.modifiedAt = job.modifiedAt ?? null;
    } catch (error) {
      if (session.closed) throw error;
      car.stage = "alone";
    }
  }
}

/** Names, folders, room. @param session of the destination, with nothing else to do */
export async function lookAtDestinations(deps: TrainDeps, section: Section, session: Session): Promise<void> {
  const { cars, crew, jobOf } = section;
  await lookAtNames(deps, going(cars), jobOf, session);
  await makeFolders(section, session);
  const missingBytes = going(cars, "ready").reduce((sum, { lease }) => sum + lease.sizeBytes, 0);
  await checkSpace({ crew }, missingBytes, session);
}

async function lookAtNames(
  { clock }: TrainDeps,
  cars: readonly Car[],
  jobOf: (car: Car) => Job,
  session: Session,
): Promise<void> {
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

async function makeFolders({ cars, crew }: Section, session: Session): Promise<void> {
  const { inbox } = crew.destination;
  const folders = new Set(going(cars, "ready").map(({ lease }) => folderOf(lease.destinationPath)));
  for (const folder of folders) {
    if (folder === "" || inbox === undefined || crew.knownFolders.has(folder)) continue;
    await at("destination", session.makeDirectories(joinPath(inbox, folder), inbox));
    crew.knownFolders.add(folder);
  }
}

/** @param arrivals takes what has come, to be verified by somebody else as well; without it that is done here, after each */
export async function moveAll(
  deps: TrainDeps,
  section: Section,
  { longestMs, mayHurry, mayGoOn, onMoved }: Course,
  arrivals?: Arrivals,
): Promise<void> {
  const { cars, crew, way } = section;
  let beganAtMs = deps.clock.monotonicMs();
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let bytesPerSecond: number | null = null;
  let told: { car: Car; bytesPerSecond: number | null } | undefined;
  for (let hasNext = true; hasNext; ) {
    const nowMs = deps.clock.monotonicMs();
    if (nowMs - checkedAtMs > checkedMs) {
      await deps.checkAll(going(cars, "ready"), way);
      checkedAtMs = nowMs;
    }
    const [car, following] = going(cars, "ready");
    if (!car) break;
    const isLong = nowMs - beganAtMs >= longestMs;
    hasNext = following !== undefined && (!isLong || (await mayGoOn(car)));
    if (isLong) beganAtMs = nowMs;
    arrivals?.goOn();
    const isOurs = !arrivals || arrivals.isFull();
    const then = isOurs ? (section.isRead(car) ? "read" : "sizes") : "nothing";
    // Of a train one file moves at a time: it tells the speed of all.
    car.progress.bytesPerSecond = bytesPerSecond;
    const moved = await moveOne(deps, section, car, mayHurry ? { hasNext, then } : undefined);
    Object.assign(car.progress, { bytesPerSecond: null, moved });
    bytesPerSecond = speedOf(moved);
    onMoved(moved);
    if (moved.bytes >= tellingBytes) told = { car, bytesPerSecond };
    if (isOurs) await verifyCar(deps, section, car, crew);
    else arrivals.push(car);
  }
  if (told) await learn(deps, section.jobOf(told.car), way, told.bytesPerSecond);
  if (arrivals) await compareLast(deps, section, arrivals);
}

function speedOf({ bytes, elapsedMs }: Moved): number | null {
  return elapsedMs > 0 ? Math.round((bytes / elapsedMs) * 1_000) : null;
}

/** Nothing more is to be moved, and not all is compared. */
async function compareLast(deps: TrainDeps, section: Section, arrivals: Arrivals): Promise<void> {
  const { source, destination } = section.crew;
  // The next file may have been announced to them, and then stopped.
  await both(takeBack(source.session), takeBack(destination.session));
  if (source.session.closed || destination.session.closed) return;
  for (let car = arrivals.giveBack(); car; car = arrivals.giveBack())
    if (!car.signal.aborted) await verifyCar(deps, section, car, section.crew);
}

/** @throws whatever it is, when the next one cannot go on with these connections */
async function moveOne(
  deps: TrainDeps,
  { crew, jobOf, way }: Section,
  car: Car,
  hurry: PairTransfer["hurry"] | undefined,
): Promise<Moved> {
  const job = jobOf(car);
  const { sizeBytes } = job;
  const slow = new AbortController();
  const beganAtMs = deps.clock.monotonicMs();
  const onProgress = (bytes: number) => {
    // In memory alone: whoever reads the row would expect that its time is the source's own.
    car.seenBytes = bytes;
    if (deps.clock.monotonicMs() - beganAtMs > deps.slowAfterMs) slow.abort(new FonError("fxp.stalled"));
  };
  car.stage = "begun";
  const { elapsedMs } = await deps.fxp.transfer({
    ...{ source: crew.source.session, destination: crew.destination.session },
    ...{ sourcePath: job.sourcePath, destinationPath: job.partPath, sizeBytes },
    ...{ offsetBytes: 0, arrangement: way, onProgress },
    // Alone, somebody looks for a faster source meanwhile. Of very many small ones each signal would cost.
    signal: sizeBytes > leastLightBytes ? AbortSignal.any([car.signal, slow.signal]) : car.signal,
    ...(hurry ? { hurry } : {}),
    limits: { firstPollMs },
    sizeOf: async () => await (await crew.lookout()).size(job.partPath).catch(() => undefined),
  });
  return { bytes: sizeBytes, elapsedMs };
}

/** @param crew with nothing else to do */
export async function verifyCar(deps: TrainDeps, { jobOf }: Section, car: Car, crew: Crew): Promise<void> {
  car.verified = await verify(deps, { ...jobOf(car), crew });
  car.stage = "moved";
}
