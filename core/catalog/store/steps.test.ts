// How many statements read the candidates, and that each place keeps its number in whichever it stands.
import { expect, test } from "vitest";
import type { Plan } from "../plan.ts";
import type { Walk } from "./conditions.ts";
import type { Place } from "./places.ts";
import { stepsOf } from "./steps.ts";

const placesFor = (count: number): Place[] =>
  Array.from({ length: count }, (_, i) => ({ serverId: 100 + i, path: "", roots: [""] }));

const plan: Plan = {
  groups: [[1], [2]],
  branches: [],
  rareFrom: 0,
  filters: [],
  excluded: [],
  findsFew: true,
  isRare: false,
  sample: undefined,
  isCut: false,
};

function numbersIn(statements: readonly string[]): string[][] {
  return statements.map((one) =>
    [...one.matchAll(/\((\d+), (1\d\d), /g)].map(([, place, server]) => `${place}:${server}`),
  );
}

function steps(count: number, is: Partial<Plan> = {}, table: "file" | "directory" = "file") {
  const reading = { columns: "f.id", conditions: [] };
  const asked = { plan: { ...plan, ...is }, reading, walks: [], perPlace: 10, limit: 100 };
  return numbersIn(stepsOf(placesFor(count), table, asked));
}

function walking(walks: readonly Walk[]) {
  const reading = { columns: "f.id", conditions: [] };
  return numbersIn(stepsOf(placesFor(9), "file", { plan, reading, walks, perPlace: 10, limit: 100 }));
}

test("two words in many places are looked up in both halves of them at the same time", () => {
  expect(steps(9)).toEqual([
    ["0:100", "1:101", "2:102", "3:103", "4:104"],
    ["5:105", "6:106", "7:107", "8:108"],
  ]);
});

test("so are files of some age, walk by walk, but not what came last: that is found at once", () => {
  const order = "order by f.seen_at desc";
  const aged = walking([
    { conditions: ["f.seen_at > now()"], order },
    { conditions: ["true"], order },
  ]);
  expect(aged.map((one) => one.length)).toEqual([10, 8]);
  expect(aged[1]?.at(0)).toBe("5:105");
  expect(walking([{ conditions: [], order }])).toHaveLength(1);
});

test("few places, one common word and folders are one statement", () => {
  expect(steps(3)).toHaveLength(1);
  expect(steps(9, { groups: [[1]] })).toHaveLength(1);
  expect(steps(9, {}, "directory")).toHaveLength(1);
});
