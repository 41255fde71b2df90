// The sliding window: who had enough waits until the oldest time is out of it; keys do not disturb each other.
import { expect, test } from "vitest";
import { createLimiter } from "./limiter.ts";

function setUp(most: number) {
  let nowMs = 0;
  const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs, wait: () => Promise.resolve() };
  const limiter = createLimiter({ clock, most, withinMs: 1000 });
  const isTaken = (...keys: (string | number)[]) => {
    try {
      limiter.take(...keys);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: "request.too-many" });
      return false;
    }
  };
  const passTo = (ms: number) => {
    nowMs = ms;
  };
  return { isTaken, passTo };
}

test("so many in a window, and again when the oldest is out of it", () => {
  const { isTaken, passTo } = setUp(2);
  expect(isTaken("anna")).toBe(true);
  passTo(600);
  expect([isTaken("anna"), isTaken("anna"), isTaken("ben")]).toEqual([true, false, true]);
  passTo(1001);
  expect([isTaken("anna"), isTaken("anna")]).toEqual([true, false]);
});

test("a refusal counts for nothing, and several keys count together or not at all", () => {
  const { isTaken, passTo } = setUp(1);
  expect(isTaken("address")).toBe(true);
  for (let n = 0; n < 5; n++) expect(isTaken("anna", "address")).toBe(false);
  expect(isTaken("anna")).toBe(true);
  passTo(5000);
  expect(isTaken("anna", "address")).toBe(true);
});
