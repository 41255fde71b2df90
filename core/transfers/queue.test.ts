// The queue's statements on a real database: turns, slots, fencing, places, and words of people against workers.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Person } from "../platform/handler.ts";
import { listenTo } from "./fixtures/told.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld } from "./fixtures/world.ts";
import type { Lease, Outcome } from "./lease.ts";
import { createLeftoverStore } from "./store/leftovers.ts";
import type { QueueStore } from "./store/queue.ts";
import { createQueueStore } from "./store/queue.ts";

let world: World;
let queue: QueueStore;
let people: Person[];
let source: TestServer;
let destinations: TestServer[];
let groupId: number;
const start = new Date();
let now = start;

beforeEach(async () => {
  world = await createWorld();
  queue = createQueueStore(world.db);
  now = start;
  people = [];
  for (const name of ["Anna", "Ben", "Chloé"]) people.push(await world.addPerson(name));
  groupId = await world.addGroup(...people);
  const owner = await world.addPerson("Dora");
  source = await world.addServer(owner, { slots: 2 });
  destinations = await Promise.all(people.map((person) => world.addServer(person, { slots: 2 })));
});
afterEach(() => world.close());

const cameTo = (bytesDone: number) => ({ bytesDone, bytesPerSecond: null });

/** A pull with files of these sizes, each at a place of its own or all at `path`; gives its id. */
async function queuePull(who: number, sizes: number[], path?: string): Promise<number> {
  const destination = destinations[who]?.id ?? 0;
  const person = people[who]?.id ?? 0;
  const [pull] = await world.sql`insert into pull (person_id, group_id, destination_id, request_id, title)
    values (${person}, ${groupId}, ${destination}, ${crypto.randomUUID()}, 't') returning id`;
  const id = Number(pull?.["id"]);
  for (const size of sizes) {
    await world.sql`insert into transfer (pull_id, person_id, group_id, source_id, destination_id, source_path,
      destination_path, size_bytes, due_at) values (${id}, ${person}, ${groupId}, ${source.id}, ${destination},
      'x', ${path ?? crypto.randomUUID()}, ${size}, ${start.toISOString()})`;
  }
  return id;
}

const later = (ms: number) => new Date(now.getTime() + ms);

async function lease(places = 16, owner = "one", except: number[] = []): Promise<Lease[]> {
  now = later(1);
  return await queue.lease({ owner, now, leaseUntil: later(15_000), places, except });
}

const done: Outcome = { kind: "done" };
const retry: Outcome = { kind: "wait", reason: { code: "fxp.cut", params: {} }, delayMs: 5_000, attempts: 1 };
const stateOf = async (id: number) => (await world.sql`select * from transfer where id = ${id}`)[0];

describe("turns", () => {
  test("go round between people, small before large, within the slots of the source", async () => {
    await queuePull(0, [10, 20, 30, 40]);
    await queuePull(1, [500]);
    await queuePull(2, [7, 3]);
    const order: [number, number][] = [];
    for (let running = await lease(); running.length > 0; running = await lease()) {
      expect(running.length).toBeLessThanOrEqual(2);
      for (const one of running) {
        order.push([people.findIndex((person) => person.id === one.personId), one.sizeBytes]);
        await queue.finish(one, done, cameTo(0), now);
      }
    }
    expect(order).toEqual([
      [0, 10],
      [1, 500],
      [2, 3],
      [0, 20],
      [2, 7],
      [0, 30],
      [0, 40],
    ]);
  });

  test("are given once, however many ask at the same time", async () => {
    await queuePull(0, [1, 2, 3, 4]);
    await queuePull(1, [1, 2, 3, 4]);
    const [first] = await world.sql`select id from transfer order by id`;
    // Engines that must leave one out choose others than the rest: still no more than the two slots.
    const asked = Array.from({ length: 8 }, (_, i) => lease(4, `engine ${i}`, i % 2 ? [Number(first?.["id"])] : []));
    const all = await Promise.all(asked);
    const ids = all.flat().map((one) => one.id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  test("places that are shown are the places in which they start", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(2), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 })), {
          minLength: 1,
          maxLength: 5,
        }),
        async (pulls) => {
          await world.sql`delete from pull`;
          await world.sql`update server set slots_out = 1`;
          for (const [who, sizes] of pulls) await queuePull(who, sizes);
          const shown = new Map<number, number>();
          for (const person of people) {
            for (const pull of await world.transfers.list(person, 50)) {
              shown.set(Number.parseInt(pull.ref.slice(1), 36), pull.position ?? 0);
            }
          }
          const started: number[] = [];
          for (let [one] = await lease(); one; [one] = await lease()) {
            if (!started.includes(one.pullId)) started.push(one.pullId);
            await queue.finish(one, done, cameTo(0), now);
          }
          expect(started.map((id) => shown.get(id))).toEqual(started.map((_, i) => i + 1));
        },
      ),
      { numRuns: 15 },
    );
  });
});

test("one name in one inbox is taken by one transfer at a time, whatever its letters' case, from any engine", async () => {
  await world.sql`update server set slots_out = 9, slots_in = 9`;
  await queuePull(0, [5], "Album/É.txt");
  await queuePull(0, [6], "album/e\u0301.TXT");
  await queuePull(1, [7], "Album/É.txt");
  const first = await lease();
  expect(first.map((one) => one.sizeBytes).sort()).toEqual([5, 7]);
  expect(await lease(16, "two")).toEqual([]);
  for (const one of first) await queue.finish(one, done, cameTo(5), now);
  expect(await lease(16, "two")).toMatchObject([{ sizeBytes: 6 }]);
});

