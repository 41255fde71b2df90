// The transfers that run in this process: started, renewed, checked again, stopped. It never chooses which.
import type { Clock } from "../platform/clock.ts";
import { both } from "./blame.ts";
import type { Lease, Outcome, Progress } from "./lease.ts";
import { permit } from "./permit.ts";
import type { RunDeps } from "./run.ts";
import { run } from "./run.ts";
import type { Ends } from "./store/knowledge.ts";
import type { Held, QueueStore } from "./store/queue.ts";
import { allowedBy, mayGo } from "./ways.ts";

export const leaseMs = 15_000;
const renewMs = 5_000;
const rewriteMs = 300;

export interface CrowdDeps extends Omit<RunDeps, "checkHeld" | "checkWay" | "seal" | "note" | "onAlive"> {
  queue: QueueStore;
  places?: number;
  /** After each end, whatever it was; `isDone` when the file has arrived. */
  onEnd: (isDone: boolean) => void;
}

export interface Crowd {
  isEmpty(): boolean;
  /** What a lease may be asked for. */
  room(): { places: number; except: number[]; leaseUntil: Date };
  start(lease: Lease): void;
  /** Writes progress and renews leases; stops what is not ours any more. `all`: also those renewed just now. */
  renew(which: "due" | "all"): Promise<void>;
  /** Asks for each again whether it may run, and stops those that may not. */
  recheck(): Promise<void>;
  /** Everything back to the queue. */
  stop(): Promise<void>;
}

interface Runner {
  lease: Lease;
  controller: AbortController;
  progress: Progress;
  /** What the last renewal wrote, and when (monotonic). */
  written: { bytesDone: number; atMs: number };
  ended: Promise<void>;
}

export function createCrowd(deps: CrowdDeps): Crowd {
  const { queue, clock } = deps;
  const runners = new Map<number, Runner>();
  const runDeps: RunDeps = {
    ...deps,
    async checkHeld(lease) {
      if (await queue.isHeld(lease, clock.now())) return;
      runners.get(lease.id)?.controller.abort({ kind: "lost" } satisfies Outcome);
    },
    async checkWay(lease, progress) {
      const [isHeld, ends] = await both(queue.isHeld(lease, clock.now()), deps.knowledge.ends(lease));
      const controller = runners.get(lease.id)?.controller;
      if (!isHeld || !ends) controller?.abort({ kind: "lost" } satisfies Outcome);
      else if (!isStillAllowed(progress, ends)) controller?.abort({ kind: "again" } satisfies Outcome);
    },
    seal: (lease, verified) => queue.seal(lease, verified, clock.now(), leaseEnd(clock)),
    note: (lease, noted) => queue.note(lease, noted),
    onAlive: (lease) => queue.wakeWaitingFor([lease.sourceId, lease.destinationId], clock.now()),
  };

  return {
    isEmpty: () => runners.size === 0,
    room: () => ({
      places: (deps.places ?? 16) - runners.size,
      except: [...runners.keys()],
      leaseUntil: leaseEnd(clock),
    }),
    start(lease) {
      const runner = toRunner(lease, clock);
      runners.set(lease.id, runner);
      runner.ended = work(runDeps, deps, runner).then(({ kind }) => {
        runners.delete(lease.id);
        deps.onEnd(kind === "done");
      });
    },
    renew: (which) => renew(deps, which === "all" ? [...runners.values()] : dueOf(runners, clock)),
    async recheck() {
      for (const { lease, controller, progress } of [...runners.values()]) {
        const allowed = await permit(deps, lease);
        if ("refusal" in allowed) controller.abort(allowed.refusal);
        else if (!isStillAllowed(progress, allowed.ends)) controller.abort({ kind: "again" } satisfies Outcome);
      }
    },
    async stop() {
      for (const { controller } of runners.values()) controller.abort({ kind: "again" } satisfies Outcome);
      await Promise.all([...runners.values()].map((runner) => runner.ended));
    },
  };
}

/** It may go on by another way than the one it uses now. */
function isStillAllowed({ way }: Progress, ends: Ends): boolean {
  return !way || mayGo(way, allowedBy(ends));
}

function leaseEnd(clock: Clock): Date {
  return new Date(clock.now().getTime() + leaseMs);
}

function toRunner(lease: Lease, clock: Clock): Runner {
  return {
    lease,
    controller: new AbortController(),
    progress: { bytesDone: lease.bytesDone, bytesPerSecond: null },
    written: { bytesDone: lease.bytesDone, atMs: clock.monotonicMs() },
    ended: Promise.resolve(),
  };
}

async function work(runDeps: RunDeps, deps: CrowdDeps, runner: Runner): Promise<Outcome> {
  const { lease, controller, progress } = runner;
  const outcome = await run(runDeps, lease, controller.signal, progress).catch((err: unknown): Outcome => {
    deps.log.warn({ err, transfer: lease.id }, "a transfer could not be begun");
    return { kind: "again" };
  });
  await writeEnd(deps, runner, outcome);
  return outcome;
}

/** The database may be away for a moment. Later than that the row stays leased, and the lease runs out. */
async function writeEnd({ queue, clock, log }: CrowdDeps, runner: Runner, outcome: Outcome): Promise<void> {
  const { lease, controller, progress } = runner;
  const untilMs = clock.monotonicMs() + leaseMs;
  for (;;) {
    try {
      await queue.finish(lease, outcome, progress, clock.now());
      return;
    } catch (err) {
      const isTooLate = clock.monotonicMs() >= untilMs || controller.signal.aborted;
      log[isTooLate ? "warn" : "debug"]({ err, transfer: lease.id }, "the end of a transfer could not be written");
      if (isTooLate) return;
      await clock.wait(rewriteMs, controller.signal);
    }
  }
}

function dueOf(runners: Map<number, Runner>, clock: Clock): Runner[] {
  const nowMs = clock.monotonicMs();
  return [...runners.values()].filter(
    ({ progress, written }) => progress.bytesDone !== written.bytesDone || nowMs - written.atMs >= renewMs,
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
    for (const runner of due) runner.written = { bytesDone: runner.progress.bytesDone, atMs: nowMs };
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

function measureSpeed({ progress, written }: Runner, nowMs: number): void {
  const elapsedMs = nowMs - written.atMs;
  const moved = progress.bytesDone - written.bytesDone;
  if (elapsedMs < 200 || moved < 0) return;
  const speed = (moved / elapsedMs) * 1000;
  const before = progress.bytesPerSecond ?? speed;
  progress.bytesPerSecond = Math.round((before + speed) / 2);
}
