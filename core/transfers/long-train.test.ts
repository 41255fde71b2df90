// A train goes on in its place as long as nobody else waits for it: what comes behind is leased while it is under way.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Override } from "../../demo/ftp-server/types.ts";
import type { Person } from "../platform/handler.ts";
import { listenTo } from "./fixtures/told.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, filesBelow, readInbox } from "./fixtures/world.ts";
import type { Lease } from "./lease.ts";
import { createQueueStore } from "./store/queue.ts";
import { leastLightBytes, pairKey } from "./trains.ts";

let world: World;
let ben: Person;
let carol: Person;
let source: TestServer;
let mine: TestServer;
let hers: TestServer;

const count = 110;
/** It asks before each file whether others wait. */
const polite = { trainMs: 0.001 };
/** Nobody looks how far a file is: that takes a session of its own, and which file is slow is for the machine to say. */
const unwatched = { ...polite, limits: { firstPollMs: 60_000 } };
const testMs = 180_000;
const name = (i: number) => `many/${String(i).padStart(3, "0")}.bin`;
const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), randomBytes(500)]));

beforeEach(async () => {
  world = await createWorld();
  const anna = await world.addPerson("Anna");
  ben = await world.addPerson("Ben");
  carol = await world.addPerson("Carol");
  source = await world.addServer(anna, { files: { ...files, "other.bin": "one more" }, slots: 1 });
  mine = await world.addServer(ben, { slots: 1 });
  hers = await world.addServer(carol, { slots: 1 });
  await world.shareFolder(source, await world.addGroup(anna, ben, carol), "");
});
afterEach(() => world.close());

async function expectAll(): Promise<void> {
  for (const [path, content] of Object.entries(files))
    expect((await readInbox(mine, path)).equals(content), path).toBe(true);
  expect((await filesBelow(join(mine.root, "inbox"))).filter((path) => path.includes(".part"))).toEqual([]);
  expect(await world.sql`select 1 from leftover`).toHaveLength(0);
}

const starts = async () =>
  Number((await world.sql`select count(distinct started_at)::int as n from transfer`)[0]?.["n"]);

test(
  "one train brings all of them, over two sessions of each server",
  async () => {
    world.engine(unwatched);
    const { ref } = await world.pull(ben, [source, "many"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "done", filesDone: count });
    await expectAll();
    // The first file alone, which shows the way.
    expect(await starts()).toBe(2);
    for (const { ftp } of [source, mine]) expect(ftp.commands.filter((verb) => verb === "PASS")).toHaveLength(2);
  },
  testMs,
);

test(
  "where no second session is to be had, one does all of it",
  async () => {
    let logins = 0;
    const override: Override = ({ verb }) => {
      if (verb !== "PASS") return undefined;
      logins += 1;
      return logins > 1 ? { replies: () => "421 Too many connections." } : undefined;
    };
    await mine.relisten({ override });
    world.engine(polite);
    const { ref } = await world.pull(ben, [source, "many"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "done", filesDone: count });
    await expectAll();
    expect(await starts()).toBe(2);
  },
  testMs,
);

test(
  "when the second session is lost, what had moved is looked at alone and the rest comes",
  async () => {
    let isCut = false;
    const override: Override = ({ verb, session }) => {
      if (verb !== "RNFR" || isCut || mine.ftp.commands.filter((one) => one === "RNFR").length < 20) return undefined;
      isCut = true;
      return { before: async () => session.dropControl() };
    };
    await mine.relisten({ override });
    world.engine(polite);
    const { ref } = await world.pull(ben, [source, "many"]);
    expect(await world.finished(ben, ref)).toMatchObject({ state: "done", filesDone: count });
    expect(isCut).toBe(true);
    await expectAll();
  },
  testMs,
);

test(
  "whoever comes meanwhile does not wait for all of it",
  async () => {
    const asked = Promise.withResolvers<string>();
    let stored = 0;
    const override: Override = ({ verb }) => {
      stored += verb === "STOR" ? 1 : 0;
      if (verb !== "STOR" || stored !== 5) return undefined;
      return {
        before: async () => {
          asked.resolve((await world.pull(carol, [source, "other.bin"])).ref);
        },
      };
    };
    await mine.relisten({ override });
    world.engine(polite);
    const { ref } = await world.pull(ben, [source, "many"]);
    expect(await world.finished(carol, await asked.promise)).toMatchObject({ state: "done" });
    expect(await world.finished(ben, ref)).toMatchObject({ state: "done", filesDone: count });
    expect((await readInbox(hers, "other.bin")).toString()).toBe("one more");
    const [row] = await world.sql`
    select count(*)::int as n from transfer where person_id = ${ben.id} and finished_at > (
      select finished_at from transfer where person_id = ${carol.id})`;
    // The first one, and what the train had begun by then; Ben's others came later.
    expect(Number(row?.["n"])).toBeGreaterThan(count - 10);
  },
  testMs,
);

