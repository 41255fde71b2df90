// The small pure parts that adapters share.
import { expect, it } from "vitest";
import { backOffMs } from "./back-off.ts";
import { createBoundedMap } from "./bounded-map.ts";
import { cutEnd, cutMiddle } from "./cut.ts";

it("waits longer each time, never in step, never more than a minute", () => {
  expect([0, 1, 2, 3].map((attempt) => backOffMs(attempt, 1))).toEqual([1000, 2000, 4000, 8000]);
  expect(backOffMs(50, 0.999)).toBeLessThanOrEqual(60_000);
  expect(backOffMs(0, 0)).toBe(500);
});

it("cuts as the platforms count, and parts no character", () => {
  expect(cutEnd("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 12)).toBe("👩‍👩‍👧‍👦…");
  expect(cutEnd("abc", 3)).toBe("abc");
  expect([1, 0, -3].map((units) => cutEnd("abc", units))).toEqual(["…", "", ""]);
  expect(cutMiddle("a very long name of a song.flac", 16)).toBe("a very lon….flac");
  expect(cutMiddle("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 16).length).toBeLessThanOrEqual(16);
});

it("forgets the oldest first", () => {
  const map = createBoundedMap<number>(2);
  for (const [n, key] of ["a", "b", "a", "c"].entries()) map.set(key, n);
  expect(["a", "b", "c"].map(map.get)).toEqual([2, undefined, 3]);
  map.delete("a");
  expect(map.get("a")).toBeUndefined();
  map.clear();
  expect(map.get("c")).toBeUndefined();
});
