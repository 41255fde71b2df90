// What the next scan is told of the folders that the catalog has.
import { afterAll, beforeAll, expect, test } from "vitest";
import { directory } from "../../schema/index.ts";
import type { World } from "../fixtures.ts";
import { createWorld } from "../fixtures.ts";
import { knownFolders } from "./scans.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test("the times of known folders are those that were told, to the millisecond", async () => {
  const { id: serverId } = await world.addServer(await world.joined("Anna", "club"));
  // From 1970 to 2096, with every remainder of a second somewhere.
  const times = Array.from({ length: 2_000 }, (_, at) => at * 1_987_654_321 + at);
  const rows = times.map((ms) => ({ serverId, path: `${ms}`, name: "", modifiedAt: new Date(ms) }));
  await world.db.insert(directory).values([...rows, { serverId, path: "new", name: "" }]);
  const known = await knownFolders(world.db, serverId);
  expect(known).toEqual(new Map([...times.map((ms) => [`${ms}`, ms] as const), ["new", null]]));
});
