// The order of turns, for any queue: fair, within slots, places and purses, and nobody starves.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Candidate, FreeSlots, Standing, Table } from "./turns.ts";
import { mostOfOnePerson, purseKeys, rankOf, takeTurns, turnWeightMs } from "./turns.ts";

const nowMs = 1_000_000_000;
const candidate = fc.record({
  personId: fc.integer({ min: 1, max: 6 }),
  groupId: fc.integer({ min: 21, max: 22 }),
  sourceId: fc.integer({ min: 1, max: 4 }),
  destinationId: fc.integer({ min: 11, max: 14 }),
  sizeBytes: fc.nat(1000),
  isOwn: fc.boolean(),
});
const queue = fc
  .array(candidate, { maxLength: 40 })
  .map((all) => all.map((one, id) => ({ ...one, id, leftBytes: one.sizeBytes, rank: 0 })));
const slotsOf = (ids: number[]) =>
  fc.tuple(...ids.map(() => fc.nat(3))).map((free) => new Map(ids.map((id, i) => [id, free[i] ?? 0])));
const slots: fc.Arbitrary<FreeSlots> = fc.record({ out: slotsOf([1, 2, 3, 4]), in: slotsOf([11, 12, 13, 14]) });
const standings: fc.Arbitrary<Map<number, Standing>> = fc
  .array(
    fc.tuple(fc.integer({ min: 1, max: 6 }), fc.record({ running: fc.nat(9), lastTurnAtMs: fc.nat(nowMs / 1000) })),
  )
  .map((all) => new Map(all));
const purses = fc
  .array(fc.tuple(candidate, fc.nat(2000)))
  .map((all) => new Map(all.flatMap(([one, bytes]) => purseKeys(one).map((key) => [key, bytes] as const))));
const table: fc.Arbitrary<Table> = fc.record({
  standings,
  slots,
  purses,
  places: fc.nat(20),
  nowMs: fc.constant(nowMs),
});

const wide: Table = {
  standings: new Map(),
  slots: {
    out: new Map([1, 2, 3, 4].map((id) => [id, 99])),
    in: new Map([11, 12, 13, 14].map((id) => [id, 99])),
  },
  purses: new Map(),
  places: 99,
  nowMs,
};

function sumBy(all: Candidate[], keys: (one: Candidate) => (string | number)[], amount = (_: Candidate) => 1) {
  const sums = new Map<string | number, number>();
  for (const one of all) for (const key of keys(one)) sums.set(key, (sums.get(key) ?? 0) + amount(one));
  return sums;
}

test("never more than slots, places, purses and one person's most; never one twice; no slot is left that could be used", () => {
  fc.assert(
    fc.property(queue, table, (all, at) => {
      const taken = takeTurns(all, at);
      expect(taken.length).toBeLessThanOrEqual(at.places);
      expect(new Set(taken.map((one) => one.id)).size).toBe(taken.length);
      const out = sumBy(taken, (one) => [one.sourceId]);
      const into = sumBy(taken, (one) => [one.destinationId]);
      const spent = sumBy(taken, purseKeys, (one) => one.leftBytes);
      const people = sumBy(taken, (one) => [one.personId]);
      const running = (id: number) => (at.standings.get(id)?.running ?? 0) + (people.get(id) ?? 0);
      for (const [id, n] of out) expect(n).toBeLessThanOrEqual(at.slots.out.get(Number(id)) ?? 0);
      for (const [id, n] of into) expect(n).toBeLessThanOrEqual(at.slots.in.get(Number(id)) ?? 0);
      for (const [key, bytes] of spent) {
        expect(bytes).toBeLessThanOrEqual(at.purses.get(String(key)) ?? Number.POSITIVE_INFINITY);
      }
      for (const id of people.keys()) expect(running(Number(id))).toBeLessThanOrEqual(mostOfOnePerson);
      if (taken.length === at.places) return;
      const isStuck = (one: Candidate) =>
        (at.slots.out.get(one.sourceId) ?? 0) === (out.get(one.sourceId) ?? 0) ||
        (at.slots.in.get(one.destinationId) ?? 0) === (into.get(one.destinationId) ?? 0) ||
        running(one.personId) >= mostOfOnePerson ||
        purseKeys(one).some((key) => (at.purses.get(key) ?? Infinity) - (spent.get(key) ?? 0) < one.leftBytes);
      expect(all.filter((one) => !taken.includes(one)).every(isStuck)).toBe(true);
    }),
  );
});

