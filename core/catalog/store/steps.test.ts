// How many statements read the candidates, and that each place keeps its number in whichever it stands.
import { expect, test } from "vitest";
import type { Plan } from "../plan.ts";
import type { Walk } from "./conditions.ts";
import type { Place } from "./places.ts";
import type { Step } from "./steps.ts";
import { halvesOf, stepsOf } from "./steps.ts";

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
  meeting: undefined,
  isHalved: false,
  isCut: false,
};

function numbersIn(statements: readonly Step[]): string[][] {
  return statements.map(({ statement }) =>
    [...statement.matchAll(/\((\d+), (1\d\d), /g)].map(([, place, server]) => `${place}:${server}`),
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

test("of one word each half gives half of what is wanted, and so of the common beginnings of an unfinished one", () => {
  const asked = { reading: { columns: "f.id", conditions: [] }, walks: [], perPlace: 10, limit: 101 };
  const read = (is: Partial<Plan>, count = 9) =>
    halvesOf(placesFor(count), "file", { plan: { ...plan, isHalved: true, ...is }, ...asked });
  const word = read({ groups: [[1]] });
  expect(word?.rest).toBeUndefined();
  expect(word?.steps.map(({ limit }) => limit)).toEqual([51, 51]);
  expect(numbersIn(word?.steps ?? []).map((one) => one.length)).toEqual([5, 4]);
  expect(word?.longer.map(({ limit }) => limit)).toEqual([101, 101]);
  const unfinished = read({ groups: [], branches: [[[7]], [[8]]], rareFrom: 1 });
  expect(unfinished?.rest).toMatchObject({ branches: [[[8]]], rareFrom: 0 });
  for (const { statement } of unfinished?.steps ?? [])
    expect([statement.includes("{7}"), statement.includes("{8}")]).toEqual([true, false]);
  expect(numbersIn(unfinished?.steps ?? [])[1]?.at(0)).toBe("5:105");
  for (const is of [{ isHalved: false }, { groups: [], branches: [[[8]]], rareFrom: 0 }])
    expect(read(is)).toBeUndefined();
  expect(read({ groups: [[1]] }, 3)).toBeUndefined();
});

test("few places, one common word and folders are one statement", () => {
  expect(steps(3)).toHaveLength(1);
  expect(steps(9, { groups: [[1]] })).toHaveLength(1);
  expect(steps(9, {}, "directory")).toHaveLength(1);
});
