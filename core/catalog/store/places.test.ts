// The two ways to read rows of the visible shares find the same, and neither finds what is not visible.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { World } from "../fixtures.ts";
import { createWorld } from "../fixtures.ts";
import type { Sight } from "../sight.ts";
import { createSight } from "../sight.ts";
import { partitionOf } from "./partition.ts";
import type { Table } from "./places.ts";
import { anywhere, inPlaces, placesOf } from "./places.ts";
import { ids, readRows } from "./reading.ts";

let world: World;
let narrow: Sight;
let wide: Sight;

beforeAll(async () => {
  world = await createWorld();
  const [anna, ben] = [await world.joined("Anna", "club"), await world.joined("Ben", "other")];
  const [annaBox, benBox] = [await world.addServer(anna), await world.addServer(ben)];
  for (const folder of ["Music", "Music/owl", "Music's \\ owl", "Photos/owl", "Hidden/owl"]) {
    for (const name of ["owl", "night"]) annaBox.put(`${folder}/${name} ${folder.length}.txt`);
  }
  benBox.put("owl/owl at night.txt");
  for (const path of ["Music", "Music/owl", "Music's \\ owl", "Photos/owl"]) {
    await world.addShare(anna, annaBox.id, path, path);
  }
  await world.addShare(ben, benBox.id, "", "Everything");
  await world.scanner.scanDue(new AbortController().signal);
  narrow = createSight(await world.shares.visible(anna.person, anna.room));
  wide = createSight([...narrow.shares, ...(await world.shares.visible(ben.person, ben.room))]);
});
afterAll(() => world.close());

async function namesBoth(sight: Sight, table: Table, word: string, hidesRoots = false) {
  const [known] = await readRows<{ id: number }>(world.db, `select id from word where word = '${word}'`);
  const conditions = [`f.words && ${ids([known?.id ?? 0])}`];
  const name = table === "file" ? "f.name" : "split_part(f.path, '/', -1) as name";
  const reading = { columns: `f.id, ${name}`, conditions, hidesRoots, limit: 100 };
  const namesOf = async (statement: string) => {
    const rows = await readRows<{ id: string; name: string }>(world.db, statement);
    return [...new Map(rows.map(({ id, name }) => [id, name])).values()].sort();
  };
  const places = placesOf(sight);
  return {
    each: await namesOf(inPlaces(places, table, reading)),
    all: await namesOf(anywhere(places, table, reading)),
  };
}

test("files of shared folders alone", async () => {
  const { each, all } = await namesBoth(narrow, "file", "night");
  expect(each).toEqual(["night 10.txt", "night 13.txt", "night 5.txt", "night 9.txt"].sort());
  expect(all).toEqual(each);
});

test("files of shared folders and of a whole server", async () => {
  const { each, all } = await namesBoth(wide, "file", "night");
  expect(each).toContain("owl at night.txt");
  expect(each).toHaveLength(5);
  expect(all).toEqual(each);
});

test("folders, with and without those that are shared themselves", async () => {
  // A folder that a scan begins at has no words; one that is shared inside of another has.
  const shown = await namesBoth(wide, "directory", "owl");
  expect(shown.each).toEqual(["owl", "owl"]);
  expect(shown.all).toEqual(shown.each);
  const hidden = await namesBoth(wide, "directory", "owl", true);
  expect(hidden.each).toEqual(["owl"]);
  expect(hidden.all).toEqual(hidden.each);
});

test("a sample of pages looks at whose a row is before it looks at anything else of it", async () => {
  const place = placesOf(wide).find(({ path }) => path === "");
  const serverId = place?.serverId ?? 0;
  const partition = await partitionOf(world.db, serverId);
  let other = serverId + 1;
  while ((await partitionOf(world.db, other)) !== partition) other += 1;
  await world.db.execute(sql`
    insert into file (server_id, directory_id, name, size_bytes) values (${other}, 0, 'no pattern (', 0)`);
  const reading = { columns: "f.id", conditions: ["f.name ~ f.name"], limit: 100, sample: 100 };
  expect(await readRows(world.db, inPlaces(place ? [place] : [], "file", reading))).toHaveLength(1);
});
