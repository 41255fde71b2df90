import { expect, test } from "vitest";
import { parse } from "./parse.ts";
import type { Known, PlanOptions } from "./plan.ts";
import { planOf } from "./plan.ts";
import type { Query } from "./query.ts";

const ids: Record<string, number> = {
  the: 1,
  night: 2,
  owl: 3,
  vacances2019: 4,
  vacances: 5,
  "2019": 6,
  live: 7,
  mp3: 8,
};
const common = new Set([1, 2]);

const size = { filesPerServer: 100_000, crowd: 4 };

/** `the` and `night` are in half of the files, all others in a few. */
const knownWith = (longer: number[] = []): Known => ({
  idOf: (word) => ids[word],
  longer: (word) =>
    word === "ni" || word === "owl" ? { ids: longer, isCut: longer.length > 500 } : { ids: [], isCut: false },
  isCommon: (id) => common.has(Math.abs(id)),
  filesWith: (some) => some.reduce((sum, id) => sum + (common.has(Math.abs(id)) ? 500_000 : 10), 0),
  filesAnywhereWith: (some) => some.reduce((sum, id) => sum + (common.has(Math.abs(id)) ? 5_000_000 : 100), 0),
  spreadOf: (some) => ({ share: some.some((id) => common.has(Math.abs(id))) ? 0.5 : 0.00005, ...size }),
  places: 10,
});
const asked = (text: string): Query => {
  const query = parse(`${text} newer:1d`, new Date(0));
  if ("invalid" in query) throw new Error(query.invalid);
  return { ...query, newerThan: undefined };
};
const plan = (text: string, inOwnName: PlanOptions["inOwnName"], known = knownWith()) =>
  planOf(asked(text), { inOwnName, withKinds: true }, known);
const unfinished = (text: string): Query => {
  const query = parse(text, new Date(0));
  if ("invalid" in query) throw new Error(query.invalid);
  return query;
};

test("one word has to be the thing's own, unless what is above counts as well", () => {
  expect(plan("night", "one")).toMatchObject({ groups: [[2]], filters: [], branches: [] });
  expect(plan("night", "none")).toMatchObject({ groups: [[2, -2]] });
});

test("of several words any may be above, but one not", () => {
  expect(plan("the night", "one")?.groups).toEqual([
    [1, -1],
    [2, -2],
    [1, 2],
  ]);
  expect(plan("the night", "all")?.groups).toEqual([[1], [2]]);
});

test("a joined word is found by its parts as well", () => {
  expect(plan("vacances2019", "all")?.groups).toEqual([
    [4, 5],
    [4, 6],
  ]);
});

test("a word that no name has, and a kind without a file, find nothing", () => {
  expect(plan("night unheard", "none")).toBeUndefined();
  expect(plan("night kind:archive", "none")).toBeUndefined();
  expect(plan("night -unheard", "one")).toMatchObject({ excluded: [] });
  expect(plan("night -live", "one")).toMatchObject({ excluded: [7] });
});

test("names are not looked for by a word that they must not have", () => {
  expect(plan("night -night", "one")).toBeUndefined();
  expect(plan("vacances2019 -2019", "all")?.groups).toEqual([[4]]);
  const beginning = (text: string) =>
    planOf(unfinished(text), { inOwnName: "one", withKinds: true }, knownWith([2, 3, 7]));
  expect(beginning("-live ni")).toMatchObject({ groups: [[2, 3]], excluded: [7] });
});

test("beside a rare word common ones are looked at in its few rows", () => {
  const found = plan("the owl", "all");
  expect(found).toMatchObject({ groups: [[3]], filters: [[1]], findsFew: true });
});

test("what few files of all people have is read at once, and the rest share by share", () => {
  expect(plan("the owl", "all")).toMatchObject({ isRare: true });
  expect(plan("night", "one")).toMatchObject({ isRare: false });
  // Looking into one share costs less than to pass over those of many.
  const alone = { ...knownWith(), places: 0.5 };
  expect(plan("the owl", "all", alone)).toMatchObject({ isRare: false });
});

test("many beginnings are read in parts when nothing else finds few, else in the rows that it finds", () => {
  const many = Array.from({ length: 600 }, (_, i) => 1000 + i);
  const options = { inOwnName: "all", withKinds: true } as const;
  const alone = planOf(unfinished("ni"), options, knownWith(many));
  expect(alone?.branches.flat(2)).toEqual(many);
  expect(alone?.branches.every(([chunk]) => (chunk?.length ?? 0) <= 192)).toBe(true);
  expect(alone?.isCut).toBe(true);
  const beside = planOf(unfinished("live ni"), options, knownWith(many));
  expect(beside).toMatchObject({ groups: [[7]], branches: [], filters: [many] });
});

test("beside a common word rare beginnings are looked for in one step, and common ones apart", () => {
  const beginnings = [1, ...Array.from({ length: 300 }, (_, i) => 1000 + i)];
  const known = { ...knownWith(beginnings), places: 1_000 };
  const beside = planOf(unfinished("night ni"), { inOwnName: "all", withKinds: true }, known);
  expect(beside).toMatchObject({
    groups: [[2]],
    branches: [[[1]], [beginnings.slice(1)]],
    rareFrom: 1,
    isHalved: true,
  });
  expect(planOf(unfinished("ni"), { inOwnName: "all", withKinds: true }, known)?.branches).toHaveLength(3);
});

test("a single word that is in very many names is looked for in a sample first", () => {
  expect(plan("night", "one")?.sample).toBeGreaterThan(0);
  expect(planOf(unfinished("ni"), { inOwnName: "one", withKinds: true }, knownWith([2, 3]))?.sample).toBeGreaterThan(0);
});

test("where more is asked it is found out first whether much of it meets, unless one of it is rare", () => {
  const large = planOf({ ...asked("night"), minBytes: 1 }, { inOwnName: "one", withKinds: true }, knownWith());
  const others = ["the night", "night -the"].map((text) => plan(text, "one"));
  for (const one of [large, ...others]) {
    expect(one?.sample).toBeUndefined();
    expect(one?.meeting?.spread.share).toBe(0.5);
  }
  for (const text of ["owl", "night live", "night kind:audio"])
    expect(plan(text, "one")).toMatchObject({ sample: undefined, meeting: undefined });
});
