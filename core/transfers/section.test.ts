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
const session = (isAhead: boolean) => ({ link: { control: { isAhead } } }) as unknown as Session;

async function leftAfter(isSourceAhead: boolean, isDestinationAhead: boolean): Promise<number> {
  const arrivals = createArrivals();
  for (const one of [car(), car(), car()]) arrivals.push(one);
  const crew = { source: { session: session(isSourceAhead) }, destination: { session: session(isDestinationAhead) } };
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

test("none over connections on which the next file was announced, and then stopped", async () => {
  expect(await leftAfter(true, false)).toBe(3);
  expect(await leftAfter(false, true)).toBe(3);
});
