import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, dueInMs, nextInterval, spreadOut } from "./interval.ts";
import { judge } from "./judge.ts";
import { minimalRoots } from "./roots.ts";

describe("roots", () => {
  test("are the fewest folders that hold all shared ones", () => {
    expect(minimalRoots(["a/b", "a", "ab", "a/b/c", "z/y"])).toEqual(["a", "ab", "z/y"]);
    expect(minimalRoots(["a", "", "b"])).toEqual([""]);
    expect(minimalRoots([])).toEqual([]);
  });
});

describe("the verdict", () => {
  const root = (had: number, has: number) => ({ had, has });
  test.each([
    [true, [root(0, 0)], false, "complete"],
    [true, [root(100, 50)], false, "complete"],
    [true, [root(100, 49)], false, "quarantined"],
    [true, [root(100, 49)], true, "complete"],
    [true, [root(9, 4)], false, "complete"],
    [true, [root(9, 0)], false, "quarantined"],
    [true, [root(0, 5), root(10, 0)], false, "quarantined"],
    [false, [root(100, 0)], true, "partial"],
  ] as const)("complete: %s, %j, accepted: %s is %s", (isComplete, roots, isAccepted, state) => {
    expect(judge(isComplete, [...roots], isAccepted).state).toBe(state);
  });

  test("an incomplete crawl is never more than partial", () => {
    const counts = fc.array(fc.record({ had: fc.nat(), has: fc.nat() }), { maxLength: 4 });
    fc.assert(fc.property(counts, fc.boolean(), (roots, ok) => judge(false, roots, ok).state === "partial"));
  });
});

describe("the pace", () => {
  test("goes down to a quarter when something changes and up to four times when nothing does", () => {
    const everyMs = 1000;
    let intervalMs = everyMs;
    for (let i = 0; i < 9; i++) intervalMs = nextInterval({ everyMs, intervalMs }, true);
    expect(intervalMs).toBe(250);
    for (let i = 0; i < 9; i++) intervalMs = nextInterval({ everyMs, intervalMs }, false);
    expect(intervalMs).toBe(4000);
  });

  test("is spread by a tenth in both directions", () => {
    expect([spreadOut(1000, 0), spreadOut(1000, 0.5), spreadOut(1000, 1)]).toEqual([900, 1000, 1100]);
  });

  test("looks again soon for files left out, once in a row", () => {
    expect(dueInMs(1_800_000, { now: 1, before: 0 }, 0.5)).toBe(25_000);
    expect(dueInMs(1_800_000, { now: 1, before: 1 }, 0.5)).toBe(1_800_000);
  });

  test("backs off from a minute to an hour", () => {
    expect([1, 2, 3, 50].map(backoffMs)).toEqual([60_000, 120_000, 240_000, 3_600_000]);
  });
});
