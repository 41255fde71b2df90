// Many small files between two real servers: they come in trains, and a train keeps every promise that a single file has.
import { randomBytes } from "node:crypto";
import { appendFileSync, writeFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Override } from "../../demo/ftp-server/types.ts";
import type { Person } from "../platform/handler.ts";
import { signal } from "../platform/signals.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, filesBelow, readInbox } from "./fixtures/world.ts";
import { createQueueStore } from "./store/queue.ts";
import { leastLightBytes, pairKey } from "./trains.ts";

let world: World;
let anna: Person;
let ben: Person;
let source: TestServer;
let mine: TestServer;

const count = 40;
const name = (i: number) => `many/${String(i).padStart(2, "0")}.bin`;
const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), randomBytes(2_000)]));

beforeEach(async () => {
  world = await createWorld();
  anna = await world.addPerson("Anna");
  ben = await world.addPerson("Ben");
  source = await world.addServer(anna, { files, slots: 1 });
  mine = await world.addServer(ben, { slots: 1 });
  const groupId = await world.addGroup(anna, ben);
  await world.shareFolder(source, groupId, "");
});
afterEach(() => world.close());

async function expectAll(except: string[] = []): Promise<void> {
  for (const [path, content] of Object.entries(files))
    if (!except.includes(path)) expect((await readInbox(mine, path)).equals(content), path).toBe(true);
  expect((await filesBelow(join(mine.root, "inbox"))).filter((path) => path.includes(".part"))).toEqual([]);
}

const leases = async () =>
  (await world.sql`select count(distinct started_at)::int as n from transfer`).map((row) => Number(row["n"]))[0] ?? 0;

/** One part in the middle of a pull, as soon as it is there. */
function damageOnce(how: (path: string) => void) {
  let isDone = false;
  const override: Override = ({ verb, argument }) => {
    if (verb !== "STOR" || isDone || !/fonshare-1\d-/.test(argument)) return undefined;
    isDone = true;
    return {
      replies: (reply) => {
        if (reply.startsWith("226")) how(join(mine.root, argument));
        return reply;
      },
    };
  };
  return { override, isDone: () => isDone };
}

test("they come in a few trains, each verified, each with its time", async () => {
  world.engine();
  const { ref } = await world.pull(ben, [source, "many"]);
  expect(await world.finished(ben, ref)).toMatchObject({ state: "done", filesDone: count });
  await expectAll();
  expect(await leases()).toBeLessThan(6);
  const rows = await world.sql`select verified, arrangement, bytes_done::int as "bytesDone" from transfer`;
  for (const row of rows) expect(row).toEqual({ verified: "blocks", arrangement: "source-pasv", bytesDone: 2_000 });
  expect(await world.sql`select 1 from leftover`).toHaveLength(0);
  expect(Number((await world.sql`select bytes from volume`)[0]?.["bytes"])).toBe(count * 2_000);
});

test("one that is damaged, one that is gone and one whose name is taken are looked at alone, and hold up nobody", async () => {
  await writeFile(join(mine.root, "inbox", "many-is-mine"), "x");
  const damage = damageOnce((path) => appendFileSync(path, "x"));
  await mine.relisten({ override: damage.override });
  const { ref } = await world.pull(ben, [source, "many"]);
  await rm(join(source.root, name(20)));
  await mkdir(join(mine.root, "inbox/many"), { recursive: true });
  writeFileSync(join(mine.root, "inbox", name(30)), "Ben's own");
  world.engine();
  const pull = await world.finished(ben, ref);
  expect(pull).toMatchObject({ filesDone: count - 2, filesFailed: 2 });
  await expectAll([name(20), name(30)]);
  expect((await readInbox(mine, name(30))).toString()).toBe("Ben's own");
  expect(damage.isDone()).toBe(true);
});

test("what takes a second goes in a train as well, is compared by its blocks, and no damage to it passes", async () => {
  const large = await addLarge(20);
  // Its first block, so that it is found wherever the others lie.
  const damage = damageOnce((path) => writeFileSync(path, Buffer.alloc(1_000), { flag: "r+" }));
  await mine.relisten({ override: damage.override });
  world.engine({ isFast: true });
  const { ref } = await world.pull(ben, [source, "large"]);
  await expectLarge(large, ref);
  expect(damage.isDone()).toBe(true);
  expect(await leases()).toBeLessThan(12);
});

async function addLarge(files: number): Promise<Record<string, Buffer>> {
  const large = Array.from({ length: files }, (_, i) => [`large/${i}.bin`, randomBytes(600_000 + i)] as const);
  await mkdir(join(source.root, "large"));
  for (const [path, content] of large) await writeFile(join(source.root, path), content);
  await world.index(source);
  return Object.fromEntries(large);
}

async function expectLarge(large: Record<string, Buffer>, ref: string): Promise<void> {
  expect(await world.finished(ben, ref)).toMatchObject({ state: "done", filesDone: Object.keys(large).length });
  for (const [path, content] of Object.entries(large))
    expect((await readInbox(mine, path)).equals(content), path).toBe(true);
}

test("one that is too slow is gone on with alone, where a faster source may be found", async () => {
  const large = await addLarge(5);
  let held = 0;
  const hold: Override = ({ verb, argument }) => {
    if (verb !== "RETR" || !argument.endsWith("3.bin") || held > 0) return undefined;
    held += 1;
    return { data: { afterBytes: 300_000, how: "stall" } };
  };
  await source.relisten({ override: hold });
  world.engine({ isFast: true, slowAfterMs: 1_000 });
  const { ref } = await world.pull(ben, [source, "large"]);
  await expectLarge(large, ref);
  expect(held).toBe(1);
});

