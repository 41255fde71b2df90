// The transfers that run in this process: started, renewed, checked again, stopped. It never chooses which.
import type { Clock } from "../platform/clock.ts";
import { both } from "./blame.ts";
import type { Lease, Outcome, Progress } from "./lease.ts";
import { permitsFor } from "./permit.ts";
import type { RunDeps } from "./run.ts";
import { run } from "./run.ts";
import { isSmooth } from "./section.ts";
import type { Ends } from "./store/knowledge.ts";
import type { Held, QueueStore } from "./store/queue.ts";
import type { Car, TrainDeps } from "./train.ts";
import type { TrainRules } from "./trains.ts";
import { lineOf, mostFollowers, pairKey } from "./trains.ts";
import { allowedBy, mayGo } from "./ways.ts";
import type { Tracks, WorkDeps } from "./work-train.ts";
import { createTracks, workTrain } from "./work-train.ts";

export const leaseMs = 15_000;
const renewMs = 5_000;
const rewriteMs = 300;
const trainMs = 3_000;

export interface CrowdDeps extends Omit<RunDeps, "checkHeld" | "checkWay" | "seal" | "note" | "onAlive"> {
  queue: QueueStore;
  /** Who holds the leases. */
  owner: string;
  places?: number;
  /** A train is asked after so long whether others wait for its place. Default 3 s. */
  trainMs?: number;
  /** A place is free, or a transfer may be leased again. */
  onFree: () => void;
  /** A transfer has ended otherwise than with its file in its place: a part of it may be left. */
  onLeft: () => void;
}

export interface Crowd {
  isEmpty(): boolean;
  /** What a lease may be asked for. */
  room(): { places: number; except: number[]; leaseUntil: Date; trains: TrainRules };
  /** With all that follow it, which take no place of their own. */
  start(lease: Lease): void;
  /** Writes progress and renews leases; stops what is not ours any more. `all`: also those renewed just now. */
  renew(which: "due" | "all"): Promise<void>;
  /** Asks for each again whether it may run, and stops those that may not. */
  recheck(): Promise<void>;
  /** Everything back to the queue. */
  stop(): Promise<void>;
}

interface Runner extends Car {
  controller: AbortController;
  /** What the last renewal wrote, and when (monotonic). */
  written: Pick<Progress, "bytesDone" | "bytesPerSecond"> & { atMs: number };
  /** In a train, which says itself how fast it is. */
  isCoupled: boolean;
  ended: Promise<void>;
}

export function createCrowd(deps: CrowdDeps): Crowd {
  const runners = new Map<number, Runner>();
  const tracks = createTracks();
  const runDeps = createRunDeps(deps, runners);
  const parts: Parts = { ...deps, runDeps, tracks, onEnd: leave, more, room };
  let isStopping = false;

  function leave(those: readonly Runner[], areDone: boolean): void {
    const [first] = those;
    if (!first) return;
    for (const { lease } of those) runners.delete(lease.id);
    // Others of its train keep the place.
    const isFree = ![...runners.values()].some(({ ended }) => ended === first.ended);
    if (isFree || !areDone) deps.onFree();
    if (!areDone) deps.onLeft();
  }

  function room() {
    return {
      // All of a train end together, as far as places are concerned.
      places: (deps.places ?? 16) - new Set([...runners.values()].map(({ ended }) => ended)).size,
      except: [...runners.keys()],
      leaseUntil: leaseEnd(deps.clock),
      trains: { pairs: tracks.known, followers: mostFollowers },
    };
  }

  async function more(cars: readonly Car[], files: number): Promise<Runner[]> {
    const [head] = cars;
    const { places, ...request } = room();
    const ended = head && runners.get(head.lease.id)?.ended;
    // Without a free place others may wait for this one.
    if (!ended || places <= 0 || isStopping) return [];
    const wish = { ...request, owner: deps.owner, now: deps.clock.now(), files };
    const added = (await deps.queue.extend(head.lease, wish)).map((lease) => toRunner(lease, deps.clock));
    for (const runner of added) {
      runners.set(runner.lease.id, Object.assign(runner, { ended, isCoupled: true }));
      if (isStopping) runner.controller.abort({ kind: "again" } satisfies Outcome);
    }
    return added;
  }

  return {
    isEmpty: () => runners.size === 0,
    room,
    start(lease) {
      const train = [lease, ...(lease.followers ?? [])].map((one) => toRunner(one, deps.clock));
      const ended = train.length > 1 ? workAll(parts, train) : workEach(parts, train);
      for (const runner of train) {
        runner.ended = ended;
        runners.set(runner.lease.id, runner);
      }
    },
    renew: (which) => renew(deps, which === "all" ? [...runners.values()] : dueOf(runners, deps.clock)),
    recheck: () => recheck(deps, [...runners.values()]),
    async stop() {
      isStopping = true;
      for (const { controller } of runners.values()) controller.abort({ kind: "again" } satisfies Outcome);
      await Promise.all([...runners.values()].map((runner) => runner.ended));
    },
  };
}

