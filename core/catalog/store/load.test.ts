// A first scan writes into the catalog while it lists: who sees what of it, and what happens to it when something happens
// to its server, its words or its connection meanwhile.
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/database.ts";
import { systemClock } from "../../platform/clock.ts";
import type { DatabaseOptions } from "../../platform/db.ts";
import { openDatabase } from "../../platform/db.ts";
import { directory, file, person, scan, server, word } from "../../schema/index.ts";
import { applyScan } from "../scan/apply.ts";
import type { ListedFolder } from "../scan/folder.ts";
import type { Applied } from "../types.ts";
import { settleIndexes } from "./apply.ts";
import { copyRows } from "./copy.ts";
import { createRowWriter } from "./copy-rows.ts";
import type { Load } from "./load.ts";
import { beginLoad } from "./load.ts";
import { forgetUnshared, insertScan, insertSharedDirectories, sharedFolders } from "./scans.ts";
import type { Stage } from "./stage.ts";
import { createStage } from "./stage.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let ownerId = 0;
let groupId = 0;
let serverId = 0;
let count = 0;
const opened: Load[] = [];
const now = new Date("2024-06-16T12:00:00Z");
const modifiedAt = new Date("2020-01-02T03:04:05Z");

beforeAll(async () => {
  database = await createTestDatabase();
  const [anna] = await database.db.insert(person).values({ displayName: "Anna", language: "en" }).returning();
  ownerId = anna?.id ?? 0;
  const [club] = await database.sql`insert into share_group (name) values ('Club') returning id::int`;
  groupId = club?.["id"];
});
afterAll(async () => {
  await Promise.all(opened.map((load) => load.close()));
  await database.close();
});
beforeEach(async () => {
  const values = { ownerId, label: `Box ${++count}`, security: "tls", state: "online" } as const;
  const [box] = await database.db.insert(server).values(values).returning();
  serverId = box?.id ?? 0;
  await share("music");
  await share("photos");
  await insertScan(database.db, serverId, 60_000, now);
});

async function share(path: string): Promise<void> {
  await database.sql`insert into share (group_id, server_id, name, path)
    values (${groupId}, ${serverId}, ${`${path} ${count}`}, ${path})`;
  await insertSharedDirectories(database.db, await sharedFolders(database.db, serverId));
}

const connect = (wish?: DatabaseOptions) => openDatabase(database.address, 1, wish);
const begin = async () => {
  const load = await beginLoad({ db: database.db, connect, clock: { ...systemClock, now: () => now } }, serverId);
  if (load) opened.push(load);
  return load;
};

function folder(path: string, names: string[], is: Partial<ListedFolder> = {}): ListedFolder {
  const files = names.map((name) => ({ name, sizeBytes: 10, modifiedAt, timeWithinMs: 0 as const, isHeld: false }));
  const root = path.split("/")[0] ?? "";
  return { path, root, modifiedAt, filesHash: null, isWhole: true, files, ...is };
}
const tree = () => [
  folder("music", ["one.mp3"]),
  folder("music/Live 1999", ["live two.mp3", "three.mp3"]),
  folder("photos", ["IMG2034.jpg"]),
];

async function loaded(folders = tree()): Promise<{ load: Load; stage: Stage }> {
  const load = await begin();
  if (!load) throw new Error("not loaded");
  const stage = await createStage(load.database, load);
  for (const one of folders) await stage.add(one);
  await stage.end();
  return { load, stage };
}

async function apply(load: Load, is: { isComplete?: boolean; token?: number } = {}) {
  const told: Applied[] = [];
  const { isComplete = true, token = (await row())?.token ?? 0 } = is;
  const outcome = { isComplete, problem: undefined, folders: 3, held: 0, sessions: 3 };
  const onApplied = async (_: unknown, applied: Applied) => void told.push(applied);
  const rest = { isFull: true, everyMs: 60_000, random: 0.5, now: new Date(now.getTime() + 5_000), onApplied };
  const roots = ["music", "photos"];
  const done = await applyScan(load.database.db, { serverId, token, roots, outcome, load, ...rest });
  // As the scanner does it, on this connection that may write nothing by itself.
  if (done?.hasWritten) await settleIndexes(load.database.db);
  await load.close();
  return { state: done?.state, told };
}

