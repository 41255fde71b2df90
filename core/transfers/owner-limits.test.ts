// What owners allow others, on a real database: hours, volumes of members and groups, and their own files free of it.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Limits } from "#contract";
import { systemClock } from "../platform/clock.ts";
import type { Person } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import { createServersApi } from "../servers/index.ts";
import type { World } from "./fixtures/world.ts";
import { createWorld, privateRoom } from "./fixtures/world.ts";
import type { Lease, Outcome, Progress } from "./lease.ts";
import type { QueueStore } from "./store/queue.ts";
import { createQueueStore } from "./store/queue.ts";

let world: World;
let queue: QueueStore;
let anna: Person;
let ben: Person;
let cleo: Person;
let groupId: number;
let source: number;
const inboxes = new Map<number, number>();
const noon = new Date("2024-06-15T12:00:00Z");
let now = noon;
const hourMs = 3_600_000;

beforeEach(async () => {
  world = await createWorld();
  queue = createQueueStore(world.db);
  now = noon;
  [anna, ben, cleo] = [await world.addPerson("Anna"), await world.addPerson("Ben"), await world.addPerson("Cleo")];
  groupId = await world.addGroup(anna, ben, cleo);
  source = await enrol(anna, "1");
  for (const [index, person] of [anna, ben, cleo].entries()) inboxes.set(person.id, await enrol(person, `2${index}`));
});
afterEach(() => world.close());

async function enrol(owner: Person, host: string): Promise<number> {
  const place = { host, port: 21, username: "u", password: "p", root: "/", inbox: "/i", version: 1 };
  return await world.enrol(owner, place, { slots: 16 });
}

const queuePull = (person: Person, ...sizes: number[]) => queuePullFrom(source, person, ...sizes);

async function queuePullFrom(from: number, person: Person, ...sizes: number[]): Promise<string> {
  const destination = inboxes.get(person.id) ?? 0;
  const [pull] = await world.sql`insert into pull (person_id, group_id, destination_id, request_id, title)
    values (${person.id}, ${groupId}, ${destination}, ${crypto.randomUUID()}, 't') returning id`;
  const id = Number(pull?.["id"]);
  for (const size of sizes) {
    await world.sql`insert into transfer (pull_id, person_id, group_id, source_id, destination_id, source_path,
      destination_path, size_bytes, due_at) values (${id}, ${person.id}, ${groupId}, ${from}, ${destination},
      'x', ${crypto.randomUUID()}, ${size}, ${noon.toISOString()})`;
  }
  return makeRef("p", id);
}

async function lease(owner = "one"): Promise<Lease[]> {
  now = new Date(now.getTime() + 1);
  return await queue.lease({ owner, now, leaseUntil: new Date(now.getTime() + 15_000), places: 16, except: [] });
}

const end = (one: Lease, bytesDone: number, outcome: Outcome = { kind: "done" }) =>
  queue.finish(one, outcome, { bytesDone } as Progress, now);
const sizes = (leases: Lease[]) => leases.map((one) => one.sizeBytes);
const moved = async () =>
  (await world.sql`select person_id, bytes from volume order by person_id, day`).map((row) => [
    Number(row["person_id"]),
    Number(row["bytes"]),
  ]);

const later = () => new Date(now.getTime() + 15_000);

/** The contract's own way. */
async function limit(limits: Partial<Limits>): Promise<void> {
  const servers = {
    findOwn: async () => (await world.sql`select *, owner_id as "ownerId" from server where id = ${source}`)[0],
  };
  const clock = { ...systemClock, now: () => now };
  const api = createServersApi({
    ...{ db: world.db, clock, servers, afterLimit: [world.transfers.limitsChanged] },
  } as unknown as Parameters<typeof createServersApi>[0]);
  const actor = { platform: "console", userId: "anna", displayName: "Anna", language: "en" } as const;
  await api.limit({ person: anna, room: privateRoom, actor }, { limits });
}

