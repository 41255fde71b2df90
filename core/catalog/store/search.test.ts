// Candidates by a sample of the table: the same files are found with one as without, however much of the table it is.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { World } from "../fixtures.ts";
import { createWorld } from "../fixtures.ts";
import { parse } from "../parse.ts";
import type { Plan } from "../plan.ts";
import type { Sight } from "../sight.ts";
import { createSight } from "../sight.ts";
import { readRows } from "./reading.ts";
import { findCandidates } from "./search.ts";
import { countNames } from "./suggest.ts";

let world: World;
let sight: Sight;
let owl: number;

beforeAll(async () => {
  world = await createWorld();
  const anna = await world.joined("Anna", "club");
  const [many, few, part] = [await world.addServer(anna), await world.addServer(anna), await world.addServer(anna)];
  for (let n = 0; n < 45; n += 1) many.put(`deep/owl number ${n}.txt`);
  few.put("owl alone.txt");
  few.put("night.txt");
  part.put("open/owl shown.txt");
  part.put("hidden/owl kept.txt");
  for (const { id } of [many, few]) await world.addShare(anna, id, "", `All of ${id}`);
  await world.addShare(anna, part.id, "open", "Open");
  await world.scanner.scanDue(new AbortController().signal);
  sight = createSight(await world.shares.visible(anna.person, anna.room));
  const [word] = await readRows<{ id: number }>(world.db, "select id from word where word = 'owl'");
  owl = word?.id ?? 0;
});
afterAll(() => world.close());

/** Many more files whose names have this word. */
async function multiply(word: string): Promise<void> {
  await world.db.execute(sql`
    insert into file (server_id, directory_id, name, size_bytes, words)
    select server_id, directory_id, n || name, size_bytes, words from file, generate_series(1, 400) n
    where name like ${`owl ${word}%`}`);
}

async function candidates(sample: number | undefined, limit: number, is: Partial<Plan> = {}) {
  const query = parse("owl", new Date());
  if ("invalid" in query) throw new Error(query.invalid);
  const arranged = { groups: [[owl]], branches: [], rareFrom: 0, filters: [], findsFew: false, isRare: false };
  const files: Plan = { ...arranged, excluded: [], isCut: false, sample, meeting: undefined, isHalved: false, ...is };
  const found = await findCandidates(world.db, { sight, query, files, directories: undefined, limit });
  return { names: found.files.map(({ name }) => name).sort(), isCut: found.isCut, files: found.files };
}

test.each([
  ["a sample that misses all of them", 0.0001],
  ["the whole table", 100],
])("all are found with %s", async (_, sample) => {
  const all = await candidates(undefined, 100);
  expect(all.names).toHaveLength(47);
  expect(await candidates(sample, 100)).toMatchObject({ names: all.names, isCut: false });
  expect((await candidates(sample, 30)).names).toHaveLength(30);
  expect((await candidates(sample, 30)).isCut).toBe(true);
});

test("where several things are asked some files tell whether they are looked for in a sample or by the index", async () => {
  const meeting = { spread: { share: 0.9, filesPerServer: 8, crowd: 1 }, indexed: 100 };
  const sampled = await candidates(undefined, 4, { meeting });
  expect(sampled.names).toEqual((await candidates(100, 4)).names);
  const indexed = await candidates(undefined, 4, { meeting: { ...meeting, indexed: 1 } });
  expect(indexed.names).toEqual((await candidates(undefined, 4)).names);
  expect(indexed.names).not.toEqual(sampled.names);
  // Of several beginnings the first ones alone are looked for in a sample: none of these files has another word.
  for (const [word, names] of [
    [owl, sampled.names],
    [owl + 1_000_000, indexed.names],
  ] as const) {
    const branches = [[[word]], [[owl]]];
    expect((await candidates(undefined, 4, { groups: [], branches, rareFrom: 2, meeting })).names).toEqual(names);
  }
});

test("each server gives a part of what is shown, and none is left out", async () => {
  const { names } = await candidates(100, 4);
  expect(names).toEqual(expect.arrayContaining(["owl alone.txt", "owl shown.txt"]));
  expect((await candidates(undefined, 4)).names).not.toEqual(names);
});

test("where words are read branch after branch the first of them are looked for, and then all", async () => {
  const branches = [[[owl]], [[owl + 1_000_000]]];
  for (const sample of [100, 0.0001]) {
    expect((await candidates(sample, 100, { groups: [], branches, rareFrom: 1 })).names).toHaveLength(47);
  }
});

test("places that gave a part of a sample leave the others theirs", async () => {
  await multiply("shown");
  const { files } = await candidates(100, 30);
  const [many, part] = ["number", "shown"].map((word) => files.filter(({ name }) => name.includes(word)).length);
  expect(many).toBeGreaterThanOrEqual(10);
  expect(part).toBeGreaterThanOrEqual(10);
});

test("names with a word are counted to the same number, whether a sample has enough of them or not", async () => {
  const counts = async (filesPerServer: number) => {
    const facts = { common: [{ id: owl, word: "owl", share: 0.9 }], files: 1e9, filesPerServer, servers: 1 };
    const counted = await countNames(world.db, sight, [owl, owl + 1_000_000], facts);
    expect([...counted.keys()]).toEqual([owl]);
    expect([...(await countNames(world.db, sight, [owl], facts)).keys()]).toEqual([owl]);
    return counted.get(owl);
  };
  // By the index, by a third of the pages, by none of them.
  const each = async () => [await counts(10), await counts(310), await counts(1e9)];
  expect(await each()).toEqual([11, 11, 11]);
  for (const word of ["number", "alone", "shown"]) await multiply(word);
  expect(await each()).toEqual([15, 15, 15]);
});

