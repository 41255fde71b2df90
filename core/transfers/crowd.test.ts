// How a run's end is written when the database is away for a moment. Everything else of the crowd is tested by the engine's tests.
import { expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { createLog } from "../platform/log.ts";
import type { CrowdDeps } from "./crowd.ts";
import { createCrowd, leaseMs } from "./crowd.ts";
import type { Lease, Outcome } from "./lease.ts";

const lease = { id: 7, token: 1, bytesDone: 3 } as Lease;

/** A transfer whose pull is gone ends at once as lost; `failures` times that cannot be written. */
async function endOne(failures: number, ends: () => Promise<undefined> = async () => undefined) {
  const written: Outcome[] = [];
  let tries = 0;
  let nowMs = 0;
  const finish = async (_: Lease, outcome: Outcome) => {
    tries += 1;
    if (tries <= failures) throw new Error("no database");
    written.push(outcome);
    return true;
  };
  const ended = Promise.withResolvers<void>();
  const wait = async (ms: number) => {
    nowMs += ms;
  };
  const clock = { ...systemClock, monotonicMs: () => nowMs, wait };
  const deps = {
    clock,
    log: createLog("silent", "test"),
    queue: { finish },
    knowledge: { ends },
    shares: { sight: async () => () => true },
    onFree: () => ended.resolve(),
    onLeft: () => undefined,
  };
  const crowd = createCrowd(deps as unknown as CrowdDeps);
  crowd.start(lease);
  await ended.promise;
  expect(crowd.isEmpty()).toBe(true);
  return { written, tries, nowMs };
}

test("it is written as soon as the database is back", async () => {
  expect(await endOne(3)).toMatchObject({ written: [{ kind: "lost" }], tries: 4 });
});

test("after the time of a lease it is left to whoever leases the row next", async () => {
  const { written, nowMs } = await endOne(1_000);
  expect(written).toEqual([]);
  expect(nowMs).toBeGreaterThanOrEqual(leaseMs);
});

test("what could not even be begun goes back to the queue", async () => {
  const away = () => Promise.reject(new Error("no database"));
  expect(await endOne(1, away)).toMatchObject({ written: [{ kind: "again" }] });
});