describe("what is committed while another one leases", () => {
  /** `meanwhile` runs after lines and limits were read, and before the limits are counted. */
  async function leaseAround(meanwhile: () => Promise<unknown>): Promise<Lease[]> {
    const isOpen = Promise.withResolvers<void>();
    const isLocked = Promise.withResolvers<void>();
    const locking = world.sql.begin(async (tx) => {
      await tx`lock table volume in access exclusive mode`;
      isLocked.resolve();
      await isOpen.promise;
    });
    await isLocked.promise;
    const leasing = lease();
    const isWaiting = () => world.sql`
      select from pg_locks where not granted and relation = 'volume'::regclass`;
    while ((await isWaiting()).length === 0);
    await meanwhile();
    isOpen.resolve();
    await locking;
    return await leasing;
  }

  const closedAtNoon = '{"from":"20:00","to":"22:00","zone":"UTC"}';

  test("a pull is left for the next round, which passes neither closed hours nor a volume", async () => {
    await world.sql`update server set hours = ${closedAtNoon} where id = ${source}`;
    expect(await leaseAround(() => queuePull(ben, 10))).toEqual([]);
    expect(await lease()).toEqual([]);
    await limit({ hours: null, memberDayBytes: 5 });
    expect(await leaseAround(() => queuePull(cleo, 10))).toEqual([]);
    expect(await lease()).toEqual([]);
    await limit({ memberDayBytes: 10 });
    expect(await leaseAround(() => queuePull(cleo, 10))).toEqual([]);
    expect(sizes(await lease())).toEqual([10]);
  });

  test("another file of somebody whose limit was counted does not pass it", async () => {
    await limit({ memberDayBytes: 15 });
    await queuePull(ben, 10);
    expect(sizes(await leaseAround(() => queuePull(ben, 9)))).toEqual([9]);
    expect(await lease()).toEqual([]);
  });

  test("a limit that came after the others were read holds what is there, and the next round counts it", async () => {
    const other = await enrol(anna, "3");
    await queuePullFrom(other, ben, 10);
    const limited = Promise.withResolvers<void>();
    const rung = Promise.withResolvers<void>();
    let ring = limited.resolve;
    const silence = world.signals.on("queue", () => ring());
    await limit({ memberDayBytes: 5 });
    await limited.promise;
    ring = rung.resolve;
    // Without the signal of a limit that was changed.
    const close = () => world.sql`update server set hours = ${closedAtNoon} where id = ${other}`;
    expect(await leaseAround(close)).toEqual([]);
    await rung.promise;
    silence();
    expect(await lease()).toEqual([]);
    await world.sql`update server set hours = null where id = ${other}`;
    now = new Date(now.getTime() + 24 * hourMs);
    expect(sizes(await lease())).toEqual([10]);
  });

  test("the owner's own is not held by a limit that comes", async () => {
    await limit({ memberDayBytes: 5 });
    await queuePull(anna, 10);
    expect(sizes(await leaseAround(() => limit({ memberDayBytes: 4 })))).toEqual([10]);
  });
});

describe("hours", () => {
  test("outside of them others wait with the time at which it opens, and the owner does not", async () => {
    await limit({ hours: { from: "20:00", to: "06:00", zone: "UTC" } });
    const ref = await queuePull(ben, 10, 20);
    await queuePull(anna, 30);
    expect(sizes(await lease())).toEqual([30]);
    const reason = { code: "pull.hours", params: { server: "Anna", from: "20:00", to: "06:00", zone: "UTC" } };
    const opensAt = "2024-06-15T20:00:00.000Z";
    expect(await world.transfers.show(ben, ref)).toMatchObject({
      ...{ state: "waiting", reason, nextTryAt: opensAt, position: null },
    });
    now = new Date(Date.parse(opensAt) - 2);
    expect(await lease()).toEqual([]);
    const running = await lease();
    expect(sizes(running)).toEqual([10, 20]);
    // What runs at closing time goes on to its end.
    now = new Date("2024-06-16T06:00:01Z");
    expect(
      await queue.pulse([{ ...running[0], progress: { bytesDone: 9, bytesPerSecond: null } } as never], now, now),
    ).toHaveLength(1);
  });

  test("changed or lifted, they count at once", async () => {
    await limit({ hours: { from: "20:00", to: "06:00", zone: "UTC" } });
    await queuePull(ben, 10);
    expect(await lease()).toEqual([]);
    await limit({ hours: { from: "11:00", to: "13:00", zone: "UTC" } });
    expect(sizes(await lease())).toEqual([10]);
    await queuePull(ben, 11);
    await limit({ hours: { from: "20:00", to: "06:00", zone: "UTC" } });
    expect(await lease()).toEqual([]);
    await limit({ hours: null });
    expect(sizes(await lease())).toEqual([11]);
  });
});