test("a part keeps its name from lease to lease, and one that another installation made has another", async () => {
  const pullId = await queuePull(0, [10]);
  const [one] = await lease();
  if (!one) throw new Error("no lease");
  await queue.finish(one, { kind: "again" }, cameTo(3), now);
  const [again] = await lease();
  expect(again?.partPath).toBe(one.partPath);
  await world.sql`delete from leftover`;
  await world.sql`update transfer set state = 'queued', token = 0 where pull_id = ${pullId}`;
  const [other] = await lease();
  expect(other?.id).toBe(one.id);
  expect(other?.partPath).not.toBe(one.partPath);
});

describe("leases", () => {
  test("a worker whose lease ran out writes nothing any more", async () => {
    await queuePull(0, [10]);
    const [slow] = await lease();
    if (!slow) throw new Error("no lease");
    expect(await queue.seal(slow, "hash", now, later(15_000))).toBe(true);
    now = later(16_000);
    expect(await queue.seal(slow, "hash", now, later(15_000))).toBe(false);
    await queue.reclaim(now);
    const [other] = await lease(1, "two");
    expect(other).toMatchObject({ id: slow.id, token: slow.token + 1 });
    expect(await queue.finish(slow, done, cameTo(10), now)).toBe(false);
    expect(await queue.pulse([{ ...slow, progress: { bytesDone: 9, bytesPerSecond: 1 } }], later(1), now)).toEqual([]);
    expect(await stateOf(slow.id)).toMatchObject({ state: "running", owner: "two", bytes_done: "0" });
  });

  test("a renewed one is not taken over; a restarted owner gets its own back at once", async () => {
    await queuePull(0, [10]);
    const [one] = await lease();
    if (!one) throw new Error("no lease");
    now = later(10_000);
    const held = [{ ...one, progress: { bytesDone: 4, bytesPerSecond: 2 } }];
    expect(await queue.pulse(held, later(15_000), now)).toEqual([one.id]);
    now = later(10_000);
    await queue.reclaim(now, "two");
    expect(await stateOf(one.id)).toMatchObject({ state: "running", bytes_done: "4", bytes_per_second: "2" });
    await queue.reclaim(now, "one");
    expect(await stateOf(one.id)).toMatchObject({ state: "queued", owner: null });
  });

  test("what is taken back from a worker whose lease ran out is told, and that there was none is not", async () => {
    await queuePull(0, [1]);
    const [one] = await lease();
    const told = await listenTo(world);
    await queue.reclaim(later(14_000));
    expect(await told()).toEqual([]);
    await queue.reclaim(later(16_000));
    expect(await told()).toEqual(["queue"]);
    expect(await stateOf(one?.id ?? 0)).toMatchObject({ state: "queued" });
  });

  test("a wait ends when it is due, and at once when the server answers", async () => {
    await queuePull(0, [10]);
    const [one] = await lease();
    if (!one) throw new Error("no lease");
    await queue.finish(one, { ...retry, waitsForId: source.id }, cameTo(0), now);
    expect(await lease()).toEqual([]);
    expect((await queue.nextDueAt(now))?.getTime()).toBe(now.getTime() - 1 + 5_000);
    const told = await listenTo(world);
    await queue.wakeWaitingFor([source.id], now);
    expect(await told()).toEqual(["queue"]);
    await queue.wakeWaitingFor([source.id], now);
    expect(await told()).toEqual([]);
    expect(await lease()).toMatchObject([{ id: one.id, attempts: 1 }]);
  });

  test("a person's pause wins against a worker that ends, and keeps how far it was", async () => {
    const pullId = await queuePull(0, [10, 20]);
    const leases = await lease();
    const [ben] = people;
    if (!ben) throw new Error("nobody");
    await Promise.all([
      world.transfers.change(ben, `p${pullId.toString(36)}`, "pause"),
      ...leases.map((one) => queue.finish(one, retry, cameTo(5), now)),
    ]);
    const rows = await world.sql`select state, bytes_done from transfer`;
    expect(rows.map((row) => row["state"])).toEqual(["paused", "paused"]);
    expect(rows.map((row) => Number(row["bytes_done"]))).toEqual([5, 5]);
  });
});

test("a part is remembered from the lease on, and only what no open transfer needs is removed", async () => {
  const leftovers = createLeftoverStore(world.db);
  await queuePull(0, [10], "a/x");
  const [one] = await lease();
  if (!one) throw new Error("no lease");
  const take = () => leftovers.take(later(60_000), later(120_000), 10);
  expect(await take()).toEqual([]);
  const over: Outcome = { kind: "over", state: "failed", reason: { code: "inbox.exists", params: {} } };
  await queue.finish(one, over, cameTo(0), now);
  const path = one.partPath;
  expect(path).toMatch(new RegExp(`^a/\\.fonshare-${one.id}-[0-9a-f]{8}\\.part$`));
  expect(await take()).toEqual([{ transferId: one.id, serverId: destinations[0]?.id, path }]);
  expect(await take()).toEqual([]);
});