function createRunDeps(deps: CrowdDeps, runners: ReadonlyMap<number, Runner>): TrainDeps {
  const { queue, clock, knowledge } = deps;
  const abort = (lease: Lease, kind: "lost" | "again") =>
    runners.get(lease.id)?.controller.abort({ kind } satisfies Outcome);
  return {
    ...deps,
    async checkHeld(lease) {
      if (!(await queue.isHeld(lease, clock.now()))) abort(lease, "lost");
    },
    async checkWay(lease, progress) {
      const [isHeld, ends] = await both(queue.isHeld(lease, clock.now()), knowledge.ends(lease));
      if (!isHeld || !ends) abort(lease, "lost");
      else if (!isStillAllowed(progress, ends)) abort(lease, "again");
    },
    async checkAll(cars, way) {
      const [first] = cars;
      if (!first) return;
      // Set before it is asked: who ends the way later finds it there.
      for (const { progress } of cars) progress.way = way;
      const leases = cars.map(({ lease }) => lease);
      const [held, ends] = await both(queue.trains.held(leases, clock.now()), knowledge.ends(first.lease));
      for (const { lease, progress } of cars) {
        if (!held.has(lease.id) || !ends) abort(lease, "lost");
        else if (!isStillAllowed(progress, ends)) abort(lease, "again");
      }
    },
    seal: (lease, verified) => queue.seal(lease, verified, clock.now(), leaseEnd(clock)),
    sealAll: (sealed) => queue.trains.seal(sealed, clock.now(), leaseEnd(clock)),
    note: (lease, noted) => queue.note(lease, noted),
    onAlive: (lease) => queue.wakeWaitingFor([lease.sourceId, lease.destinationId], clock.now()),
  };
}

interface Parts extends Omit<CrowdDeps, "onLeft"> {
  runDeps: TrainDeps;
  tracks: Tracks;
  /** Some of one train that have ended alike. */
  onEnd: (runners: readonly Runner[], areDone: boolean) => void;
  /** See `WorkDeps`. */
  more: WorkDeps<Runner>["more"];
  room: Crowd["room"];
}

async function workAll(parts: Parts, train: Runner[]): Promise<void> {
  const { runDeps, tracks, queue, clock, log, more, room } = parts;
  const deps: WorkDeps<Runner> = {
    ...{ train: runDeps, tracks, queue, clock, log, more },
    longestMs: parts.trainMs ?? trainMs,
    mayGoOn: async ({ lease }) => room().places > 0 && (await queue.mayGoOn(lease, clock.now())),
    persist: (...write) => persist(parts, ...write),
    onEnded: (runners) =>
      parts.onEnd(
        runners,
        runners.every(({ stage }) => stage === "landed"),
      ),
  };
  for (const runner of train) runner.isCoupled = true;
  const left = await workTrain(deps, train);
  // What waits for a name that the train has given may come now, although these keep its place.
  if (left.length > 0) parts.onFree();
  for (const runner of left) Object.assign(runner, { isCoupled: false });
  await workEach(parts, left);
}

/** One after the other: they share a place. */
async function workEach(parts: Parts, runners: readonly Runner[]): Promise<void> {
  for (const runner of runners) {
    parts.onEnd([runner], await work(parts, runner));
  }
}

async function recheck(deps: CrowdDeps, runners: readonly Runner[]): Promise<void> {
  for (const alike of Map.groupBy(runners, ({ lease }) => lineOf(lease)).values()) {
    const [{ lease: line }] = alike as [Runner];
    const permitOf = await permitsFor(deps, line);
    for (const { lease, controller, progress } of alike) {
      const allowed = permitOf(lease);
      if ("refusal" in allowed) controller.abort(allowed.refusal);
      else if (!isStillAllowed(progress, allowed.ends)) controller.abort({ kind: "again" } satisfies Outcome);
    }
  }
}

