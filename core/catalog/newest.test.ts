// By time: what came last and what is new, also where all of a server came at the same moment, or shares overlap.
import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Caller } from "../platform/handler.ts";
import { file } from "../schema/index.ts";
import type { World } from "./fixtures.ts";
import { createWorld } from "./fixtures.ts";
import { createSight } from "./sight.ts";
import { latestFiles } from "./store/latest.ts";

const dayMs = 86_400_000;
const count = 150;
let world: World;
let ben: Caller;

beforeAll(async () => {
  world = await createWorld();
  const anna = await world.joined("Anna", "club");
  ben = await world.joined("Ben", "club");
  const box = await world.addServer(anna);
  for (let i = 0; i < count; i++) box.put(`Music/Old/${i}.txt`, 10, 400 * dayMs);
  box.put("Hidden/secret.txt", 10, 1000);
  await world.addShare(anna, box.id, "Music", "Music");
  await world.addShare(anna, box.id, "Music/Old", "Old");
  await world.scanner.scanDue(new AbortController().signal);
});
afterAll(() => world.close());

test("pages of what came last hold each file once, forth and back, also of one moment and in shares that overlap", async () => {
  const sight = createSight(await world.shares.visible(ben.person, ben.room));
  const ids: number[] = [];
  let from: Parameters<typeof latestFiles>[2];
  for (let more = true; more; ) {
    const { page, hasMore } = await latestFiles(world.db, sight, from, 40);
    ids.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    from = last && { seenAt: last.seenAt, id: last.id, isBack: false };
    more = hasMore;
  }
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
  expect(ids).toHaveLength(count);
  const back = from && (await latestFiles(world.db, sight, { ...from, isBack: true }, 40));
  expect(back?.page.map(({ id }) => id)).toEqual(ids.slice(-41, -1));
});

test("a file that came long ago and was rewritten since is new, and one that came since and is old is not", async () => {
  const newer = async (text: string) => (await world.api.search(ben, { query: text })).items.map(({ name }) => name);
  expect(await newer("newer:30d")).toEqual([]);
  const now = world.clock.now().getTime();
  const named = (name: string) => and(eq(file.name, name), eq(file.sizeBytes, 10));
  const [cameAt, rewrittenAt] = [new Date(now - 300 * dayMs), new Date(now - 5 * dayMs)];
  await world.db.update(file).set({ seenAt: cameAt, modifiedAt: rewrittenAt }).where(named("7.txt"));
  await world.db.update(file).set({ seenAt: cameAt, modifiedAt: null }).where(named("8.txt"));
  expect(await newer("newer:30d")).toEqual(["7.txt"]);
  expect(await newer("newer:30d kind:document")).toEqual(["7.txt"]);
  expect((await newer("newer:310d")).sort()).toEqual(["7.txt", "8.txt"]);
  expect(await newer("newer:1d")).toEqual([]);
});

test("the newest file is found first on whichever of many servers it is", async () => {
  const dora = await world.joined("Dora", "other");
  const now = world.clock.now().getTime();
  for (let box = 0; box < 12; box++) {
    const { id } = await world.addServer(dora);
    await world.addShare(dora, id, "", `Box ${String.fromCharCode(97 + box)}`);
    const at = new Date(now - dayMs - box).toISOString();
    await world.db.execute(sql`
      with folder as (insert into directory (server_id, path) values (${id}, '') returning id)
      insert into file (server_id, directory_id, name, size_bytes, modified_at, seen_at)
      select ${id}, folder.id, 'box ' || ${box}::int || ' file ' || n, ${box} * 1000 + n,
        ${at}::timestamptz - n * interval '1 second', ${at}::timestamptz from folder, generate_series(1, 120) n`);
  }
  await world.db.execute(sql`
    update file set modified_at = ${new Date(now - 1000).toISOString()}, seen_at = ${new Date(now).toISOString()}
    where name = 'box 11 file 120'`);
  const { items, isCapped } = await world.api.search(dora, { query: "newer:30d" });
  expect(items[0]?.name).toBe("box 11 file 120");
  expect(isCapped).toBe(true);
});

test("times before all times find everything", async () => {
  expect(await world.api.search(ben, { query: "newer:9999y" })).toMatchObject({ total: count });
});
