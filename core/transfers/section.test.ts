// Who has nothing more to move compares what waits, and over which connections that may be.
import { expect, test } from "vitest";
import type { Session } from "../ftp/index.ts";
import { systemClock } from "../platform/clock.ts";
import { createArrivals } from "./beside.ts";
import type { Section } from "./section.ts";
import { moveAll } from "./section.ts";
import type { Car, Course, TrainDeps } from "./train.ts";

/** Stopped meanwhile, so that it is taken and needs nothing. */
const car = () => ({ stage: "begun", signal: AbortSignal.abort() }) as unknown as Car;

/** Puts in order what was announced on it; `closes`: and is lost over that. */
function session(closes: boolean): Session {
  const one = { closed: false, link: { behind: [], control: { takeBack } } };
  async function takeBack(): Promise<void> {
    one.closed = closes;
  }
  return one as unknown as Session;
}

async function leftAfter(closesSource: boolean, closesDestination: boolean): Promise<number> {
  const arrivals = createArrivals();
  for (const one of [car(), car(), car()]) arrivals.push(one);
  const crew = { source: { session: session(closesSource) }, destination: { session: session(closesDestination) } };
  const deps = { clock: systemClock, checkAll: async () => undefined } as unknown as TrainDeps;
  await moveAll(deps, { cars: [], crew } as unknown as Section, { longestMs: 1000 } as Course, arrivals);
  arrivals.end();
  let left = 0;
  while (await arrivals.next()) left += 1;
  return left;
}

test("all but the one that is compared next", async () => {
  expect(await leftAfter(false, false)).toBe(1);
});

test("none over connections that are lost when what was announced is taken back", async () => {
  expect(await leftAfter(true, false)).toBe(3);
  expect(await leftAfter(false, true)).toBe(3);
});