/** It may go on by another way than the one it uses now. */
function isStillAllowed({ way }: Progress, ends: Ends): boolean {
  return !way || mayGo(way, allowedBy(ends));
}

function leaseEnd(clock: Clock): Date {
  return new Date(clock.now().getTime() + leaseMs);
}

function toRunner(lease: Lease, clock: Clock): Runner {
  const controller = new AbortController();
  return {
    lease,
    controller,
    signal: controller.signal,
    stage: "waiting",
    progress: { bytesDone: lease.bytesDone, bytesPerSecond: null },
    written: { bytesDone: lease.bytesDone, bytesPerSecond: null, atMs: clock.monotonicMs() },
    isCoupled: false,
    ended: Promise.resolve(),
  };
}

/** @returns whether its file is in its place, and its row says so */
async function work(parts: Parts, runner: Runner): Promise<boolean> {
  const { lease, controller, progress } = runner;
  const outcome = await runToEnd(parts, runner);
  const { way, moved } = progress;
  // Before its row says so: whoever takes its place then goes as a train.
  if (outcome.kind === "done" && way && isSmooth(way)) parts.tracks.noteFile(pairKey(lease), moved);
  const end = () => parts.queue.finish(lease, outcome, progress, parts.clock.now());
  return (await persist(parts, end, controller.signal)) === true && outcome.kind === "done";
}

async function runToEnd({ runDeps, log }: Parts, { lease, signal, progress }: Runner): Promise<Outcome> {
  if (signal.aborted) return signal.reason as Outcome;
  return await run(runDeps, lease, signal, progress).catch((err: unknown): Outcome => {
    log.warn({ err, transfer: lease.id }, "a transfer could not be begun");
    return { kind: "again" };
  });
}

/** The database may be away for a moment. Later than that the rows stay leased, and the leases run out. */
async function persist<T>({ clock, log }: Parts, write: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const untilMs = clock.monotonicMs() + leaseMs;
  for (;;) {
    try {
      return await write();
    } catch (err) {
      const isTooLate = clock.monotonicMs() >= untilMs || signal.aborted;
      log[isTooLate ? "warn" : "debug"]({ err }, "the end of a transfer could not be written");
      if (isTooLate) return undefined;
      await clock.wait(rewriteMs, signal);
    }
  }
}

function dueOf(runners: Map<number, Runner>, clock: Clock): Runner[] {
  const nowMs = clock.monotonicMs();
  return [...runners.values()].filter(
    ({ progress, written }) =>
      progress.bytesDone !== written.bytesDone ||
      progress.bytesPerSecond !== written.bytesPerSecond ||
      nowMs - written.atMs >= renewMs,
  );
}

async function renew({ queue, clock }: CrowdDeps, due: Runner[]): Promise<void> {
  if (due.length === 0) return;
  const nowMs = clock.monotonicMs();
  for (const runner of due) measureSpeed(runner, nowMs);
  try {
    const held = new Set(await queue.pulse(due.map(toHeld), leaseEnd(clock), clock.now()));
    for (const { lease, controller } of due) {
      if (!held.has(lease.id)) controller.abort({ kind: "lost" } satisfies Outcome);
    }
    for (const runner of due) {
      const { bytesDone, bytesPerSecond } = runner.progress;
      runner.written = { bytesDone, bytesPerSecond, atMs: nowMs };
    }
  } catch (error) {
    for (const { controller, written } of due) {
      if (nowMs - written.atMs > leaseMs) controller.abort({ kind: "lost" } satisfies Outcome);
    }
    throw error;
  }
}

function toHeld({ lease, progress }: Runner): Held {
  return { id: lease.id, token: lease.token, progress };
}

function measureSpeed({ progress, written, isCoupled }: Runner, nowMs: number): void {
  if (isCoupled) return;
  const elapsedMs = nowMs - written.atMs;
  const moved = progress.bytesDone - written.bytesDone;
  if (elapsedMs < 200 || moved < 0) return;
  const speed = (moved / elapsedMs) * 1000;
  const before = progress.bytesPerSecond ?? speed;
  progress.bytesPerSecond = Math.round((before + speed) / 2);
}