const row = async () => (await database.db.select().from(scan).where(eq(scan.serverId, serverId)))[0];
const files = () =>
  database.db
    .select({ name: file.name, path: directory.path, seenAt: file.seenAt })
    .from(file)
    .leftJoin(directory, eq(directory.id, file.directoryId))
    .where(eq(file.serverId, serverId))
    .orderBy(file.name);
const places = async () => (await files()).map(({ path, name }) => `${path}/${name}`);
const everything = ["photos/IMG2034.jpg", "music/Live 1999/live two.mp3", "music/one.mp3", "music/Live 1999/three.mp3"];
async function wordsOf(name: string): Promise<string[]> {
  const rows = await database.sql`
    select case when n < 0 then '/' else '' end || coalesce(word.word, '?') as word
    from file, unnest(file.words) n left join word on word.id = abs(n)
    where file.server_id = ${serverId} and file.name = ${name} order by n`;
  return rows.map((one) => one["word"]).sort();
}

test("nobody sees anything before its end, and then all of it", async () => {
  const { load } = await loaded();
  expect(await files()).toEqual([]);
  expect((await apply(load)).state).toBe("complete");
  expect(await places()).toEqual(everything);
  expect(await wordsOf("live two.mp3")).toEqual(["/1999", "live", "mp", "mp3", "two"]);
  expect((await files()).map((one) => one.seenAt)).toEqual(everything.map(() => now));
  expect(await row()).toMatchObject({ state: "complete", files: 4, bytes: 40 });
});

test("many more files and words than are written at once", async () => {
  const names = (begin: string) => Array.from({ length: 4_000 }, (_, i) => `${begin} ${i}.txt`);
  const { load } = await loaded(["a", "b", "c"].map((name) => folder(`music/${name}`, names(`${name}${name}`))));
  await apply(load);
  expect(await row()).toMatchObject({ files: 12_000, bytes: 120_000 });
  expect(await wordsOf("cc 3999.txt")).toEqual(["/c", "3999", "cc", "txt"]);
});

test("folders and words that are too many to wait for the end all come in, each once", async () => {
  const long = "x".repeat(700);
  const folders = Array.from({ length: 1_000 }, (_, n) => folder(`music/${n}${long}`, [`${n}y${long}`]));
  const { load } = await loaded([folder("music", []), ...folders, folder("photos", [])]);
  expect(await apply(load)).toMatchObject({ state: "complete" });
  const rows = await files();
  expect(new Set(rows.map(({ path, name }) => path === `music/${Number.parseInt(name, 10)}${long}`))).toEqual(
    new Set([true]),
  );
  expect(rows).toHaveLength(1_000);
  expect(await wordsOf(`7y${long}`)).not.toContain("?");
});

test("the next scan finds nothing that differs", async () => {
  await apply((await loaded()).load);
  expect(await begin()).toBeUndefined();
  const versions = () => database.sql`select ctid::text, xmin::text from file where server_id = ${serverId} order by 1`;
  const before = [...(await versions())];
  const own = connect();
  const stage = await createStage(own);
  for (const one of tree()) await stage.add(one);
  await stage.end();
  const outcome = { isComplete: true, problem: undefined, folders: 3, held: 0, sessions: 3 };
  const rest = { isFull: true, everyMs: 60_000, random: 0.5, now, onApplied: async () => undefined };
  const token = (await row())?.token ?? 0;
  await applyScan(own.db, { serverId, token, roots: ["music", "photos"], outcome, ...rest });
  await own.close();
  expect([...(await versions())]).toEqual(before);
});

test("what changed a moment before is left for the next scan", async () => {
  const warm = folder("music", ["growing.mp3", "done.mp3"]);
  for (const one of warm.files) one.isHeld = one.name === "growing.mp3";
  await apply((await loaded([warm])).load);
  expect(await places()).toEqual(["music/done.mp3"]);
});

test("a partial one adds what it found", async () => {
  const { load } = await loaded([folder("music", ["one.mp3"])]);
  expect((await apply(load, { isComplete: false })).state).toBe("partial");
  expect(await places()).toEqual(["music/one.mp3"]);
});

