// The master key is changed while others read and seal, and the change is broken off at every step: nothing is lost.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase } from "../../test/database.ts";
import { callerNamed, createMovableClock, privateRoom } from "../people/fixtures.ts";
import { createPeople } from "../people/index.ts";
import type { Db } from "../platform/db.ts";
import { Secret } from "../platform/secret.ts";
import { serverSecret } from "../schema/index.ts";
import { createVault, loadKeyFile, rereadKeyFile } from "../vault/index.ts";
import { createServersFixture, enrolServer, settingsFor, startFtp } from "./fixtures.ts";
import { createServers, createServersApi, rotateMasterKey } from "./index.ts";
import { storeConnection } from "./sealing.ts";
import { lockRotation } from "./store/secrets.ts";

const clock = createMovableClock();
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let ftp: Awaited<ReturnType<typeof startFtp>>;
let folder: string;
let keyFile: string;
/** A core that runs all the time and hears of no rotation. */
let running: Awaited<ReturnType<typeof startRunning>>;

beforeAll(async () => {
  ftp = await startFtp();
});
afterAll(() => ftp.stop());
beforeEach(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "fonshare-rotation-"));
  keyFile = join(folder, "master.key");
  running = await startRunning();
});
afterEach(async () => {
  running.servers.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

async function startRunning() {
  const { db } = database;
  const { connector, log } = createServersFixture(db, clock);
  const vault = createVault({ masterKeys: await loadKeyFile(keyFile), reload: () => rereadKeyFile(keyFile) });
  const servers = createServers({ db, clock, vault, connector, log });
  const api = createServersApi({
    ...{ db, clock, vault, connector, servers, publicUrl: "http://localhost:8080" },
    ...{ randomToken: () => crypto.randomUUID(), afterLimit: [], pairsOf: async () => [] },
  });
  return { db, clock, vault, connector, log, servers, api };
}

const enrol = async (label: string) => {
  const anna = await callerNamed(createPeople({ db: database.db, clock }), "Anna", privateRoom());
  return enrolServer(running, anna, settingsFor(ftp, { label }));
};
const rotate = (db: Db = database.db) => rotateMasterKey({ db, keyFile, log: running.log });
const rows = () => database.db.select().from(serverSecret).orderBy(serverSecret.serverId, serverSecret.field);
const keysInFile = () => rereadKeyFile(keyFile).map((key) => key.id);
const opens = async (core: Pick<typeof running, "servers">, serverId: number) => {
  const one = await core.servers.open(serverId, { use: "files" });
  one.release("close");
  return one.root;
};

test("every row gets a fresh data key under a fresh master key, the old one is gone, and a running core goes on", async () => {
  const ids = [(await enrol("One")).id, (await enrol("Two")).id];
  const before = await rows();
  const [old] = keysInFile();
  expect(await rotate()).toEqual({ secrets: before.length, isFinishing: false });
  const after = await rows();
  const [next] = keysInFile();
  expect(keysInFile()).toEqual([next]);
  expect(next).not.toBe(old);
  expect(new Set(after.map((row) => row.keyId))).toEqual(new Set([next]));
  for (const [n, row] of after.entries()) {
    expect(row.sealed.equals(before[n]?.sealed ?? row.sealed)).toBe(false);
    expect(row.wrappedKey.equals(before[n]?.wrappedKey ?? row.wrappedKey)).toBe(false);
  }
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  for (const id of ids) expect(await opens(running, id)).toBe("/share");
  // It seals under the key that is in the file now, and a core that starts now needs nothing else.
  const { id } = await enrol("Three");
  const later = await startRunning();
  await later.servers.verifyKeys();
  expect(await opens(later, id)).toBe("/share");
  expect(await opens(later, ids[0] ?? 0)).toBe("/share");
  later.servers.close();
});

test("broken off at every step, the running core and a fresh one open everything, and the next run ends it", async () => {
  const ids = [];
  for (const label of ["One", "Two", "Three"]) ids.push((await enrol(label)).id);
  const steps: string[] = [];
  for (const when of ["before", "after"] as const) {
    for (let nth = 1; ; nth += 1) {
      const stray = `${keyFile}.${crypto.randomUUID()}`;
      writeFileSync(stray, "half a ke");
      const broken = await rotate(breakingAt(database.db, nth, when)).then(
        () => false,
        (error: Error) => error.message === "broken off" || Promise.reject(error),
      );
      steps.push(`${when} ${nth}: ${keysInFile().length} keys`);
      const fresh = await startRunning();
      await fresh.servers.verifyKeys();
      for (const id of ids) for (const core of [running, fresh]) expect(await opens(core, id)).toBe("/share");
      fresh.servers.close();
      await rotate();
      expect(keysInFile()).toHaveLength(1);
      expect(new Set((await rows()).map((row) => row.keyId))).toEqual(new Set(keysInFile()));
      expect(readdirSync(folder)).toEqual(["master.key"]);
      if (!broken) break;
    }
  }
  // The outermost, one for each server, and the one that drops the old key.
  expect(steps).toHaveLength(12);
  expect(steps.filter((step) => step.endsWith("2 keys"))).toHaveLength(7);
});

/** Its nth transaction fails: before it begins, or when it has been committed. */
function breakingAt(db: Db, nth: number, when: "before" | "after"): Db {
  let count = 0;
  const transaction: Db["transaction"] = async (work, config) => {
    count += 1;
    const isIt = count === nth;
    if (isIt && when === "before") throw new Error("broken off");
    const result = await db.transaction(work, config);
    if (isIt) throw new Error("broken off");
    return result;
  };
  return new Proxy(db, { get: (target, name) => (name === "transaction" ? transaction : Reflect.get(target, name)) });
}

test("who sealed under the old key and has not committed yet is waited for, and sealed anew too", async () => {
  const { id } = await enrol("One");
  // Nothing to seal anew can be seen until the other one commits.
  await database.db.delete(serverSecret);
  const sealed = Promise.withResolvers<void>();
  const commit = Promise.withResolvers<void>();
  const settings = settingsFor(ftp, { password: new Secret("another one") });
  const sealing = database.db.transaction(async (tx) => {
    await storeConnection(tx, running.vault, { id, version: 1 }, settings);
    sealed.resolve();
    await commit.promise;
  });
  await sealed.promise;
  const [old] = keysInFile();
  const rotating = rotate();
  await until(async () => {
    const [row] = await database.db.execute(sql`
      select count(*)::int as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'`);
    return row?.["waiting"] === 1;
  });
  expect(keysInFile()).toContain(old);
  commit.resolve();
  await sealing;
  await rotating;
  expect(keysInFile()).not.toContain(old);
  expect(new Set((await rows()).map((row) => row.keyId))).toEqual(new Set(keysInFile()));
});

test("many who seal and read while the key changes again and again meet no broken row", async () => {
  const { id } = await enrol("One");
  let isOver = false;
  const seal = async () => {
    while (!isOver)
      await database.db.transaction((tx) => storeConnection(tx, running.vault, { id, version: 1 }, settingsFor(ftp)));
  };
  const read = async () => {
    while (!isOver) expect(await opens(running, id)).toBe("/share");
  };
  const busy = [seal(), read(), read()];
  for (let n = 0; n < 5; n++) await rotate();
  isOver = true;
  await Promise.all(busy);
  expect(new Set((await rows()).map((row) => row.keyId))).toEqual(new Set(keysInFile()));
});

test("one rotation at a time; one that cannot write the file, or lacks a key of the database, changes nothing", async () => {
  await enrol("One");
  const before = [readFileSync(keyFile, "utf8"), JSON.stringify(await rows())];
  await database.db.transaction(async (tx) => {
    expect(await lockRotation(tx)).toBe(true);
    await expect(rotate()).rejects.toMatchObject({ name: "StartProblem" });
  });
  expect([readFileSync(keyFile, "utf8"), JSON.stringify(await rows())]).toEqual(before);
  writeFileSync(keyFile, `${Buffer.alloc(32, 7).toString("base64")}\n`);
  await expect(rotate()).rejects.toMatchObject({ name: "KeyFileError" });
  expect(keysInFile()).toHaveLength(1);
  expect(JSON.stringify(await rows())).toBe(before[1]);
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setImmediate(done));
}
