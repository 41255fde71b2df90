// Which files go along in one train, for any queue: only small ones of the same line, within the bounds, none twice.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Coupled } from "./trains.ts";
import { coupleTrains, lightBytes, mostFollowers, pairKey } from "./trains.ts";

const one = fc.record({
  personId: fc.integer({ min: 1, max: 2 }),
  groupId: fc.integer({ min: 21, max: 22 }),
  sourceId: fc.integer({ min: 1, max: 2 }),
  destinationId: fc.integer({ min: 11, max: 12 }),
  sizeBytes: fc.nat(lightBytes),
  rank: fc.nat(5),
  isOwn: fc.boolean(),
  isLight: fc.boolean(),
  isLimited: fc.boolean(),
});
const queue = fc
  .array(one, { maxLength: 80 })
  .map((all) => all.map((each, id): Coupled => ({ ...each, id, leftBytes: each.sizeBytes })));
const pairs = new Set(["1>11", "1>12", "2>11"]);
const lineOf = ({ personId, groupId, sourceId, destinationId }: Coupled) =>
  [personId, groupId, sourceId, destinationId].join("/");

test("only small files of the same line, none twice, none that an owner limits, never more than the bounds", () => {
  fc.assert(
    fc.property(queue, fc.nat(10), (all, heads) => {
      const chosen = all.slice(0, heads);
      const trains = coupleTrains(chosen, all, { pairs, followers: mostFollowers });
      const followers = [...trains.values()].flat();
      expect(new Set([...chosen, ...followers]).size).toBe(chosen.length + followers.length);
      for (const [head, train] of trains) {
        expect(train.length).toBeLessThanOrEqual(mostFollowers);
        expect(pairs.has(pairKey(head))).toBe(true);
        for (const car of train.length > 0 ? [head, ...train] : []) {
          expect(lineOf(car)).toBe(lineOf(head));
          expect(car.isLight && (car.isOwn || !car.isLimited)).toBe(true);
        }
        const bytes = [head, ...train].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        expect(train.length === 0 || bytes <= 512 * 1024).toBe(true);
      }
    }),
  );
});

const light = (id: number, rank: number): Coupled => ({
  ...{ id, rank, personId: 1, groupId: 21, sourceId: 1, destinationId: 11, sizeBytes: 10, leftBytes: 10 },
  ...{ isOwn: false, isLight: true, isLimited: false },
});

test("the next ones of the line follow in its order, and two trains of one line share what is left", () => {
  const all = [7, 3, 5, 4, 2, 6, 1, 0].map((rank, id) => light(id, rank));
  const chosen = [all[7] as Coupled, all[6] as Coupled];
  const trains = coupleTrains(chosen, all, { pairs, followers: 31 });
  expect([...trains.values()].map((train) => train.map(({ rank }) => rank))).toEqual([
    [2, 3, 4],
    [5, 6, 7],
  ]);
});
