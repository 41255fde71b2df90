// The state tables: what words of people and ends of transfers do to a pull.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TransferState, Verb } from "./states.ts";
import { changes, finalStates, isFinal, nextState, openStates, pullStateOf } from "./states.ts";

const states = [...openStates, ...finalStates];
const anyState = fc.constantFrom<TransferState>(...states);
const anyVerb = fc.constantFrom<Verb>("pause", "resume", "cancel", "retry");

test.each([
  [{}, "cancelled"],
  [{ done: 3 }, "done"],
  [{ done: 3, failed: 1 }, "failed"],
  [{ done: 3, cancelled: 1 }, "cancelled"],
  [{ done: 3, failed: 1, queued: 1 }, "queued"],
  [{ paused: 1, waiting: 1 }, "waiting"],
  [{ running: 1, queued: 7, waiting: 2, paused: 1 }, "running"],
] as const)("%j is %s", (counts, state) => {
  expect(pullStateOf(counts)).toBe(state);
});

test("what is done stays done, whatever is said", () => {
  fc.assert(
    fc.property(fc.array(anyVerb), (verbs) => {
      expect(verbs.reduce<TransferState>((state, verb) => nextState(verb, state), "done")).toBe("done");
    }),
  );
});

test("a word makes no transfer done, failed or running, and said twice it changes nothing more", () => {
  fc.assert(
    fc.property(anyVerb, anyState, (verb, state) => {
      const next = nextState(verb, state);
      if (next !== state) expect(["queued", "paused", "cancelled"]).toContain(next);
      expect(nextState(verb, next)).toBe(next);
    }),
  );
});

test("a cancelled pull has nothing open", () => {
  fc.assert(
    fc.property(fc.array(anyState, { minLength: 1 }), (all) => {
      const after = all.map((state) => nextState("cancel", state));
      expect(after.every(isFinal)).toBe(true);
    }),
  );
});

test("every state can be left by a word or is done", () => {
  const left = Object.values(changes).flatMap((change) => change.from);
  expect(states.filter((state) => !left.includes(state))).toEqual(["done"]);
});
