import fc from "fast-check";
import { expect, test } from "vitest";
import { distance, likeliest } from "./likeness.ts";

test.each([
  ["song", "sogn", 1],
  ["song", "song", 0],
  ["", "abc", 3],
  ["concert", "concrete", 2],
  ["chat", "chien", 3],
])("from %s to %s it is %i", (a, b, slips) => {
  expect(distance(a, b)).toBe(slips);
  expect(distance(b, a)).toBe(slips);
});

test("is symmetric and never more than the longer word", () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(distance(a, b)).toBe(distance(b, a));
      expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

test("the likeliest come first and strangers not at all", () => {
  const likely = (typed: string, known: string[], isUnfinished: boolean) =>
    likeliest(
      typed,
      known.map((word) => ({ word })),
      isUnfinished,
    ).map((one) => one.known.word);
  expect(likely("vacanses", ["vaccines", "vacances", "balances"], false)).toEqual(["vacances"]);
  expect(likely("concr", ["concert", "concrete", "zebra"], true)).toEqual(["concrete", "concert"]);
});
