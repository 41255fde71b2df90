// The order of turns, for any queue: fair, within the slots, and nobody starves.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Candidate, FreeSlots, Standing } from "./turns.ts";
import { takeTurns } from "./turns.ts";

const candidate = fc.record({
  personId: fc.integer({ min: 1, max: 6 }),
  sourceId: fc.integer({ min: 1, max: 4 }),
  destinationId: fc.integer({ min: 11, max: 14 }),
  sizeBytes: fc.nat(1000),
});
const queue = fc.array(candidate, { maxLength: 40 }).map((all) => all.map((one, id) => ({ ...one, id })));
const slotsOf = (ids: number[]) =>
  fc.tuple(...ids.map(() => fc.nat(3))).map((free) => new Map(ids.map((id, i) => [id, free[i] ?? 0])));
const slots: fc.Arbitrary<FreeSlots> = fc.record({ out: slotsOf([1, 2, 3, 4]), in: slotsOf([11, 12, 13, 14]) });
const standings: fc.Arbitrary<Map<number, Standing>> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.record({ running: fc.nat(3), lastTurnAtMs: fc.nat(99) })))
  .map((all) => new Map(all));

const countBy = (all: Candidate[], key: (one: Candidate) => number) =>
  all.reduce((counts, one) => counts.set(key(one), (counts.get(key(one)) ?? 0) + 1), new Map<number, number>());

test("never more than the slots and places, never one twice, and no slot is left that somebody could use", () => {
  fc.assert(
    fc.property(queue, standings, slots, fc.nat(20), (all, before, free, places) => {
      const taken = takeTurns(all, before, free, places);
      expect(taken.length).toBeLessThanOrEqual(places);
      expect(new Set(taken.map((one) => one.id)).size).toBe(taken.length);
      const out = countBy(taken, (one) => one.sourceId);
      const into = countBy(taken, (one) => one.destinationId);
      for (const [id, n] of out) expect(n).toBeLessThanOrEqual(free.out.get(id) ?? 0);
      for (const [id, n] of into) expect(n).toBeLessThanOrEqual(free.in.get(id) ?? 0);
      if (taken.length === places) return;
      const isStuck = (one: Candidate) =>
        (free.out.get(one.sourceId) ?? 0) === (out.get(one.sourceId) ?? 0) ||
        (free.in.get(one.destinationId) ?? 0) === (into.get(one.destinationId) ?? 0);
      expect(all.filter((one) => !taken.includes(one)).every(isStuck)).toBe(true);
    }),
  );
});

const wide: FreeSlots = {
  out: new Map([1, 2, 3, 4].map((id) => [id, 99])),
  in: new Map([11, 12, 13, 14].map((id) => [id, 99])),
};

test("with room enough nobody is two turns ahead of somebody who waits", () => {
  fc.assert(
    fc.property(queue, fc.nat(20), (all, places) => {
      const taken = takeTurns(all, new Map(), wide, places);
      const turns = countBy(taken, (one) => one.personId);
      const waiting = all.filter((one) => !taken.includes(one)).map((one) => one.personId);
      const most = Math.max(0, ...turns.values());
      for (const personId of waiting) expect(turns.get(personId) ?? 0).toBeGreaterThanOrEqual(most - 1);
    }),
  );
});

test("within a person's turns the small ones come first", () => {
  fc.assert(
    fc.property(queue, standings, fc.nat(20), (all, before, places) => {
      const taken = takeTurns(all, before, wide, places);
      for (const line of Map.groupBy(taken, (one) => one.personId).values()) {
        const sizes = line.map((one) => one.sizeBytes);
        expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      }
    }),
  );
});

test("the first turn is a newcomer's", () => {
  const line = (personId: number, id: number) => ({ id, personId, sourceId: 1, destinationId: 11, sizeBytes: 5 });
  const before = new Map([
    [1, { running: 0, lastTurnAtMs: 50 }],
    [2, { running: 1, lastTurnAtMs: 10 }],
  ]);
  const taken = takeTurns([line(1, 1), line(2, 2), line(3, 3)], before, wide, 3);
  expect(taken.map((one) => one.personId)).toEqual([3, 1, 2]);
});
