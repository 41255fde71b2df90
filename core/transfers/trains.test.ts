// Which files go along in one train, for any queue: only light ones of the same line, within the bounds, none twice.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Continuation, Coupled } from "./trains.ts";
import {
  behindAfter,
  continueTrain,
  coupleTrains,
  leastLightBytes,
  lightAfter,
  mostFollowers,
  pairKey,
} from "./trains.ts";

const one = fc.record({
  personId: fc.integer({ min: 1, max: 2 }),
  groupId: fc.integer({ min: 21, max: 22 }),
  sourceId: fc.integer({ min: 1, max: 2 }),
  destinationId: fc.integer({ min: 11, max: 12 }),
  sizeBytes: fc.nat(2 * leastLightBytes),
  rank: fc.nat(5),
  isOwn: fc.boolean(),
  isFresh: fc.boolean(),
  isLimited: fc.boolean(),
});
const queue = fc
  .array(one, { maxLength: 80 })
  .map((all) => all.map((each, id): Coupled => ({ ...each, id, leftBytes: each.sizeBytes })));
const pairs = new Map([
  ["1>11", leastLightBytes],
  ["1>12", 1.5 * leastLightBytes],
  ["2>11", 4 * leastLightBytes],
]);
const lineOf = ({ personId, groupId, sourceId, destinationId }: Coupled) =>
  [personId, groupId, sourceId, destinationId].join("/");

test("only light files of the same line, none twice, none that an owner limits, never more than the bounds", () => {
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
          expect(car.isFresh && (car.isOwn || !car.isLimited)).toBe(true);
          expect(car.sizeBytes).toBeLessThanOrEqual(pairs.get(pairKey(car)) ?? 0);
        }
        const bytes = [head, ...train].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        expect(train.length === 0 || bytes <= 4 * (pairs.get(pairKey(head)) ?? 0)).toBe(true);
      }
    }),
  );
});

const light = (id: number, rank: number): Coupled => ({
  ...{ id, rank, personId: 1, groupId: 21, sourceId: 1, destinationId: 11, sizeBytes: 10, leftBytes: 10 },
  ...{ isOwn: false, isFresh: true, isLimited: false },
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

const mebibyte = 1024 ** 2;
const line = (...mebibytes: number[]) =>
  mebibytes.map((size, id): Coupled => ({ ...light(id, id), sizeBytes: size * mebibyte }));
const behind = (cars: Coupled[], rules: Partial<Continuation>) =>
  continueTrain(cars, { most: 64, trains: 1, left: cars.length, lightBytes: 4 * mebibyte, ...rules }).map(
    ({ id }) => id,
  );

test("one that is too large to be light between these servers ends the train", () => {
  const cars = line(1, 2, 3, 2);
  expect(behind(cars, { lightBytes: 0.5 * mebibyte })).toEqual([]);
  expect(behind(cars, { lightBytes: 2 * mebibyte })).toEqual([0, 1]);
  expect(behind(cars, {})).toEqual([0, 1, 2, 3]);
  // At most four of the largest that are light.
  expect(behind(line(1, 1, 1, 1, 1, 1), { lightBytes: mebibyte })).toEqual([0, 1, 2, 3]);
});

test("what is left is shared by the trains of a line, but for a few small ones", () => {
  expect(behind(line(2, 2, 2, 2), { trains: 2 })).toEqual([0, 1]);
  const small = Array.from({ length: 40 }, (_, id) => light(id, id));
  expect(behind(small, { trains: 2 })).toHaveLength(20);
  expect(behind(small, { trains: 4 })).toHaveLength(16);
  expect(behind(small, { most: 7 })).toHaveLength(7);
  // Of a long line the front is enough.
  expect(behind(small, { trains: 4, left: 100 })).toHaveLength(25);
});

test("light is what comes within a second, as the last file that told anything has shown", () => {
  const least = leastLightBytes;
  // Three files of a fast pair, then a slow hour of it.
  expect(lightAfter({ bytes: 4_096, elapsedMs: 90 }, least)).toBe(least);
  expect(lightAfter({ bytes: 2 * mebibyte, elapsedMs: 500 }, least)).toBe(4 * mebibyte);
  expect(lightAfter({ bytes: 4_096, elapsedMs: 90 }, 4 * mebibyte)).toBe(4 * mebibyte);
  expect(lightAfter({ bytes: 2 * mebibyte, elapsedMs: 20 }, least)).toBe(8 * mebibyte);
  expect(lightAfter({ bytes: 2 * mebibyte, elapsedMs: 60_000 }, 8 * mebibyte)).toBe(least);
  expect(lightAfter({ bytes: 2 * mebibyte, elapsedMs: 0 }, 4 * mebibyte)).toBe(4 * mebibyte);
});

test("behind a train as many are leased as it brings within a second, from 64 to 256", () => {
  const after = [behindAfter(0, 0), behindAfter(32, 1_600), behindAfter(300, 2_000), behindAfter(9_000, 10_000)];
  expect(after).toEqual([64, 64, 150, 256]);
});
