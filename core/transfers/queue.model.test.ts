// The queue and its runs under random doings of people, servers, cores and time: what the issue calls the promises of a
// transfer holds at every moment. Real store, real engines; the servers and the clock are simulated.
import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import type { Flight } from "./fixtures/simulated-homes.ts";
import type { Play } from "./fixtures/simulation.ts";
import { createSimulation } from "./fixtures/simulation.ts";
import type { Verb } from "./states.ts";

let simulation: Awaited<ReturnType<typeof createSimulation>>;
beforeAll(async () => {
  simulation = await createSimulation();
});
afterAll(() => simulation.close());

/** One doing: what it is called when a run fails, and what it does. */
interface Doing {
  name: string;
  run: (play: Play) => Promise<void>;
}

const doing = (name: string, run: Doing["run"]): Doing => ({ name, run });
const nth = fc.nat({ max: 5 });
const anyVerb = fc.constantFrom<Verb>("pause", "resume", "cancel", "retry");
const anyone = fc.constantFrom("anna", "mine", "carl");
const fly = (name: string, what: (flight: Flight) => void) =>
  nth.map((which) => doing(`${name}(${which})`, (play) => play.fly(which, what)));

const finish = (flight: Flight) => {
  flight.grow(1_000);
  flight.end();
};

const anyDoing = fc.oneof(
  { weight: 4, arbitrary: nth.map((n) => doing(`pull(${n})`, (play) => play.pull(n))) },
  {
    weight: 4,
    arbitrary: fc.tuple(nth, anyVerb).map(([n, verb]) => doing(`${verb}(${n})`, (play) => play.say(n, verb))),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(nth, fc.integer({ min: 1, max: 40 }))
      .map(([n, bytes]) => doing(`grow(${n}, ${bytes})`, (play) => play.fly(n, (flight) => flight.grow(bytes)))),
  },
  {
    weight: 5,
    arbitrary: fly("finish", finish),
  },
  { weight: 1, arbitrary: fly("ends early", (flight) => flight.end()) },
  { weight: 1, arbitrary: fly("damage", (flight) => flight.damage()) },
  { weight: 1, arbitrary: fly("cut", (flight) => flight.fail("fxp.cut")) },
  { weight: 1, arbitrary: fly("refused", (flight) => flight.fail("fxp.refused-by-source")) },
  { weight: 1, arbitrary: fly("no space", (flight) => flight.fail("inbox.no-space")) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(1_000, 7_000, 20_000, 90_000).map((ms) => doing(`pass(${ms})`, (play) => play.pass(ms))),
  },
  { weight: 1, arbitrary: anyone.map((who) => doing(`${who} goes`, (play) => play.setAway(who, true))) },
  { weight: 1, arbitrary: anyone.map((who) => doing(`${who} is back`, (play) => play.setAway(who, false))) },
  { weight: 1, arbitrary: fc.boolean().map((is) => doing(is ? "shared" : "unshared", (play) => play.share(is))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(nth, fc.boolean())
      .map(([n, keeps]) => doing(`source changes(${n}, ${keeps})`, (play) => play.changeSource(n, keeps))),
  },
  { weight: 1, arbitrary: nth.map((n) => doing(`rival(${n})`, (play) => play.placeRival(n))) },
  { weight: 3, arbitrary: fc.constant(doing("another core", (play) => play.addCore())) },
  { weight: 2, arbitrary: nth.map((n) => doing(`kill(${n})`, (play) => play.killCore(n))) },
  { weight: 1, arbitrary: nth.map((n) => doing(`freeze(${n})`, (play) => play.freeze(n, true))) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(nth, fc.boolean())
      .map(([n, misses]) => doing(`oversleep(${n}, ${misses})`, (play) => oversleep(play, n, misses))),
  },
  { weight: 1, arbitrary: nth.map((n) => doing(`thaw(${n})`, (play) => play.freeze(n, false))) },
);

/** Longer than a lease: somebody else has it when the process wakes up, in the middle of whatever it was doing. */
async function oversleep(play: Play, which: number, isEndMissed: boolean): Promise<void> {
  await play.freeze(which, true);
  if (isEndMissed) await play.fly(which, finish);
  await play.pass(20_000);
  await play.fly(which + 1, (flight) => flight.grow(10));
  await play.freeze(which, false);
}

/** A small generator of its own, so that a run is drawn by one number. */
function drawBy(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function perform(doings: readonly Doing[], seed: number): Promise<void> {
  const play = await simulation.play(drawBy(seed));
  try {
    await play.pull(0);
    for (const [index, one] of doings.entries()) {
      await one.run(play);
      holds(play, await play.check(), `after ${index + 1}, ${one.name}`);
    }
    await holdsAtTheEnd(play);
  } finally {
    await play.close();
  }
}

function holds(play: Play, broken: string[], when: string): void {
  if (broken.length > 0) throw new Error([`${when}: ${broken.join("; ")}`, ...play.history()].join("\n"));
}

async function holdsAtTheEnd(play: Play): Promise<void> {
  holds(play, await play.settle(), "once all is over");
  holds(play, await play.check(), "once all is over");
}

test("a core that slept while its transfer was cancelled leaves no part, though the janitor had looked before", async () => {
  const play = await simulation.play(drawBy(1));
  try {
    play.freezeAtNext("transfer");
    await play.pull(0);
    await play.addCore();
    await play.say(0, "cancel");
    await play.pass(60_000);
    await play.freeze(0, false);
    await play.pass(3_000);
    await holdsAtTheEnd(play);
  } finally {
    await play.close();
  }
});

test("a core that slept on the point of giving the name gives none to what another one has begun anew", async () => {
  const play = await simulation.play(drawBy(1));
  try {
    await play.pull(0);
    await play.begun(1);
    play.freezeAtNext("landing");
    await play.fly(0, finish);
    await play.addCore();
    // Once the lease has run out.
    await play.begun(2);
    await play.fly(0, (flight) => flight.grow(10));
    await play.freeze(0, false);
    holds(play, await play.check(), "awake again");
    await holdsAtTheEnd(play);
  } finally {
    await play.close();
  }
});

/** `RUNS` of them; without it as many of the first ones as there is time for, and the machine decides how many. */
const runs = process.env["RUNS"] === undefined ? undefined : Number(process.env["RUNS"]);
const enoughMs = 33_000;

test("whatever happens in whatever order, every promise about a transfer holds", { timeout: 1_800_000 }, async () => {
  const seed = Number(process.env["SEED"] ?? 20_261_123);
  const replay = process.env["REPLAY"] === undefined ? {} : { path: process.env["REPLAY"], endOnFailure: true };
  const untilMs = runs === undefined ? performance.now() + enoughMs : Number.POSITIVE_INFINITY;
  const inWords = (list: Doing[]) =>
    Object.assign(list, { [fc.toStringMethod]: () => list.map(({ name }) => name).join(", ") });
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyDoing, { minLength: 5, maxLength: 30 }).map(inWords),
      fc.nat(),
      async (doings, draws) => {
        if (performance.now() < untilMs) await perform(doings, draws);
      },
    ),
    { numRuns: runs ?? 150, seed, ...replay },
  );
});