describe("volume", () => {
  test("of a member: what moved, what runs and what would start stay within the day's, and midnight frees it", async () => {
    await limit({ memberDayBytes: 100 });
    const ref = await queuePull(ben, 40, 50, 60);
    await queuePull(cleo, 100);
    const first = await lease();
    expect(sizes(first).sort()).toEqual([100, 40, 50]);
    expect(await lease("two")).toEqual([]);
    for (const one of first) await end(one, one.sizeBytes);
    expect(await lease()).toEqual([]);
    expect(await world.transfers.show(ben, ref)).toMatchObject({
      state: "waiting",
      reason: { code: "pull.limit-member", params: { server: "Anna" } },
      nextTryAt: "2024-06-16T00:00:00.000Z",
      position: null,
    });
    now = new Date("2024-06-16T00:00:00Z");
    expect(sizes(await lease())).toEqual([60]);
  });

  test("of a week comes back on the day when enough of it is seven days old", async () => {
    await limit({ memberWeekBytes: 100 });
    await world.sql`insert into volume values (${source}, ${ben.id}, ${groupId}, '2024-06-10', 70),
      (${source}, ${ben.id}, ${groupId}, '2024-06-12', 20), (${source}, ${ben.id}, ${groupId}, '2024-06-08', 500)`;
    const ref = await queuePull(ben, 40);
    expect(await lease()).toEqual([]);
    expect((await world.transfers.show(ben, ref)).nextTryAt).toBe("2024-06-17T00:00:00.000Z");
    now = new Date("2024-06-17T00:00:00Z");
    expect(sizes(await lease())).toEqual([40]);
  });

  test("of a group is spent by all of its members, and not by the owner", async () => {
    await limit({ groupDayBytes: 100 });
    await queuePull(ben, 60);
    const ref = await queuePull(cleo, 50);
    await queuePull(anna, 500);
    const first = await lease();
    expect(sizes(first).sort()).toEqual([500, 60].sort());
    expect((await world.transfers.show(cleo, ref)).reason?.code).toBe("pull.limit-group");
    for (const one of first) await end(one, one.sizeBytes);
    expect(await moved()).toEqual([[ben.id, 60]]);
  });

  test("smaller than one file: that fails at once with a sentence, and can be tried again when more is allowed", async () => {
    await limit({ memberDayBytes: 100 });
    const ref = await queuePull(ben, 101);
    expect(await lease()).toEqual([]);
    const reason = { code: "pull.over-limit", params: { server: "Anna" } };
    expect(await world.transfers.show(ben, ref)).toMatchObject({ state: "failed", reason });
    expect(await world.sql`select * from outbox where telling->>'kind' = 'pull.finished'`).toHaveLength(1);
    await limit({ memberDayBytes: 101 });
    await world.transfers.change(ben, ref, "retry");
    now = new Date();
    expect(sizes(await lease())).toEqual([101]);
  });

  test("that was reserved and did not move, or that the owner adds, is used at once", async () => {
    await limit({ memberDayBytes: 100 });
    await queuePull(ben, 60);
    const [one] = await lease();
    await queuePull(ben, 70);
    expect(await lease()).toEqual([]);
    if (!one) throw new Error("no lease");
    await end(one, 20, { kind: "over", state: "failed", reason: { code: "file.gone", params: {} } });
    const [other] = await lease();
    expect(other?.sizeBytes).toBe(70);
    await queuePull(ben, 80);
    expect(await lease()).toEqual([]);
    await limit({ memberDayBytes: null });
    expect(sizes(await lease())).toEqual([80]);
  });

  test("counts each byte once as it moves, and again when a copy is begun anew", async () => {
    await queuePull(ben, 100);
    const [one] = await lease();
    if (!one) throw new Error("no lease");
    const pulse = (bytesDone: number, isUnseen = false) =>
      queue.pulse([{ ...one, progress: { bytesDone, bytesPerSecond: null, isUnseen } }], later(), now);
    await pulse(30);
    await pulse(30);
    expect(await moved()).toEqual([[ben.id, 30]]);
    await queue.note(one, { bytesDone: 0 });
    await pulse(30, true);
    expect(await moved()).toEqual([[ben.id, 30]]);
    await pulse(10);
    expect(await moved()).toEqual([[ben.id, 40]]);
    now = new Date(now.getTime() + 24 * hourMs);
    await end(one, 100);
    await end(one, 100);
    expect(await moved()).toEqual([
      [ben.id, 40],
      [ben.id, 90],
    ]);
  });

  test("counts no byte twice when a resume begins before what was counted", async () => {
    await queuePull(ben, 1000);
    const [one] = await lease();
    if (!one) throw new Error("no lease");
    await end(one, 900, { kind: "again" });
    const [two] = await lease();
    if (!two) throw new Error("no second lease");
    await queue.pulse([{ ...two, progress: { bytesDone: 890, bytesPerSecond: null } }], later(), now);
    await end(two, 1000);
    expect(await moved()).toEqual([[ben.id, 1010]]);
  });

  test("holds at every moment, whoever leases and however runs end", async () => {
    const caps = { memberDayBytes: 100, groupDayBytes: 150, memberWeekBytes: 220, groupWeekBytes: 300 };
    await limit(caps);
    const step = fc.oneof(
      fc.record({ kind: fc.constant("lease" as const), owner: fc.constantFrom("one", "two") }),
      fc.record({
        kind: fc.constant("pulse" as const),
        nth: fc.nat(9),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.record({ kind: fc.constant("end" as const), nth: fc.nat(9), isDone: fc.boolean() }),
      fc.record({ kind: fc.constant("later" as const), hours: fc.nat(20) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 90 })), { minLength: 4, maxLength: 12 }),
        fc.array(step, { minLength: 10, maxLength: 30 }),
        async (files, steps) => {
          now = noon;
          await world.sql`delete from pull`;
          await world.sql`delete from volume`;
          for (const [isBen, size] of files) await queuePull(isBen ? ben : cleo, size);
          const running = new Map<number, { lease: Lease; bytesDone: number }>();
          for (const one of steps) {
            if (one.kind === "later") now = new Date(now.getTime() + one.hours * hourMs);
            if (one.kind === "lease")
              for (const got of await lease(one.owner)) running.set(got.id, { lease: got, bytesDone: got.bytesDone });
            const run = "nth" in one ? [...running.values()][one.nth % Math.max(1, running.size)] : undefined;
            if (run && one.kind === "pulse") {
              run.bytesDone += Math.floor((run.lease.sizeBytes - run.bytesDone) * one.part);
              await queue.pulse(
                [{ ...run.lease, progress: { bytesDone: run.bytesDone, bytesPerSecond: null } }],
                now,
                now,
              );
            }
            if (run && one.kind === "end") {
              running.delete(run.lease.id);
              await (one.isDone
                ? end(run.lease, run.lease.sizeBytes)
                : end(run.lease, run.bytesDone, { kind: "again" }));
            }
            await expectWithin(caps);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** Moved today, moved in seven days, and what running transfers have still to move. */
async function expectWithin(
  caps: Record<"memberDayBytes" | "groupDayBytes" | "memberWeekBytes" | "groupWeekBytes", number>,
) {
  const today = now.toISOString().slice(0, 10);
  const sums = async (who: "person_id" | "group_id") =>
    (
      await world.sql`
        select ${world.sql(who)} as who, sum(day_bytes)::float8 as day, sum(week_bytes)::float8 as week from (
          select ${world.sql(who)}, case when day = ${today}::date then bytes else 0 end as day_bytes, bytes as week_bytes
          from volume where day > ${today}::date - 7
          union all
          select ${world.sql(who)}, size_bytes - bytes_done, size_bytes - bytes_done from transfer where state = 'running') s
        group by 1`
    ).map((row) => [Number(row["day"]), Number(row["week"])] as const);
  for (const [day, week] of await sums("person_id")) {
    expect(day).toBeLessThanOrEqual(caps.memberDayBytes);
    expect(week).toBeLessThanOrEqual(caps.memberWeekBytes);
  }
  for (const [day, week] of await sums("group_id")) {
    expect(day).toBeLessThanOrEqual(caps.groupDayBytes);
    expect(week).toBeLessThanOrEqual(caps.groupWeekBytes);
  }
}
