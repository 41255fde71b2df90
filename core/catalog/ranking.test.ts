// Whether people are shown first what they expect, on a written catalog and sixty written questions.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Caller } from "../platform/handler.ts";
import type { World } from "./fixtures.ts";
import { createWorld } from "./fixtures.ts";
import { catalogs, expectations } from "./ranking.samples.ts";

let world: World;
let asking: Caller;

beforeAll(async () => {
  world = await createWorld();
  for (const [name, paths] of Object.entries(catalogs)) {
    const owner = await world.joined(name, "club");
    const box = await world.addServer(owner);
    // Sizes differ, so that nothing is taken for a copy; so do times, the later written the older.
    for (const [i, path] of paths.entries()) box.put(path, 100 + i, (i + 2) * 3_600_000);
    await world.addShare(owner, box.id, "", `${name}'s`);
  }
  asking = await world.joined("Dora", "club");
  await world.scanner.scanDue(new AbortController().signal);
});
afterAll(() => world.close());

async function answers([query, ...expected]: readonly [string, ...string[]]): Promise<string | undefined> {
  const { items } = await world.api.search(asking, { query });
  const first = items.slice(0, expected.length).map(({ name }) => name);
  const isRight = expected.every((one, i) => one.split("|").some((beginning) => first[i]?.startsWith(beginning)));
  return isRight
    ? undefined
    : `${query}: ${items
        .slice(0, 4)
        .map(({ name }) => name)
        .join(" · ")}`;
}

test("sixty questions are answered with what people expect first", async () => {
  expect(expectations).toHaveLength(60);
  const surprises: string[] = [];
  for (const one of expectations) {
    const surprise = await answers(one);
    if (surprise) surprises.push(surprise);
  }
  expect(surprises).toEqual([]);
});