test("what goes on counts as the same train, is shared with others of the line, and stops for who waits", async () => {
  const queue = createQueueStore(world.db);
  await world.sql`update server set slots_in = 2, slots_out = 2`;
  await world.pull(ben, [source, "many"]);
  const now = new Date(Date.now() + 1_000);
  const request = { owner: "one", now, leaseUntil: new Date(now.getTime() + 15_000), except: [] };
  const trains = {
    pairs: new Map([[pairKey({ sourceId: source.id, destinationId: mine.id }), leastLightBytes]]),
    followers: 7,
  };
  const heads = await queue.lease({ ...request, places: 16, trains });
  expect(heads.map(({ followers }) => followers?.length)).toEqual([7, 7]);
  const [first, second] = heads as [Lease, Lease];
  const more = await queue.extend(first, { ...request, files: 20 });
  expect(more).toHaveLength(20);
  // No slot is free, and no more are taken than before.
  expect(await queue.lease({ ...request, places: 16, trains })).toEqual([]);
  const rows = await world.sql`select distinct started_at from transfer where state = 'running'`;
  expect(rows).toHaveLength(2);
  // Of the last ones each of the two trains gets its half.
  const left = count - 16 - 20;
  expect(await queue.extend(second, { ...request, files: 1_000 })).toHaveLength(left / 2);
  await queue.trains.giveBack(more, now);
  await world.pull(carol, [source, "other.bin"]);
  expect(await queue.extend(first, { ...request, files: 20 })).toEqual([]);
});

test("that its place is free is told when the last of it is in its place, and not before", async () => {
  const { first, second, told, finish } = await leaseTwoTrains();
  expect((await finish(first.slice(0, 9))).size).toBe(9);
  expect(await told()).toEqual([]);
  expect((await finish(first.slice(9))).size).toBe(1);
  expect(await told()).toEqual(["queue"]);
  expect(second).toHaveLength(8);
});

test("one that somebody else took meanwhile does not keep that from being told", async () => {
  const { first, told, finish } = await leaseTwoTrains();
  const [taken] = first as [Lease];
  await world.sql`update transfer set token = token + 1, owner = 'two', started_at = now() where id = ${taken.id}`;
  expect((await finish(first)).size).toBe(9);
  expect(await told()).toEqual(["queue"]);
});

/** The first one has gone on with two files. */
async function leaseTwoTrains() {
  const queue = createQueueStore(world.db);
  await world.sql`update server set slots_in = 2, slots_out = 2`;
  await world.pull(ben, [source, "many"]);
  const now = new Date(Date.now() + 1_000);
  const request = { owner: "one", now, leaseUntil: new Date(now.getTime() + 15_000), except: [] };
  const pairs = new Map([[pairKey({ sourceId: source.id, destinationId: mine.id }), leastLightBytes]]);
  const heads = await queue.lease({ ...request, places: 2, trains: { pairs, followers: 7 } });
  const trains = heads.map((head) => [head, ...(head.followers ?? [])]);
  const [first, second] = trains as [Lease[], Lease[]];
  first.push(...(await queue.extend(heads[0] as Lease, { ...request, files: 2 })));
  const rowOf = (lease: Lease) => ({ lease, arrangement: "", sizeBytes: lease.sizeBytes });
  const finish = (leases: readonly Lease[]) => queue.trains.finish(leases.map(rowOf), now);
  return { first, second, told: await listenTo(world), finish };
}

test("nothing goes on in a place that is not held any more, nor before a file that goes alone", async () => {
  const queue = createQueueStore(world.db);
  await world.pull(ben, [source, "many"]);
  const now = new Date(Date.now() + 1_000);
  const request = { owner: "one", now, leaseUntil: new Date(now.getTime() + 15_000), except: [] };
  const [first] = (await queue.lease({ ...request, places: 1 })) as [Lease];
  await world.sql`update transfer set attempts = 1 where id = (
    select id from transfer where state = 'queued' order by rank, size_bytes, id offset 3 limit 1)`;
  expect(await queue.extend({ ...first, token: first.token + 1 }, { ...request, files: 20 })).toEqual([]);
  expect(await queue.extend(first, { ...request, files: 20 })).toHaveLength(3);
  expect(await queue.extend(first, { ...request, files: 20 })).toEqual([]);
});
