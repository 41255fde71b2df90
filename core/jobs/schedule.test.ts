import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase } from "../../test/database.ts";
import type { ComposeOptions, Core } from "../compose.ts";
import { compose } from "../compose.ts";
import { callerNamed, groupRoom } from "../people/fixtures.ts";
import { systemClock } from "../platform/clock.ts";
import { createLog } from "../platform/log.ts";
import { signal } from "../platform/signals.ts";
import { file, scan, share } from "../schema/index.ts";
import type { StartedFtp } from "../servers/fixtures.ts";
import { enrolServer, settingsFor, startFtp } from "../servers/fixtures.ts";
import { createSchedule } from "./schedule.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let core: Core;
let options: ComposeOptions;
let ftp: StartedFtp;
let serverId: number;
let groupId: number;
const folder = mkdtempSync(join(tmpdir(), "fonshare-jobs-"));
const log = createLog("silent", "test");

/** Called at each listing; a test may hold it. */
let onListing: () => unknown = () => undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  const keyFile = join(folder, "master.key");
  options = {
    database: database.address,
    connections: 5,
    keyFile,
    publicUrl: "http://localhost:8080",
    allowNetworks: ["127.0.0.0/8"],
    scanEveryMs: 1_800_000,
    relayQuotaBytes: 0,
  };
  core = await compose(options, { clock: systemClock, log });
  ftp = await startFtp({ override: ({ verb }) => (verb === "MLSD" ? { before: () => onListing() } : undefined) });
  const anna = await callerNamed(core.people, "Anna", groupRoom("club"));
  await core.handlers.groups.create(anna, { name: "Club" });
  groupId = (await core.groups.groupOfRoom(anna.room))?.id ?? 0;
  const feature = { servers: core.servers, api: core.handlers.servers } as Parameters<typeof enrolServer>[0];
  serverId = (await enrolServer(feature, anna, settingsFor(ftp))).id;
  const at = join(ftp.root, "share", "hello.txt");
  writeFileSync(at, "hello");
  utimesSync(at, new Date("2020-01-01"), new Date("2020-01-01"));
});
afterAll(async () => {
  await core.close();
  await ftp.stop();
  await database.close();
  rmSync(folder, { recursive: true });
});

const createTestSchedule = () =>
  createSchedule({
    timer: core.timer,
    options,
    retentionMs: 604_800_000,
    logLevel: "silent",
    catalog: core.catalog,
    signals: core.signals,
    clock: systemClock,
    log,
  });
const shareNow = () =>
  database.db.transaction(async (tx) => {
    await tx.insert(share).values({ groupId, serverId, name: "All", path: "" });
    await signal(tx, "scan");
  });

test("a scan runs in a thread of its own as soon as something is shared, and is told of", async () => {
  const schedule = createTestSchedule();
  const told = new Promise<void>((resolve) => {
    core.signals.on("outbox", async () => {
      if ((await database.db.select().from(file)).length > 0) resolve();
    });
  });
  schedule.start();
  await shareNow();
  await told;
  expect((await database.db.select().from(file)).map((one) => one.name)).toEqual(["hello.txt"]);
  expect((await database.db.select().from(scan))[0]).toMatchObject({ state: "complete", leaseUntil: null });
  await schedule.stop();
});

test("the thread stays for the next scans, and another one takes its place when it dies", async () => {
  const threads: Worker[] = [];
  const note = (thread: Worker) => void threads.push(thread);
  process.on("worker", note);
  const schedule = createTestSchedule();
  const finished = async () => (await database.db.select().from(scan))[0]?.finishedAt?.getTime() ?? 0;
  async function scanOnce(): Promise<void> {
    const before = await finished();
    await database.db.update(scan).set({ dueAt: new Date() });
    schedule.pokeScan();
    await vi.waitFor(async () => expect(await finished()).toBeGreaterThan(before), { timeout: 60_000, interval: 50 });
  }
  schedule.start();
  await scanOnce();
  await scanOnce();
  expect(threads).toHaveLength(1);
  await threads[0]?.terminate();
  await scanOnce();
  expect(threads).toHaveLength(2);
  process.off("worker", note);
  await schedule.stop();
}, 180_000);

test("a stop in the middle of a scan gives the lease back and leaves no thread behind", async () => {
  const held = Promise.withResolvers<void>();
  const listing = new Promise<void>((resolve) => {
    onListing = () => {
      resolve();
      return held.promise;
    };
  });
  await database.db.update(scan).set({ dueAt: new Date(), fullAt: null });
  const schedule = createTestSchedule();
  schedule.start();
  await listing;
  expect((await database.db.select().from(scan))[0]?.leaseUntil).not.toBeNull();
  await schedule.stop();
  expect((await database.db.select().from(scan))[0]).toMatchObject({ state: "complete", leaseUntil: null });
  held.resolve();
});