describe("of many servers", () => {
  const servers = 9;
  let wide: Sight;
  let words: Map<string, number>;

  beforeAll(async () => {
    const ben = await world.joined("Ben", "many servers");
    for (let n = 0; n < servers; n += 1) {
      const box = await world.addServer(ben);
      for (const name of ["wren", "wrench", "wreath"].slice(0, n < 5 ? 3 : 1)) box.put(`${name} ${n}.txt`);
      await world.addShare(ben, box.id, "", `Box ${n} of Ben`);
    }
    await world.scanner.scanDue(new AbortController().signal);
    wide = createSight(await world.shares.visible(ben.person, ben.room));
    const rows = await readRows<{ id: number; word: string }>(world.db, "select id, word from word");
    words = new Map(rows.map(({ id, word }) => [word, id]));
  });

  async function namesOf(limit: number, is: Partial<Plan>) {
    const query = parse("wren", new Date());
    if ("invalid" in query) throw new Error(query.invalid);
    const arranged = { groups: [], branches: [], rareFrom: 0, filters: [], findsFew: false, isRare: false };
    const files: Plan = {
      ...arranged,
      excluded: [],
      isCut: false,
      sample: undefined,
      meeting: undefined,
      isHalved: true,
      ...is,
    };
    const found = await findCandidates(world.db, { sight: wide, query, files, directories: undefined, limit });
    return { names: found.files.map(({ name }) => name), isCut: found.isCut };
  }
  const branchOf = (...some: string[]) => [some.map((word) => words.get(word) ?? 0)];

  test("all have their part in what is found, wherever they stand in the list", async () => {
    const { names, isCut } = await namesOf(100, { groups: branchOf("wren") });
    expect([new Set(names).size, names.length, isCut]).toEqual([servers, servers, false]);
  });

  test("where several things meet often each half of them gives half of what is wanted", async () => {
    const spread = { share: 0.9, filesPerServer: 450, crowd: 1_000_000 };
    const groups = [...branchOf("wren", "wrench", "wreath"), ...branchOf("wren", "wrench", "wreath")];
    const fromFirstHalf = async (meeting: Plan["meeting"]) => {
      const { names } = await namesOf(8, { groups, meeting, isHalved: false });
      return names.filter((name) => Number(name.match(/\d+/)?.[0]) < 5).length;
    };
    expect(await fromFirstHalf({ spread, indexed: 1 })).toBe(4);
    expect(await fromFirstHalf({ spread: { ...spread, filesPerServer: 300 }, indexed: 1 })).toBe(8);
  });

  test("rare beginnings are looked for on all of them, also when the common ones find little", async () => {
    for (const is of [
      { branches: [branchOf("wreath"), branchOf("wren", "wrench")], rareFrom: 1 },
      { branches: [branchOf("wren"), branchOf("wrench", "wreath")], rareFrom: 1 },
      ...[true, false].map((isHalved) => ({
        groups: branchOf("wren", "wrench", "wreath"),
        branches: [branchOf("wren"), branchOf("wrench", "wreath")],
        rareFrom: 1,
        isHalved,
      })),
      {
        groups: branchOf("wren", "wrench", "wreath"),
        branches: [branchOf("wren", "wrench", "wreath")],
        isHalved: false,
      },
    ]) {
      const { names, isCut } = await namesOf(100, is);
      expect([new Set(names).size, names.length, isCut]).toEqual([servers + 10, servers + 10, false]);
    }
  });

  test("what the first ones have alone is shown to the end of the list", async () => {
    const beginnings = { groups: branchOf("wrench", "wreath") };
    expect(await namesOf(11, beginnings)).toMatchObject({ names: { length: 10 }, isCut: false });
    expect(await namesOf(8, beginnings)).toMatchObject({ names: { length: 8 }, isCut: true });
  });

  test("a name with two of the beginnings counts once", async () => {
    const branches = [branchOf("wren", "wrench"), branchOf("wren"), branchOf("wrench")];
    const found = await namesOf(40, { branches, rareFrom: 3 });
    expect(found).toMatchObject({ names: { length: servers + 5 }, isCut: false });
    expect(new Set(found.names).size).toBe(servers + 5);
  });

  test("likely beginnings come before rare ones, on whatever server they are", async () => {
    const groups = branchOf("wren", "wrench", "wreath");
    for (const isHalved of [true, false]) {
      const branches = [branchOf("wren"), branchOf("wrench", "wreath")];
      const { names } = await namesOf(12, { groups, branches, rareFrom: 1, isHalved });
      expect(names.filter((name) => name.startsWith("wren "))).toHaveLength(servers);
    }
  });

  test("names that are found twice leave room for rare beginnings", async () => {
    const branches = [branchOf("wrench"), branchOf("wrench", "wren"), branchOf("wreath")];
    const { names, isCut } = await namesOf(16, { branches, rareFrom: 2 });
    expect([new Set(names).size, isCut]).toEqual([16, true]);
  });

  test("what was left out as the list was full is said to be there", async () => {
    const branches = [branchOf("wren"), branchOf("wrench"), branchOf("wreath")];
    expect(await namesOf(15, { branches, rareFrom: 0 })).toMatchObject({ names: { length: 15 }, isCut: true });
  });
});
