import { expect, test } from "vitest";
import type { Entry, Listing } from "../../ftp/index.ts";
import { compareZones, inUtc } from "./zone.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function listing(...entries: Array<[name: string, at: string, within?: 60_000 | 86_400_000]>): Listing {
  const made = entries.map(([name, at, timeWithinMs]): Entry => {
    const entry: Entry = { name, kind: "file", sizeBytes: 1, modifiedAt: new Date(at) };
    return timeWithinMs === undefined ? entry : { ...entry, timeWithinMs };
  });
  return { entries: made, unaddressable: 0, malformed: 0, truncated: false };
}

const exact = listing(["a", "2026-01-10T10:20:30Z"], ["b", "2026-02-11T11:21:31Z"], ["old", "2020-01-01T00:00:01Z"]);

test("UTC", () => {
  const told = listing(["a", "2026-01-10T10:20:00Z", 60_000], ["old", "2020-01-01T00:00:00Z", 86_400_000]);
  expect(compareZones(exact, told)).toEqual({ offsetMs: 0, isSure: true });
});

test("another zone, as it is at the latest time", () => {
  const told = listing(["a", "2026-01-10T11:20:00Z", 60_000], ["b", "2026-02-11T13:21:00Z", 60_000]);
  expect(compareZones(exact, told)).toEqual({ offsetMs: 2 * hourMs, isSure: false });
});

test("a file that was written between the two listings says nothing", () => {
  const told = listing(["a", "2026-01-10T10:27:00Z", 60_000], ["b", "2026-02-11T11:21:00Z", 60_000]);
  expect(compareZones(exact, told)).toEqual({ offsetMs: 0, isSure: true });
});

test.each([
  ["nothing in common", listing(["x", "2026-01-10T10:20:00Z", 60_000])],
  ["days only", listing(["old", "2020-01-01T00:00:00Z", 86_400_000])],
  ["too far apart", listing(["a", "2026-01-12T10:20:00Z", 60_000])],
])("unknown: %s", (_, told) => {
  expect(compareZones(exact, told)).toBeUndefined();
});

test("times of another zone are moved, and sure to the day only", () => {
  const told = listing(
    ["a", "2026-01-10T12:20:00Z", 60_000],
    ["old", "2020-01-01T00:00:00Z", 86_400_000],
    ["e", "2026-01-01T00:00:01Z"],
  );
  expect(inUtc(told, { offsetMs: 2 * hourMs, isSure: false })).toEqual(
    listing(
      ["a", "2026-01-10T10:20:00Z", 86_400_000],
      ["old", "2020-01-01T00:00:00Z", 86_400_000],
      ["e", "2026-01-01T00:00:01Z"],
    ),
  );
});
