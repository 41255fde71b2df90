// For which words a sample of the table is worth its while.
import { describe, expect, test } from "vitest";
import type { Spread } from "./sample.ts";
import { isHalved, meetingOf, meetsOften, percentOfMeeting, probePercent, samplePercent } from "./sample.ts";

const large = { filesPerServer: 250_000, crowd: 2.25 };

test("a word in a sixth of the names of large servers is found in less than a hundredth of them", () => {
  const percent = samplePercent({ share: 0.16, ...large }, 42) ?? 0;
  // 42 of them stand in 262 rows, were they evenly spread.
  expect((percent / 100) * large.filesPerServer).toBeGreaterThan(2 * 262);
  expect(percent).toBeLessThan(1);
});

test.each([
  ["a word of every hundredth name", { share: 0.01, ...large }, 42],
  ["small servers, whose rows of it are soon given", { share: 0.16, filesPerServer: 20_000, crowd: 17 }, 42],
  ["many servers to a partition: their rows are looked at as well", { share: 0.16, ...large, crowd: 126 }, 42],
  ["so many rows that the index is as quick", { share: 0.16, ...large }, 1_001],
  ["no statistics", { share: 0.00005, filesPerServer: 0, crowd: 1 }, 42],
])("the index is asked for %s", (_, spread, rows) => {
  expect(samplePercent(spread, rows)).toBeUndefined();
});

test("the more common and the fewer are wanted, the less is looked at", () => {
  const percents = [
    [0.1, 42],
    [0.3, 42],
    [0.3, 12],
  ].map(([share = 0, rows = 0]) => samplePercent({ share, ...large }, rows) ?? 100);
  expect(percents).toEqual(percents.toSorted((a, b) => b - a));
  expect(new Set(percents).size).toBe(3);
});

describe("several things in one file", () => {
  const [rare, common, other] = [0.01, 0.05, 0.15].map((share) => ({ share, ...large }));

  test("are looked for in a sample when the rarest of them could be, and meet in some of the files looked at", () => {
    const meeting = meetingOf([other, common] as Spread[], 42);
    expect(meeting).toMatchObject({ spread: common });
    if (!meeting) return;
    const [often, sometimes] = [80, 60].map((met) => percentOfMeeting(meeting, { looked: 2_000, met }, 42) ?? 0);
    expect(often).toBeGreaterThan(samplePercent(common as Spread, 42) ?? 100);
    expect(sometimes).toBeGreaterThan(often ?? 100);
    expect([1, 0].map((met) => percentOfMeeting(meeting, { looked: 2_000, met }, 42))).toEqual([undefined, undefined]);
  });

  test("are looked for by the index when one of them is rare, or nothing is asked", () => {
    expect(meetingOf([other, rare] as Spread[], 42)).toBeUndefined();
    expect(meetingOf([], 42)).toBeUndefined();
  });

  test("are looked for in no more than all pages, however many things they are", () => {
    const everywhere = Array.from({ length: 9 }, () => ({ share: 1, filesPerServer: 100, crowd: 1 }));
    const meeting = meetingOf(everywhere, 42);
    expect(meeting && [probePercent(meeting, 2), percentOfMeeting(meeting, { looked: 90, met: 90 }, 70)]).toEqual([
      100, 100,
    ]);
  });

  test("meet often where each server has many more files with all of it than are wanted of it", () => {
    const meeting = meetingOf([other, common] as Spread[], 42);
    const often = [0, 2, 4].map((met) => meeting && meetsOften(meeting, { looked: 2_000, met }, 100));
    expect(often).toEqual([false, false, true]);
    expect(meeting && meetsOften(meeting, { looked: 0, met: 0 }, 100)).toBe(false);
  });

  test("the more servers are seen, the less is looked at in each before", () => {
    const meeting = meetingOf([other, common] as Spread[], 42);
    expect(meeting && probePercent(meeting, 20)).toBeCloseTo(0.04);
    expect(meeting && probePercent(meeting, 80)).toBeCloseTo(0.01);
  });
});

test("two halves of the servers are read at a time where each of them takes long", () => {
  expect(isHalved({ share: 0.01, ...large })).toBe(true);
  expect(isHalved({ share: 0.16, ...large, filesPerServer: 25_000 })).toBe(false);
});