test("with room enough nobody is two turns ahead of somebody who waits", () => {
  fc.assert(
    fc.property(queue, fc.nat(20), (all, places) => {
      const taken = takeTurns(all, { ...wide, places });
      const turns = sumBy(taken, (one) => [one.personId]);
      const waiting = all.filter((one) => !taken.includes(one)).map((one) => one.personId);
      const most = Math.max(0, ...turns.values());
      for (const personId of waiting) expect(turns.get(personId) ?? 0).toBeGreaterThanOrEqual(most - 1);
    }),
  );
});

describe("within a person's turns", () => {
  test("the small ones of one evening come first", () => {
    fc.assert(
      fc.property(queue, standings, fc.nat(20), (all, before, places) => {
        const taken = takeTurns(all, { ...wide, standings: before, places });
        for (const line of Map.groupBy(taken, (one) => one.personId).values()) {
          const sizes = line.map((one) => one.sizeBytes);
          expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  test("a large one is passed by small newer ones for a bounded time only", () => {
    const at = (minutes: number) => new Date(minutes * 60_000);
    const large = rankOf(at(0), 2 ** 32);
    expect(rankOf(at(0), 2 ** 12)).toBeLessThan(large);
    expect(rankOf(at(199), 2 ** 12)).toBeLessThan(large);
    expect(rankOf(at(201), 2 ** 12)).toBeGreaterThan(large);
    expect(rankOf(at(0), 0)).toBe(0);
  });
});

const line = (personId: number, id: number) => {
  const sizeBytes = 5;
  return {
    ...{ id, personId, groupId: 21, sourceId: 1, destinationId: 11, sizeBytes },
    ...{ leftBytes: sizeBytes, rank: 0, isOwn: false },
  };
};

test("the first turn is a newcomer's", () => {
  const before = new Map([
    [1, { running: 0, lastTurnAtMs: 50 }],
    [2, { running: 1, lastTurnAtMs: 10 }],
  ]);
  const taken = takeTurns([line(1, 1), line(2, 2), line(3, 3)], { ...wide, standings: before });
  expect(taken.map((one) => one.personId)).toEqual([3, 1, 2]);
});

test("who has much running is behind the others, but not for ever", () => {
  const others = (lastTurnAtMs: number) =>
    new Map([
      [1, { running: 3, lastTurnAtMs: 1_000 }],
      [2, { running: 0, lastTurnAtMs }],
    ]);
  const first = (lastTurnAtMs: number) =>
    takeTurns([line(1, 1), line(2, 2)], { ...wide, standings: others(lastTurnAtMs), places: 1 })[0]?.personId;
  expect(first(1_000 + 3 * turnWeightMs - 1)).toBe(2);
  expect(first(1_000 + 3 * turnWeightMs + 1)).toBe(1);
});

test("what does not fit into a purse waits, and at home nothing is counted", () => {
  const small = { ...line(1, 1), leftBytes: 10 };
  const large = { ...line(2, 2), leftBytes: 11 };
  const own = { ...line(3, 3), leftBytes: 500, isOwn: true };
  const [, group = ""] = purseKeys(small);
  const taken = takeTurns([small, large, own], { ...wide, purses: new Map([[group, 20]]) });
  expect(taken.map((one) => one.id)).toEqual([1, 3]);
});
