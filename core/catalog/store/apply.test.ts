// Staged folders against a real catalog, without any server: words and their numbers, races, exactness of times, counts.
import { eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/database.ts";
import { openDatabase } from "../../platform/db.ts";
import { takeLock } from "../../platform/locks.ts";
import { directory, file, person, scan, server, word } from "../../schema/index.ts";
import { applyScan } from "../scan/apply.ts";
import { miscounted } from "../scan/fixtures.ts";
import type { ListedFile, ListedFolder } from "../scan/folder.ts";
import { insertScan } from "./scans.ts";
import { createStage } from "./stage.ts";
import { stageUnmet } from "./unmet.ts";

type TestDatabase = Awaited<ReturnType<typeof createTestDatabase>>;
let database: TestDatabase;
let personId = 0;
let groupId = 0;
let serverId = 0;
let count = 0;

const settled = new Date("2020-01-02T03:04:05Z");
const now = new Date("2024-06-16T12:00:00Z");

beforeAll(async () => {
  database = await createTestDatabase();
  const [anna] = await database.db.insert(person).values({ displayName: "Anna", language: "en" }).returning();
  personId = anna?.id ?? 0;
  const [club] = await database.sql`insert into share_group (name) values ('Club') returning id::int`;
  groupId = club?.["id"];
});
afterAll(() => database.close());
beforeEach(async () => {
  const values = { ownerId: personId, label: `Box ${++count}`, security: "tls", state: "online" } as const;
  const [box] = await database.db.insert(server).values(values).returning();
  serverId = box?.id ?? 0;
  await database.sql`insert into share (group_id, server_id, name, path) values (${groupId}, ${serverId}, ${values.label}, '')`;
  await beginScans();
});

afterEach(async () => expect(await miscounted(database.db)).toEqual([]));

/** No full sweep is due: nothing else would be applied. */
async function beginScans(): Promise<void> {
  await insertScan(database.db, serverId, 60_000, now);
  await database.db.update(scan).set({ fullAt: now }).where(eq(scan.serverId, serverId));
}

type FileIs = Partial<ListedFile>;

function folder(path: string, files: Record<string, FileIs>, is: Partial<ListedFolder> = {}): ListedFolder {
  const listed = Object.entries(files).map(([name, one]): ListedFile => {
    return { name, sizeBytes: 10, modifiedAt: settled, timeWithinMs: 0, isHeld: false, ...one };
  });
  return { path, root: "", modifiedAt: settled, filesHash: null, isWhole: true, files: listed, ...is };
}
const many = (names: string, howMany: number) =>
  Object.fromEntries(Array.from({ length: howMany }, (_, i) => [`${names} ${i}.txt`, {}]));

interface Step {
  isFull?: boolean;
  /** Known folders that are not listed again. */
  still?: string[];
  /** Between the stage's end and its application. */
  before?: () => Promise<void>;
}

async function scanOf(folders: ListedFolder[], { isFull = false, still = [], before }: Step = {}) {
  const own = openDatabase(database.address, 1);
  try {
    const stage = await createStage(own);
    const known = await database.db.select().from(directory).where(eq(directory.serverId, serverId));
    for (const one of folders) await stage.add(one);
    await stage.end();
    const met = new Set([...still, ...folders.map(({ path }) => path)]);
    await stageUnmet(own, new Set(known.map(({ path }) => path)).difference(met));
    await before?.();
    const outcome = { isComplete: true, problem: undefined, folders: folders.length, held: 0, sessions: 3 };
    const [row] = await database.db.select().from(scan).where(eq(scan.serverId, serverId));
    const rest = { isFull, everyMs: 60_000, random: 0.5, now, onApplied: async () => undefined };
    return (await applyScan(own.db, { serverId, token: row?.token ?? 0, roots: [""], outcome, ...rest }))?.state;
  } finally {
    await own.close();
  }
}

const files = () => database.db.select().from(file).where(eq(file.serverId, serverId)).orderBy(file.name);
const row = async () => (await database.db.select().from(scan).where(eq(scan.serverId, serverId)))[0];
const idOf = async (text: string) => (await database.db.select().from(word).where(eq(word.word, text)))[0]?.id ?? 0;
async function wordsOf(name: string): Promise<string[]> {
  const rows = await database.sql`
    select case when n < 0 then '/' else '' end || coalesce(word.word, '?') as word
    from file, unnest(file.words) n left join word on word.id = abs(n)
    where file.server_id = ${serverId} and file.name = ${name} order by 1`;
  return rows.map((one) => one["word"]);
}

/** Resolves when so many wait for a lock. */
async function waiting(atLeast: number): Promise<void> {
  for (;;) {
    const [found] = await database.sql`
      select count(distinct l.pid)::int as count from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where not l.granted and a.datname = current_database()`;
    if (found?.["count"] >= atLeast) return;
  }
}

describe("words", () => {
  test("are numbers, negative for folders above, each once, in ascending order", async () => {
    await scanOf([folder("", {}), folder("Jazz", {}), folder("Jazz/Live 1999", { "jazz at home.mp3": {} })]);
    expect(await wordsOf("jazz at home.mp3")).toEqual(["/1999", "/live", "at", "home", "jazz", "mp", "mp3"]);
    const [one] = await files();
    expect(one?.words).toEqual([...(one?.words ?? [])].sort((a, b) => a - b));
    const [live] = await database.db.select().from(directory).where(eq(directory.path, "Jazz/Live 1999"));
    expect(live?.words).toEqual([-(await idOf("jazz")), await idOf("1999"), await idOf("live")].sort((a, b) => a - b));
    expect(live?.parentId).not.toBeNull();
  });

  test("that several scans learn at the same time are the same ones", async () => {
    const stages = await Promise.all(
      Array.from({ length: 4 }, async (_, i) => {
        const own = openDatabase(database.address, 1);
        const stage = await createStage(own);
        const names = Array.from(
          { length: 300 },
          (_, n) => `unheard${String.fromCharCode(97 + ((n + i * 7) % 26))}${n}x`,
        );
        await stage.add(folder("", Object.fromEntries(names.map((name) => [name, {}]))));
        return { own, stage };
      }),
    );
    await Promise.all(stages.map(({ stage }) => stage.end()));
    const learned = await Promise.all(
      stages.map(
        ({ own }) =>
          own.sql`select count(*)::int as count from stage_word s join word w on w.id = s.id and w.word = s.word`,
      ),
    );
    const staged = await Promise.all(stages.map(({ own }) => own.sql`select count(*)::int as count from stage_word`));
    expect(learned).toEqual(staged);
    await Promise.all(stages.map(({ own }) => own.close()));
  });

  test("that were forgotten before the scan is applied are made anew, also by somebody else with another number", async () => {
    const before = async () => {
      await database.db.delete(word).where(sql`${word.word} in ('vanished', 'returned')`);
      await database.db.insert(word).values({ word: "returned" });
    };
    await scanOf([folder("", {}), folder("Vanished", { "returned here.txt": {} })], { before });
    expect(await wordsOf("returned here.txt")).toEqual(["/vanished", "here", "returned", "txt"]);
    const [one] = await files();
    expect(one?.words).toEqual([...(one?.words ?? [])].sort((a, b) => a - b));
  });
});

test("many more files and words than are written at once", async () => {
  const folders = ["a", "b", "c"].map((name) => folder(name, many(`${name}${name}`, 4_000)));
  expect(await scanOf([folder("", {}), ...folders])).toBe("complete");
  expect(await row()).toMatchObject({ files: 12_000, bytes: 120_000 });
  expect(await wordsOf("cc 3999.txt")).toEqual(["/c", "3999", "cc", "txt"]);
});

describe("a server that is removed", () => {
  const orphans = () => database.db.select().from(file).where(sql`${file.serverId} = ${serverId}`);

  test("while its scan is applied waits for it, and leaves nothing behind", async () => {
    await scanOf([folder("", { "a.txt": {} }), folder("sub", {})]);
    const more = [folder("", { "a.txt": {} }), folder("sub", { "b.txt": {} }), folder("new", { "c.txt": {} })];
    const [scanned, removal] = await database.db.transaction(async (tx) => {
      // Holds the scan after it has begun to be applied, and before it writes.
      await takeLock(tx, "vocabulary");
      const applied = scanOf(more);
      await waiting(1);
      const removed = database.sql`delete from server where id = ${serverId}`.execute();
      await waiting(2);
      return [applied, removed];
    });
    expect(await scanned).toBe("complete");
    await removal;
    expect(await orphans()).toEqual([]);
  });

  test("before its scan is applied gets nothing any more", async () => {
    const before = async () => {
      const gone = Promise.withResolvers<void>();
      const isDeleted = Promise.withResolvers<void>();
      const removal = database.sql.begin(async (tx) => {
        await tx`delete from server where id = ${serverId}`;
        isDeleted.resolve();
        await gone.promise;
      });
      await isDeleted.promise;
      void waiting(1).then(() => gone.resolve());
      removal.catch(() => undefined);
    };
    expect(await scanOf([folder("", { "a.txt": {} })], { before })).toBeUndefined();
    expect(await orphans()).toEqual([]);
  });

  test("takes files and folders of this server alone", async () => {
    await scanOf([folder("", { "kept.txt": {} })]);
    const kept = serverId;
    const values = { ownerId: personId, label: "Other", security: "tls", state: "online" } as const;
    const [other] = await database.db.insert(server).values(values).returning();
    serverId = other?.id ?? 0;
    await beginScans();
    await database.sql`insert into share (group_id, server_id, name, path) values (${groupId}, ${serverId}, 'O', '')`;
    await scanOf([folder("", { "goes.txt": {} })]);
    expect(await files()).toHaveLength(1);
    await database.sql`delete from server where id = ${serverId}`;
    expect(await orphans()).toEqual([]);
    serverId = kept;
    expect(await files()).toHaveLength(1);
  });
});

describe("a time", () => {
  const at = (text: string | null) => (text === null ? null : new Date(text));
  const [minute, day] = [60_000, 86_400_000] as const;
  test.each<
    [string, string | null, ListedFile["timeWithinMs"], string | null, ListedFile["timeWithinMs"], string | null]
  >([
    ["the same", "2020-01-02T03:04:05Z", 0, "2020-01-02T03:04:05Z", 0, "2020-01-02T03:04:05Z"],
    ["another second", "2020-01-02T03:04:05Z", 0, "2020-01-02T03:04:06Z", 0, "2020-01-02T03:04:06Z"],
    [
      "the same minute, told coarser",
      "2020-01-02T03:04:05Z",
      0,
      "2020-01-02T03:04:00Z",
      minute,
      "2020-01-02T03:04:05Z",
    ],
    ["another minute", "2020-01-02T03:04:05Z", 0, "2020-01-02T03:05:00Z", minute, "2020-01-02T03:05:00Z"],
    ["the same day, told coarser", "2020-01-02T03:04:05Z", 0, "2020-01-02T00:00:00Z", day, "2020-01-02T03:04:05Z"],
    ["a minute's time by its day", "2020-01-02T03:04:00Z", minute, "2020-01-02T00:00:00Z", day, "2020-01-02T03:04:00Z"],
    ["told finer", "2020-01-02T03:04:00Z", minute, "2020-01-02T03:04:09Z", 0, "2020-01-02T03:04:09Z"],
    ["a day's time told finer", "2020-01-02T00:00:00Z", day, "2020-01-02T03:04:00Z", minute, "2020-01-02T03:04:00Z"],
    ["the day before", "2020-01-02T03:04:05Z", 0, "2020-01-01T00:00:00Z", day, "2020-01-01T00:00:00Z"],
    ["told at last", null, 0, "2020-01-02T03:04:05Z", 0, "2020-01-02T03:04:05Z"],
    ["told no more", "2020-01-02T03:04:05Z", 0, null, 0, null],
  ])("%s", async (_title, first, firstWithin, second, secondWithin, kept) => {
    await scanOf([folder("", { "a.txt": { modifiedAt: at(first), timeWithinMs: firstWithin } })]);
    const version = async () =>
      (await database.sql`select ctid::text from file where server_id = ${serverId}`)[0]?.["ctid"];
    const before = await version();
    await scanOf([folder("", { "a.txt": { modifiedAt: at(second), timeWithinMs: secondWithin } })]);
    expect((await files())[0]?.modifiedAt).toEqual(at(kept));
    expect((await version()) === before).toBe(kept === first);
  });

  test("told coarser does not hide that a file moved", async () => {
    await scanOf([folder("", {}), folder("old", { "a.txt": {} })]);
    const id = (await files())[0]?.id;
    const coarse = { modifiedAt: new Date("2020-01-02T03:04:00Z"), timeWithinMs: minute } as const;
    await scanOf([folder("", {}), folder("new", { "a.txt": coarse })]);
    expect((await files())[0]).toMatchObject({ id, modifiedAt: settled });
    await scanOf([folder("", {}), folder("newer", { "a.txt": { modifiedAt: new Date("2020-01-02T03:09:00Z") } })]);
    expect((await files())[0]?.id).not.toBe(id);
  });
});

describe("folders that were not listed again", () => {
  test("keep what they have, and are neither read nor written", async () => {
    await scanOf([folder("", {}), folder("a", { "1.txt": {} }), folder("b", { "2.txt": {} })], { isFull: true });
    const versions = () => database.sql`
      select 'f' as t, ctid::text, xmin::text from file where server_id = ${serverId}
      union all select 'd', ctid::text, xmin::text from directory where server_id = ${serverId} order by 1, 2`;
    const before = [...(await versions())];
    await scanOf([folder("", {})], { still: ["a", "b"] });
    expect([...(await versions())]).toEqual(before);
    expect(await row()).toMatchObject({ state: "complete", files: 2, bytes: 20 });
  });

  test("are still where a changed folder in them lies, and a new one", async () => {
    await scanOf([folder("", {}), folder("a", { "1.txt": {} }), folder("a/b", { "2.txt": {} })], { isFull: true });
    await scanOf([folder("a/b", { "3.txt": {} }), folder("a/c", {})], { still: ["", "a"] });
    const rows = await database.db.select().from(directory).where(eq(directory.serverId, serverId));
    const idAt = (path: string) => rows.find((one) => one.path === path)?.id;
    expect(rows.filter((one) => one.parentId === idAt("a")).map(({ path }) => path)).toEqual(["a/b", "a/c"]);
  });

  test("count when much is lost in the others, and only then", async () => {
    await scanOf([folder("", {}), folder("quiet", many("q", 30)), folder("busy", many("b", 20))], { isFull: true });
    await scanOf([folder("", {}), folder("busy", many("b", 2))], { still: ["quiet"] });
    expect(await row()).toMatchObject({ state: "complete", files: 32, bytes: 320 });
    await scanOf([folder("", {}), folder("quiet", many("q", 1))], { still: ["busy"] });
    expect(await row()).toMatchObject({ state: "quarantined", files: 32 });
    const [told] = await database.sql`
      select telling from outbox where server_id = ${serverId} and telling->>'kind' = 'scan.quarantined'`;
    expect(told?.["telling"]).toMatchObject({ had: 32, lost: 29 });
  });

  test("and what changed beside them add up to what there is", async () => {
    await scanOf([folder("", { "x.txt": {} }), folder("a", many("a", 4)), folder("b", many("b", 4))], { isFull: true });
    const changed = { ...many("a", 2), "new.txt": { sizeBytes: 1000 }, "a 0.txt": { sizeBytes: 11 } };
    const fresh = folder("c", { "x.txt": {}, "y.txt": { isHeld: true } });
    await scanOf([folder("", {}), folder("a", changed), fresh], { still: ["b"] });
    const bytes = (await files()).reduce((sum, one) => sum + one.sizeBytes, 0);
    expect(await row()).toMatchObject({ state: "complete", files: (await files()).length, bytes });
    expect((await files()).map((one) => one.name)).toEqual([
      "a 0.txt",
      "a 1.txt",
      "b 0.txt",
      "b 1.txt",
      "b 2.txt",
      "b 3.txt",
      "new.txt",
      "x.txt",
    ]);
  });
});

test("a folder that keeps what may be gone, as not all lines were understood, has no time that says that it is known", async () => {
  await scanOf([folder("", { "0.txt": {} }), folder("w", {}), folder("w/x", {}), folder("w/x/y", { "1.txt": {} })], {
    isFull: true,
  });
  await scanOf([folder("", { "0.txt": {} }), folder("w", {}, { isWhole: false }), folder("w/x", {})], { isFull: true });
  const rows = await database.db.select().from(directory).where(eq(directory.serverId, serverId));
  expect(rows.map(({ path }) => path).sort()).toEqual(["", "w", "w/x", "w/x/y"]);
  expect(rows.find(({ path }) => path === "w/x")?.modifiedAt).toBe(null);
});

test("wrong totals of folders, whatever left them, hide no loss, and a full sweep mends them", async () => {
  const listed = [folder("", { "1.txt": {} }), folder("a", many("2", 12)), folder("b", { "3.txt": {} })];
  await scanOf(listed);
  await database.sql`update directory set (files, bytes, newest_at) = (0, 7, null) where server_id = ${serverId}`;
  expect(await scanOf([folder("a", {})], { still: ["", "b"] })).toBe("quarantined");
  await scanOf(listed, { isFull: true });
  expect(await row()).toMatchObject({ files: 14, bytes: 140, newestAt: settled });
});

test("files of a folder that was renamed are counted where they are now", async () => {
  const moved = many("moved", 300);
  await scanOf([folder("", {}), folder("old", { ...moved, "gone.txt": {} }), folder("other", { "x.txt": {} })]);
  await scanOf([folder("", {}), folder("new", { ...moved, "added.txt": {} })], { still: ["other"] });
  const rows = await database.db.select().from(directory).where(eq(directory.serverId, serverId));
  expect(new Map(rows.map(({ path, files }) => [path, files]))).toEqual(
    new Map([
      ["", 0],
      ["new", 301],
      ["other", 1],
    ]),
  );
});

describe("the newest file of a server", () => {
  const day = (n: number): FileIs => ({ modifiedAt: new Date(Date.UTC(2021, 0, n)), timeWithinMs: 86_400_000 });
  const newest = async () => {
    const times = (await files()).map((one) => one.modifiedAt?.getTime() ?? 0);
    const { newestAt } = (await row()) ?? {};
    expect(newestAt?.getTime() ?? 0).toBe(Math.max(0, ...times));
    return newestAt?.getUTCDate();
  };
  const still = ["", "b"];
  beforeEach(async () => {
    await scanOf([folder("", {}), folder("a", { "1.txt": day(1), "2.txt": day(2) }), folder("b", { "3.txt": day(3) })]);
    expect(await newest()).toBe(3);
  });

  test.each([
    ["an older one that comes changes nothing", { "1.txt": day(1), "2.txt": day(2), "x.txt": day(1) }, 3],
    ["a newer one is it", { "1.txt": day(1), "x.txt": day(4) }, 4],
    ["one that is rewritten is it", { "1.txt": day(5), "2.txt": day(2) }, 5],
    ["one without a time is not", { "1.txt": day(1), "2.txt": day(2), "x.txt": { modifiedAt: null } }, 3],
  ])("%s", async (_, listed: Record<string, FileIs>, expected) => {
    await scanOf([folder("a", listed)], { still });
    expect(await newest()).toBe(expected);
  });

  test.each([
    ["gone", {}, 2],
    ["told to be older", { "3.txt": day(1) }, 2],
    ["told without its time", { "3.txt": { modifiedAt: null } }, 2],
  ])("is another one when it is %s", async (_, listed: Record<string, FileIs>, expected) => {
    await scanOf([folder("b", listed)], { still: ["", "a"] });
    expect(await newest()).toBe(expected);
  });

  test("is told as exactly as where it moved to", async () => {
    const exact = new Date(Date.UTC(2021, 0, 3, 4, 5, 6));
    await scanOf([folder("b", {}), folder("c", { "3.txt": { modifiedAt: exact } })], { still: ["", "a"] });
    expect(await newest()).toBe(3);
    expect((await row())?.newestAt).toEqual(exact);
  });

  test("is none when all of them are gone", async () => {
    await scanOf([folder("a", { "1.txt": day(1) }), folder("b", {})], { still: [""] });
    await scanOf([folder("a", {})], { still: ["", "b"] });
    expect(await row()).toMatchObject({ state: "quarantined" });
    await database.db.update(scan).set({ lossAcceptedAt: now }).where(eq(scan.serverId, serverId));
    await scanOf([folder("a", {})], { still: ["", "b"] });
    expect(await row()).toMatchObject({ state: "complete", files: 0, newestAt: null });
  });
});
