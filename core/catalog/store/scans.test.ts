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

test("times, hashes and counts of known folders are those that were told, times to the millisecond", async () => {
  const { id: serverId } = await world.addServer(await world.joined("Anna", "club"));
  // From 1970 to 2096, with every remainder of a second somewhere.
  const times = Array.from({ length: 2_000 }, (_, at) => at * 1_987_654_321 + at);
  const rows = times.map((ms) => ({ serverId, path: `${ms}`, name: "", modifiedAt: new Date(ms) }));
  const hashes = [0, 1, 2 ** 52 - 1].map((filesHash) => ({ serverId, path: `hash ${filesHash}`, name: "", filesHash }));
  const counted = { path: "counted", files: 12_345 };
  await world.db.insert(directory).values([...rows, ...hashes, { serverId, ...counted }, { serverId, path: "new" }]);
  const known = await knownFolders(world.db, serverId);
  const expected = [
    ...times.map((modifiedMs) => ({ path: `${modifiedMs}`, modifiedMs, filesHash: null, files: 0 })),
    ...hashes.map(({ path, filesHash }) => ({ path, modifiedMs: null, filesHash, files: 0 })),
    { ...counted, modifiedMs: null, filesHash: null },
    { path: "new", modifiedMs: null, filesHash: null, files: 0 },
  ];
  expect(known).toEqual(new Map(expected.map((folder) => [folder.path, folder])));
});
