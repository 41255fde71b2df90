// What an owner sees of pulls from their servers, and how stopping one ends it: at once, for good, and nothing else.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Person } from "../platform/handler.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, filesBelow } from "./fixtures/world.ts";

let world: World;
let anna: Person;
let ben: Person;
let cleo: Person;
let annas: TestServer;
let cleos: TestServer;
let bens: TestServer;

beforeEach(async () => {
  world = await createWorld();
  [anna, ben, cleo] = [await world.addPerson("Anna"), await world.addPerson("Ben"), await world.addPerson("Cleo")];
  const groupId = await world.addGroup(anna, ben, cleo);
  const files = { "Album/a.flac": Buffer.alloc(400_000, 1), "Album/b.flac": "b" };
  annas = await world.addServer(anna, { files, ftp: { rateBytesPerS: 100_000 } });
  cleos = await world.addServer(cleo, { files: { "Secret/c.txt": "c" } });
  bens = await world.addServer(ben);
  await world.shareFolder(annas, groupId, "Album");
  await world.shareFolder(cleos, groupId, "Secret");
});
afterEach(() => world.close());

test("the owner sees who takes what, of their own servers only, and what was taken before", async () => {
  const { outgoing } = world.transfers;
  expect(await outgoing.list(anna, 10)).toEqual([]);
  const { ref } = await world.pull(ben, [annas, "Album/b.flac"], [cleos, "Secret/c.txt"]);
  const common = { ref, person: "Ben", group: "club", files: 1, filesDone: 0, bytes: 1, bytesDone: 0 };
  const label = `Anna-${annas.place.host}`;
  const queued = { ...common, server: label, path: "Album/b.flac", state: "queued", startedAt: null };
  expect(await outgoing.list(anna, 10)).toEqual([{ ...queued, bytesPerSecond: null }]);
  expect(JSON.stringify(await outgoing.list(cleo, 10))).not.toMatch(/Album|Anna/);
  expect(await outgoing.list(ben, 10)).toEqual([]);
  world.engine();
  await world.finished(ben, ref);
  const [taken, ...rest] = await outgoing.list(anna, 10);
  expect(taken).toMatchObject({ state: "done", filesDone: 1, bytesDone: 1 });
  expect(taken?.startedAt).not.toBeNull();
  expect(rest).toEqual([]);
});

test("what an owner takes from themself is no news to them", async () => {
  const second = await world.addServer(cleo);
  await world.sql`update server set has_inbox = false where id = ${cleos.id}`;
  await world.pull(cleo, [cleos, "Secret/c.txt"]);
  expect(second.id).toBeGreaterThan(0);
  expect(await world.transfers.outgoing.list(cleo, 10)).toEqual([]);
});

test("stopped, it ends while it runs, its part goes, the rest of the pull arrives, and retrying does not bring it back", async () => {
  const { outgoing } = world.transfers;
  const started = Promise.withResolvers<void>();
  await annas.relisten({
    override: ({ verb, argument }) => {
      if (verb === "RETR" && argument.endsWith("a.flac")) started.resolve();
      return undefined;
    },
  });
  const { ref } = await world.pull(ben, [annas, "Album"], [cleos, "Secret/c.txt"]);
  world.engine();
  await started.promise;
  const open = await world.sql`select from transfer where source_id = ${annas.id} and state <> 'done'`;
  expect(await outgoing.stop(anna, ref)).toBe(open.length);
  const ended = await world.finished(ben, ref);
  const reason = { code: "pull.stopped-by-owner", params: { server: "Anna", owner: "Anna" } };
  expect(ended).toMatchObject({ state: "failed", reason, filesFailed: open.length });
  // The janitor sends no signal.
  await expect.poll(() => world.sql`select from leftover`).toHaveLength(0);
  expect((await filesBelow(bens.root)).filter((path) => path.includes(".fonshare"))).toEqual([]);
  expect(await filesBelow(bens.root)).toContain("inbox/c.txt");
  expect(await filesBelow(bens.root)).not.toContain("inbox/Album/a.flac");
  await expect(world.transfers.change(ben, ref, "retry")).rejects.toMatchObject({ code: "pull.wrong-state" });
  await expect(outgoing.stop(anna, ref)).rejects.toMatchObject({ code: "pull.wrong-state" });
});

test("only whoever owns the source can stop it, and others do not even learn that there is such a pull", async () => {
  const { ref } = await world.pull(ben, [annas, "Album"]);
  for (const [who, what] of [
    [cleo, ref],
    [ben, ref],
    [anna, "pzzz"],
    [anna, "f1"],
  ] as const) {
    await expect(world.transfers.outgoing.stop(who, what)).rejects.toMatchObject({ code: "pull.unknown" });
  }
  expect(await world.transfers.show(ben, ref)).toMatchObject({ state: "queued" });
});
