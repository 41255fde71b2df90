// The core of a stage: the engine in this process, or in one of its own that can be killed and begins again at once.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Clock } from "../../core/platform/clock.ts";
import { createHastyClock } from "../../core/transfers/fixtures/hasty-clock.ts";
import type { World } from "../../core/transfers/fixtures/world.ts";

export interface Core {
  clock: Clock;
  /** SIGKILL; the next one begins as soon as it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const hasty = { speed: 10, beganAtMs: Date.now() };
const clock = createHastyClock(hasty.speed, hasty.beganAtMs);
/** Real milliseconds: sockets know no other clock. A pull in which nothing goes wrong keeps them on a busy machine, too. */
export const timeouts = { connectMs: 3_000, replyMs: 1_500, dataMs: 1_800 };
/** Of the hasty clock. */
const limits = { openingMs: 18_000, stallMs: 18_000, lingerMs: 18_000, firstPollMs: 100, pollMs: 300 };
const owner = "core";

export function startCoreInside(world: World): Core {
  const engine = world.engine({ owner, clock, limits });
  const stop = () => engine.stop();
  return { clock, kill: () => Promise.reject(new Error("a core in this process cannot be killed")), stop };
}

/** One runs, and one waits to take its place: a process takes half a second to come up. */
export async function startCoreApart(world: World): Promise<Core> {
  const spawned = new Set<ChildProcess>();
  let running = await come(world, spawned);
  let next = come(world, spawned);
  running.send("begin");
  return {
    clock,
    async kill() {
      await end(running);
      running = await next;
      next = come(world, spawned);
      running.send("begin");
    },
    async stop() {
      await next;
      for (const child of spawned) await end(child);
    },
  };
}

async function come(world: World, spawned: Set<ChildProcess>): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "../../core/transfers/fixtures/engine-process.ts");
  const { address } = world.database;
  const options = { address, places: [...world.places], owner, limits, timeouts, hasty, waits: true };
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  spawned.add(child);
  child.once("exit", () => spawned.delete(child));
  const fails = once(child, "exit").then(() => Promise.reject(new Error("a core did not start")));
  await Promise.race([fails, child.stdout && once(child.stdout, "data")]);
  fails.catch(() => undefined);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