test("one that ends in the middle leaves nothing, also none of its folders", async () => {
  const { load } = await loaded();
  await load.close();
  expect(await files()).toEqual([]);
  const known = await database.db.select().from(directory).where(eq(directory.serverId, serverId));
  expect(known.map(({ path }) => path).sort()).toEqual(["music", "photos"]);
});

test("one that lost its lease applies nothing", async () => {
  const { load } = await loaded();
  expect((await apply(load, { token: -1 })).state).toBeUndefined();
  expect(await files()).toEqual([]);
});

test("a connection that is lost takes all with it: on the one that follows nothing is written", async () => {
  const { load } = await loaded();
  const { sql: driver, closed } = load.database;
  const pid = async () => (await driver`select pg_backend_pid() as pid`)[0]?.["pid"] as number;
  const before = await pid();
  await database.sql`select pg_terminate_backend(${before})`;
  await closed;
  expect(await pid()).not.toBe(before);
  const rows = createRowWriter();
  load.target.write(rows, 1, { name: "late.mp3", sizeBytes: 1, modifiedAt, timeWithinMs: 0, isHeld: false });
  rows.int4s(new Int32Array(1), 1);
  await expect(copyRows(load.database, { ...load.target, rows: rows.take() })).rejects.toThrow();
  await expect(apply(load)).rejects.toThrow();
  expect(await files()).toEqual([]);
});

test("a server that is removed meanwhile waits for nothing, and keeps nothing", async () => {
  const { load } = await loaded();
  await database.sql`delete from server where id = ${serverId}`;
  expect((await apply(load, { token: 1 })).state).toBeUndefined();
  expect(await database.db.select().from(file).where(eq(file.serverId, serverId))).toEqual([]);
});

test("what is unshared meanwhile waits for nothing, and is not there afterwards", async () => {
  const { load } = await loaded();
  await database.sql`delete from share where server_id = ${serverId} and path = 'music'`;
  await database.db.transaction((tx) => forgetUnshared(tx, serverId));
  expect((await apply(load)).state).toBe("complete");
  expect(await places()).toEqual(["photos/IMG2034.jpg"]);
  expect(await row()).toMatchObject({ files: 1, bytes: 10 });
});

test("a folder that was unshared and shared again meanwhile has its files in its new row", async () => {
  const { load } = await loaded();
  await database.sql`delete from share where server_id = ${serverId} and path = 'music'`;
  await database.db.transaction((tx) => forgetUnshared(tx, serverId));
  await share("music");
  await apply(load);
  expect(await places()).toEqual(everything);
});

test("words that were forgotten meanwhile are made anew, also by somebody else with another number", async () => {
  const { load } = await loaded([folder("music", []), folder("music/Vanished", ["returned here.txt"])]);
  await database.db.delete(word).where(sql`${word.word} in ('vanished', 'returned')`);
  await database.db.insert(word).values({ word: "returned" });
  await apply(load);
  expect(await wordsOf("returned here.txt")).toEqual(["/vanished", "here", "returned", "txt"]);
});

test("other scans learn the same words meanwhile, and wait for nothing", async () => {
  const { load } = await loaded([folder("music", ["unheard before.mp3"])]);
  const own = connect();
  const stage = await createStage(own);
  await stage.add(folder("music", ["unheard before.mp3"]));
  await stage.end();
  const [mine] = await own.sql`select array_agg(distinct id order by id) as ids from stage_word`;
  const [theirs] = await load.database.sql`select array_agg(distinct id order by id) as ids from stage_word`;
  expect(mine?.["ids"]).toEqual(theirs?.["ids"]);
  await own.close();
  await apply(load);
});

test("files of a server with a share that was introduced are compared and told one by one", async () => {
  await database.sql`update share set introduced_at = now() where server_id = ${serverId} and path = 'music'`;
  expect(await begin()).toBeUndefined();
});

test("a share that is introduced meanwhile hears of all of them, with the time that is told", async () => {
  const { load } = await loaded([folder("music", ["one.mp3"])]);
  await database.sql`update share set introduced_at = now() where server_id = ${serverId} and path = 'music'`;
  const { told } = await apply(load);
  expect(told[0]?.added).toMatchObject([{ name: "one.mp3", directoryPath: "music", sizeBytes: 10 }]);
  expect((await files())[0]?.seenAt).toEqual(told[0]?.at);
});
