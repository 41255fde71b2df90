// Over a pool of one connection whoever asks for a second while holding one waits for ever; over a larger one that happens
// too, when all of its connections are held so.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { World } from "./fixtures.ts";
import { createWorld } from "./fixtures.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({}, 1);
});
afterAll(() => world.close());

test("servers are scanned and people answered, all at once, over a single connection", async () => {
  const anna = await world.joined("Anna", "club");
  const ben = await world.joined("Ben", "club");
  for (const label of ["one", "two", "three"]) {
    const box = await world.addServer(anna);
    for (const name of ["song", "sonnet", "solo"]) box.put(`Music ${label}/${name} ${label}.mp3`);
    await world.addShare(anna, box.id, "", label);
  }
  expect(await world.scan()).toBe(3);
  const { api } = world;
  const asked = [
    ...["song", "song two", "so", "sonk", "kind:audio so", "size:>1B song", "-two song"].map((query) =>
      api.search(ben, { query }),
    ),
    ...["s", "so", "song t"].map((query) => api.suggest(ben, { query })),
    api.browse(ben, {}),
    api.browse(ben, { where: "one" }),
    api.latest(ben, {}),
  ];
  const [again, answers] = await Promise.all([world.scan(), Promise.all(asked)]);
  expect(again).toBe(3);
  expect(answers).toHaveLength(asked.length);
  expect(await api.search(ben, { query: "song" })).toMatchObject({ total: 3 });
});