test("what had come when a train breaks is not brought again", async () => {
  const large = await addLarge(12);
  const stored = new Map<string, number>();
  let isCut = false;
  const cut: Override = ({ verb, argument, session }) => {
    if (verb !== "STOR") return undefined;
    stored.set(argument, (stored.get(argument) ?? 0) + 1);
    if (stored.size !== 8 || isCut) return undefined;
    isCut = true;
    return { before: async () => session.dropControl() };
  };
  await mine.relisten({ override: cut });
  world.engine({ isFast: true });
  const { ref } = await world.pull(ben, [source, "large"]);
  await expectLarge(large, ref);
  // But the one that was cut.
  expect([...stored.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(1);
});

test("a name that is taken while the train is under way is not overwritten", async () => {
  let isTaken = false;
  const take: Override = ({ verb }) => {
    // The last look at the names comes when all parts are there.
    if (verb === "RETR" && !isTaken) {
      isTaken = true;
      writeFileSync(join(mine.root, "inbox", name(39)), "Ben's own");
    }
    return undefined;
  };
  await mine.relisten({ override: take });
  world.engine();
  const { ref } = await world.pull(ben, [source, "many"]);
  expect(await world.finished(ben, ref)).toMatchObject({ filesDone: count - 1, filesFailed: 1 });
  expect((await readInbox(mine, name(39))).toString()).toBe("Ben's own");
  await expectAll([name(39)]);
});

test("when the right to read ends in the middle, nothing more begins", async () => {
  const stored: string[] = [];
  const seen = Promise.withResolvers<void>();
  const hold = Promise.withResolvers<void>();
  const override: Override = ({ verb, argument }) => {
    if (verb !== "STOR") return undefined;
    stored.push(argument);
    if (stored.length !== 10) return undefined;
    seen.resolve();
    return { before: () => hold.promise };
  };
  await mine.relisten({ override });
  world.engine();
  const { ref } = await world.pull(ben, [source, "many"]);
  await seen.promise;
  await world.sql`delete from share`;
  await signal(world.db, "rights");
  expect(await world.finished(ben, ref)).toMatchObject({ state: "cancelled" });
  hold.resolve();
  expect(stored).toHaveLength(10);
});

test("of two folders in one train the one that is not shared any more is left out, file by file", async () => {
  const birds = ["herons", "owls"].flatMap((kind) => Array.from({ length: 20 }, (_, i) => `${kind}/${10 + i}.bin`));
  const two = await world.addServer(anna, { files: Object.fromEntries(birds.map((path) => [path, path])), slots: 1 });
  const groupId = await world.addGroup(anna, ben);
  for (const folder of ["herons", "owls"]) await world.shareFolder(two, groupId, folder);
  const { ref } = await world.pull(ben, [two, "herons"], [two, "owls"]);
  await world.sql`delete from share where path = 'herons'`;
  world.engine();
  expect(await world.finished(ben, ref)).toMatchObject({ state: "cancelled", filesDone: 20 });
  expect((await filesBelow(join(mine.root, "inbox"))).every((path) => path.includes("owls/"))).toBe(true);
});

test("a core that is stopped in the middle gives all of it back, and another one brings the rest", async () => {
  const seen = Promise.withResolvers<void>();
  let stored = 0;
  await mine.relisten({
    override: ({ verb }) => {
      stored += verb === "STOR" ? 1 : 0;
      if (stored === 12) seen.resolve();
      return undefined;
    },
  });
  const engine = world.engine({ owner: "one" });
  const { ref } = await world.pull(ben, [source, "many"]);
  await seen.promise;
  await engine.stop();
  expect(await world.sql`select 1 from transfer where state = 'running'`).toHaveLength(0);
  world.engine({ owner: "two" });
  expect(await world.finished(ben, ref)).toMatchObject({ state: "done", filesDone: count });
  await expectAll();
});

test("a train takes one slot, and what another worker holds is neither finished nor given back", async () => {
  const queue = createQueueStore(world.db);
  await world.pull(ben, [source, "many"]);
  const now = new Date(Date.now() + 1_000);
  const request = { owner: "one", now, leaseUntil: new Date(now.getTime() + 15_000), places: 16, except: [] };
  const trains = {
    pairs: new Map([[pairKey({ sourceId: source.id, destinationId: mine.id }), leastLightBytes]]),
    followers: 31,
  };
  const [first, ...others] = await queue.lease({ ...request, trains });
  expect(others).toEqual([]);
  expect(first?.followers).toHaveLength(31);
  // The one slot is taken by all of them together.
  expect(await queue.lease({ ...request, trains })).toEqual([]);
  const cars = first ? [first, ...(first.followers ?? [])] : [];
  await world.sql`update transfer set token = token + 1 where id = ${cars[1]?.id ?? 0}`;
  await world.sql`update transfer set lease_until = ${new Date(0).toISOString()} where id = ${cars[2]?.id ?? 0}`;
  const held = await queue.trains.held(cars, now);
  expect(cars.map(({ id }) => held.has(id)).slice(0, 4)).toEqual([true, false, false, true]);
  const sealed = cars.map((lease) => ({ lease, verified: "hash" as const }));
  expect(await queue.trains.seal(sealed, now, request.leaseUntil)).toEqual(held);
  const landed = cars.slice(0, 2).map((lease) => ({ lease, arrangement: "source-pasv", sizeBytes: 2_000 }));
  expect([...(await queue.trains.finish(landed, now))]).toEqual([cars[0]?.id]);
  const back = await queue.trains.giveBack(cars.slice(1), now);
  expect(back.has(cars[1]?.id ?? 0)).toBe(false);
  expect(back.size).toBe(30);
});
