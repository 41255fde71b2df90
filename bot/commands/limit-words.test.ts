import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileText } from "../hostile-text.ts";
import { readLimits, readSize } from "./limit-words.ts";

const kept = { hours: { from: "20:00", to: "06:00", zone: "Europe/Paris" } };
const read = (text: string, now: Parameters<typeof readLimits>[1] = kept) => readLimits(text.split(" "), now);

describe("limits as people write them", () => {
  test.each([
    ["slots=3 in=1", { slotsOut: 3, slotsIn: 1 }],
    ["day=2GiB", { memberDayBytes: 2 * 1024 ** 3 }],
    ["DAY=50GB week=off", { memberDayBytes: 50e9, memberWeekBytes: null }],
    ["group-day=1,5To group-week=800mb", { groupDayBytes: 1.5e12, groupWeekBytes: 8e8 }],
    ["rate=2MB/s relay=on clear=non", { bytesPerSecond: 2e6, relay: true, clear: false }],
    ["hours=22h-7h", { hours: { from: "22:00", to: "07:00", zone: "Europe/Paris" } }],
    ["hours=22-7 zone=America/New_York", { hours: { from: "22:00", to: "07:00", zone: "America/New_York" } }],
    ["zone=UTC", { hours: { from: "20:00", to: "06:00", zone: "UTC" } }],
    ["hours=off", { hours: null }],
  ])("%s", (text, limits) => {
    expect(read(text)).toEqual({ limits, name: undefined });
  });

  test("the words without = are the server's name", () => {
    expect(read("my attic slots=1")).toEqual({ limits: { slotsOut: 1 }, name: "my attic" });
    expect(read("attic")).toEqual({ limits: {}, name: "attic" });
  });

  test.each([
    "slots=0",
    "slots=17",
    "in=x",
    "day=many",
    "day=0.0001",
    "hours=25-30",
    "relay=maybe",
    "zone=Mars/X",
    "x=1",
    "=1",
  ])("%s is none", (text) => {
    expect(read(text)).toEqual({ wrong: text });
  });

  test("a zone alone needs hours to belong to, and new hours need none", () => {
    expect(read("zone=UTC", { hours: null })).toEqual({ wrong: "zone=UTC" });
    expect(read("hours=20-6", { hours: null })).toEqual({
      limits: { hours: { from: "20:00", to: "06:00" } },
      name: undefined,
    });
  });

  test("never throws, and sizes are whole and positive", () => {
    fc.assert(
      fc.property(fc.array(hostileText), (words) => {
        readLimits(words, kept);
        for (const word of words) expect(readSize(word) ?? 1).toBeGreaterThan(0);
      }),
    );
  });
});
