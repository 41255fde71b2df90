// What is left of a day's and a week's volume, now and at the next midnights.
import fc from "fast-check";
import { expect, test } from "vitest";
import { midnightsAfter, narrower, roomAhead } from "./limits.ts";

test("a day's volume is whole again at midnight, a week's comes back day by day", () => {
  const used = [30, 0, 20, 0, 0, 0, 10];
  expect(roomAhead({ dayBytes: 50, weekBytes: null }, used, 5)).toEqual([15, 50, 50, 50, 50, 50, 50, 50]);
  expect(roomAhead({ dayBytes: null, weekBytes: 70 }, used, 5)).toEqual([5, 15, 15, 15, 15, 35, 35, 70]);
  expect(roomAhead({ dayBytes: 50, weekBytes: 70 }, used, 5)).toEqual([5, 15, 15, 15, 15, 35, 35, 50]);
  expect(roomAhead({ dayBytes: null, weekBytes: null }, used, 5)).toBeUndefined();
});

test("room never shrinks with time and is never negative", () => {
  const volume = fc.option(fc.nat(1000));
  fc.assert(
    fc.property(
      volume,
      volume,
      fc.array(fc.nat(500), { maxLength: 7 }),
      fc.nat(500),
      (dayBytes, weekBytes, used, reserved) => {
        const room = roomAhead({ dayBytes, weekBytes }, used, reserved);
        if (!room) return;
        expect(room).toHaveLength(8);
        expect(Math.min(...room)).toBeGreaterThanOrEqual(0);
        expect(room).toEqual(room.toSorted((a, b) => a - b));
        expect(room.at(-1)).toBe(Math.min(dayBytes ?? Infinity, weekBytes ?? Infinity));
      },
    ),
  );
});

test("the narrower of two limits counts", () => {
  expect(narrower([1, 5], [2, 4])).toEqual([1, 4]);
  expect(narrower(undefined, [2, 4])).toEqual([2, 4]);
  expect(narrower(undefined, undefined)).toBeUndefined();
});

test("midnights are those of UTC, the next one first", () => {
  const midnights = midnightsAfter(new Date("2024-06-15T23:59:59.999Z"));
  expect(midnights[0]?.toISOString()).toBe("2024-06-16T00:00:00.000Z");
  expect(midnights.at(-1)?.toISOString()).toBe("2024-06-22T00:00:00.000Z");
  expect(midnightsAfter(new Date("2024-06-15T00:00:00Z"))[0]?.toISOString()).toBe("2024-06-16T00:00:00.000Z");
});
