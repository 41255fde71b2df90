import { expect, test } from "vitest";
import { dueAt, windowMs } from "./due.ts";

const now = new Date("2024-05-01T10:00:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);

test("a group that was left alone hears at once, and each digest doubles the wait for the next", () => {
  const seconds = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((told) => windowMs(told) / 1000);
  expect(seconds).toEqual([0, 10, 20, 40, 80, 160, 320, 640, 900]);
});

test("the wait counts from the last digest, and is over at some time", () => {
  const due = (told: { count: number; lastAt: Date | null }) => dueAt({ now, told, quietUntil: undefined });
  expect(due({ count: 0, lastAt: null })).toEqual(now);
  expect(due({ count: 1, lastAt: ago(4_000) })).toEqual(ago(-6_000));
  expect(due({ count: 1, lastAt: ago(11_000) })).toEqual(now);
  expect(due({ count: 9, lastAt: ago(0) })).toEqual(ago(-900_000));
});

test("not within quiet hours, however long nothing was told", () => {
  const morning = ago(-8 * 3_600_000);
  expect(dueAt({ now, told: { count: 0, lastAt: null }, quietUntil: morning })).toEqual(morning);
  expect(dueAt({ now, told: { count: 9, lastAt: now }, quietUntil: ago(-1) })).toEqual(ago(-900_000));
});
