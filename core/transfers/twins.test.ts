// Which servers come into question for a file of another: those that show it to the transfer's group, however many others.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Person } from "../platform/handler.ts";
import type { World } from "./fixtures/world.ts";
import { createWorld } from "./fixtures/world.ts";
import { createTwinStore } from "./store/twins.ts";

let world: World;
let anna: Person;
let groupId: number;
let hosts = 0;

beforeEach(async () => {
  world = await createWorld();
  anna = await world.addPerson("Anna");
  groupId = await world.addGroup(anna);
});
afterEach(() => world.close());

/** A server that has the file in `music`, known to the catalog only. */
async function addHolder(owner: Person): Promise<number> {
  hosts += 1;
  const place = { host: `${hosts}`, port: 21, username: "u", password: "p", root: "/", inbox: "/i", version: 1 };
  const id = await world.enrol(owner, place);
  await world.sql`with d as (insert into directory (server_id, path) values (${id}, 'music') returning id)
    insert into file (server_id, directory_id, name, size_bytes) select ${id}, id, 'a.flac', 10 from d`;
  return id;
}

test("servers of other groups, and other folders than the shared ones, neither count nor hide one's own", async () => {
  const [zoe, ben] = [await world.addPerson("Zoe"), await world.addPerson("Ben")];
  const otherGroupId = await world.addGroup(zoe);
  const [source, inbox] = [await addHolder(anna), await addHolder(anna)];
  for (let n = 0; n < 25; n += 1) await world.shareFolder({ id: await addHolder(zoe) }, otherGroupId, "music", `${n}`);
  const twin = await addHolder(ben);
  await world.shareFolder({ id: twin }, groupId, "mus");
  const wanted = { groupId, sourceId: source, sourcePath: "x/a.flac", destinationId: inbox, sizeBytes: 10, tried: [] };
  const twins = createTwinStore(world.db);
  expect(await twins.exist(wanted)).toBe(false);
  await world.shareFolder({ id: twin }, groupId, "music");
  expect(await twins.exist(wanted)).toBe(true);
  expect(await twins.list(wanted)).toMatchObject([{ serverId: twin, path: "music/a.flac", ownerId: ben.id }]);
});
