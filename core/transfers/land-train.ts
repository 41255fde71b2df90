// The parts of a train get their names: the looks at all names first, then all names, directly one behind the other.
import type { Session } from "../ftp/index.ts";
import { sendAhead, takeBack } from "../ftp/index.ts";
import { FonError } from "../platform/errors.ts";
import { at, both } from "./blame.ts";
import type { Job } from "./job.ts";
import { giveName, keepTime, namingOf, stopwatch } from "./land.ts";
import type { Car, TrainDeps } from "./train.ts";

/** How old the answers may be when the names are given, see `land`. */
const freshMs = 5_000;
/** So many are looked at and named in that time also by a server that is slow to answer. */
const mostAtATime = 128;
/** Of names that are sent nobody can be asked any more whether they are still ours: those of some five files. */
const mostNamesAhead = 10;

/**
 * As `land` for each of them. What is not given its name is `alone` then; a name that was given and not heard of is found by
 * who looks at that one.
 * @param session of the destination, with nothing else to do
 */
export async function landAll(
  deps: TrainDeps,
  session: Session,
  cars: readonly Car[],
  jobOf: (car: Car) => Job,
): Promise<void> {
  if (cars.length === 0) return;
  // The next file may have been announced, and then stopped.
  await takeBack(session);
  for (let from = 0; from < cars.length && !session.closed; from += mostAtATime)
    await landSome(deps, session, cars.slice(from, from + mostAtATime), jobOf);
}

async function landSome(
  deps: TrainDeps,
  session: Session,
  cars: readonly Car[],
  jobOf: (car: Car) => Job,
): Promise<void> {
  const elapsedMs = stopwatch(deps.clock);
  const [held, sizes] = await both(
    deps.sealAll(cars.flatMap(sealed)),
    sizesOf(session, cars, (car) => jobOf(car).finalPath),
  );
  for (const { lease, verified } of cars) if (held.has(lease.id) && verified) lease.verified = verified;
  const free = cars.filter((car) => held.has(car.lease.id) && !car.signal.aborted && sizes.get(car) === undefined);
  try {
    await giveNames(session, free, jobOf, () => elapsedMs() <= freshMs);
  } finally {
    const landed = free.filter(({ stage }) => stage === "landed");
    await keepTimes(session, landed.map(jobOf));
  }
}

async function giveNames(
  session: Session,
  cars: readonly Car[],
  jobOf: (car: Car) => Job,
  isFresh: () => boolean,
): Promise<void> {
  const asking = sendAhead(
    session,
    cars.map((car) => namingOf(jobOf(car))),
    mostNamesAhead,
  );
  for (const car of cars) {
    if (!isFresh()) {
      // What was sent already is answered in any case; the times of those that have their names come after that.
      await takeBack(session);
      throw new FonError("server.busy", {}, { detail: "too slow to give names" });
    }
    await giveName(session, jobOf(car), asking);
    car.stage = "landed";
  }
}

/** Behind all names: where a name is refused, its file is somebody else's. */
async function keepTimes(session: Session, jobs: readonly Job[]): Promise<void> {
  const timed = jobs.flatMap((job) => (job.modifiedAt ? { job, at: job.modifiedAt } : []));
  const asking = sendAhead(
    session,
    timed.map(({ job, at }) => ({ call: "setModifiedAt", path: job.finalPath, at })),
  );
  for (const { job } of timed) {
    if (session.closed) return;
    asking();
    await keepTime(session, job);
  }
}

function sealed({ lease, verified }: Car) {
  return verified ? [{ lease, verified }] : [];
}

/** The size of one path of each of them, asked for together. */
export async function sizesOf(
  session: Session,
  cars: readonly Car[],
  pathOf: (car: Car) => string,
): Promise<Map<Car, number | undefined>> {
  const asking = sendAhead(
    session,
    cars.map((car) => ({ call: "size", path: pathOf(car) })),
  );
  const sizes = new Map<Car, number | undefined>();
  for (const car of cars) {
    asking();
    sizes.set(car, await at("destination", session.size(pathOf(car))));
  }
  return sizes;
}
