// Announcements on a real database: what is told after scans, when, and what is not told any more.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Telling } from "#contract";
import type { TestServer } from "../transfers/fixtures/world.ts";
import type { NewsWorld } from "./fixtures.ts";
import { createNewsWorld } from "./fixtures.ts";
import { createTimer } from "./timer.ts";

let news: NewsWorld;
let source: TestServer;
beforeEach(async () => {
  news = await createNewsWorld();
  source = news.source;
});
afterEach(() => news.close());

const album = ["shared/Album/01.flac", "shared/Album/02.flac"];
const share = (path: string, name?: string, groupId = news.groupId) =>
  news.world.shareFolder(source, groupId, path, name);
const setNews = (level: string) => news.sql`update share_group set news = ${level}`;
const setQuiet = (quiet: { from: string; to: string; zone: string } | null) =>
  news.sql`update share_group set quiet = ${quiet && JSON.stringify(quiet)}::jsonb`;
const waiting = () => news.sql`select * from announcement where told_at is null`;
const blocked = () => news.sql`
  select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
const digest = (telling: Telling | undefined) => (telling?.kind === "files.added" ? telling : undefined);

/** Quiet for the next hour. */
function quietNow() {
  const clockTime = (at: Date) => at.toISOString().slice(11, 16);
  const now = news.clock.now();
  return { from: clockTime(now), to: clockTime(new Date(now.getTime() + 3_600_000)), zone: "UTC" };
}

describe("a share", () => {
  test("is introduced once, by a whole scan, with everything below it", async () => {
    await share("shared", "Music");
    await news.scanned(await news.added(source, ...album), { complete: false, first: true });
    expect(await news.tellings()).toEqual([]);
    await news.scanned([], { first: true });
    await news.scanned([]);
    const told = { owner: "Anna", share: "Music", files: 4, bytes: 10, folders: 2 };
    expect(await news.tellings()).toEqual([
      { kind: "share.indexed", announcement: expect.stringMatching(/^a/), ...told },
    ]);
  });

  test("that is empty is introduced without a word", async () => {
    await share("nothing");
    await news.scanned([]);
    expect(await news.tellings()).toEqual([]);
    expect(await news.sql`select * from share where introduced_at is null`).toHaveLength(0);
  });

  test("waits with its introduction for the end of the quiet hours, and makes none where no news are wanted", async () => {
    await setQuiet(quietNow());
    await share("shared", "Music");
    await news.scanned([]);
    expect(await news.tellings()).toEqual([]);
    news.clock.pass(3_700_000);
    await news.announcements.release({ all: false });
    expect(await news.tellings()).toMatchObject([{ kind: "share.indexed", share: "Music" }]);
    await setNews("off");
    await share("private", "Other");
    await news.scanned([]);
    await setNews("full");
    expect(await news.tellings()).toHaveLength(1);
    expect(await waiting()).toHaveLength(0);
  });
});

describe("new files", () => {
  test("are told by folder, with names inside the share only, in the language of the room", async () => {
    await share("shared", "Music");
    await news.introduced();
    await news.sql`update room set language = 'fr'`;
    await news.scanned(await news.added(source, ...album, "shared/old/b.txt", "private/diary.txt"));
    const [event] = await news.events();
    expect(event?.rooms).toEqual([{ platform: "console", roomId: "main", language: "fr" }]);
    expect(event?.telling).toEqual({
      kind: "files.added",
      announcement: expect.stringMatching(/^a/),
      level: "full",
      owners: ["Anna"],
      files: 3,
      bytes: 9,
      folders: [
        expect.objectContaining({ owner: "Anna", share: "Music", name: "Album", path: "", files: 2, bytes: 7 }),
        expect.objectContaining({ name: "old", path: "", files: 1, bytes: 2, examples: ["b.txt"] }),
      ],
      more: 0,
    });
    expect(JSON.stringify(event)).not.toContain("shared");
    expect(event?.key).toMatch(/^announcement\/\d+$/);
  });

  test("of all shares of a server are one digest for each group, through the narrowest share", async () => {
    const otherGroup = await news.world.addGroup(news.anna);
    await news.bindRoom(otherGroup, "other");
    await share("shared", "All");
    await share("shared/Album", "Album");
    await share("private", "Private");
    await share("shared", "Theirs", otherGroup);
    await news.introduced();
    await news.scanned(await news.added(source, ...album, "shared/old/a.txt", "private/diary.txt"));
    const told = await news.events();
    expect(told.map((event) => event.rooms[0]?.roomId).sort()).toEqual(["main", "other"]);
    const shares = told.map((event) => [
      event.rooms[0]?.roomId,
      digest(event.telling)?.folders.map((one) => one.share),
    ]);
    expect(Object.fromEntries(shares)).toEqual({ main: ["Album", "Private", "All"], other: ["Theirs", "Theirs"] });
  });

  test("in many folders are told as five, and how many files more", async () => {
    await share("", "All");
    await news.introduced();
    const files = [];
    for (let i = 0; i < 7; i++) {
      files.push(await news.made(source, `f${i}/a.txt`));
      if (i > 3) files.push(await news.made(source, `f${i}/b.txt`));
    }
    await news.scanned(files);
    const told = digest((await news.tellings())[0]);
    expect(told).toMatchObject({ files: 10, more: 2 });
    expect(told?.folders.map(({ name, files }) => [name, files])).toEqual([
      ["f4", 2],
      ["f5", 2],
      ["f6", 2],
      ["f0", 1],
      ["f1", 1],
    ]);
  });

  test("of a second scan soon after wait, and are told together with those of a third, of somebody else", async () => {
    const benBox = await news.world.addServer(news.ben, { files: { "stuff/x.bin": "x", "stuff/y.bin": "y" } });
    await share("shared", "Music");
    await news.world.shareFolder(benBox, news.groupId, "stuff", "Stuff");
    await news.introduced();
    await news.scanned(await news.added(source, "shared/old/a.txt"));
    expect(await news.tellings()).toHaveLength(1);
    news.clock.pass(1000);
    await news.scanned(await news.added(source, "shared/old/b.txt"));
    await news.scanned(await news.added(benBox, "stuff/x.bin", "stuff/y.bin"), { serverId: benBox.id });
    expect(await news.tellings()).toHaveLength(1);
    const next = await news.announcements.release({ all: true });
    expect(next?.getTime()).toBeLessThanOrEqual(news.clock.now().getTime() + 10_000);
    news.clock.pass(10_000);
    await news.announcements.release({ all: false });
    const told = await news.tellings();
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({
      owners: ["Ben", "Anna"],
      files: 3,
      folders: [{ owner: "Ben" }, { owner: "Anna" }],
    });
    expect(await news.announcements.release({ all: true })).toBeUndefined();
  });

  test("within quiet hours are told together at their end, or as soon as the hours are changed", async () => {
    await share("shared", "Music");
    await news.introduced();
    await setQuiet(quietNow());
    await news.scanned(await news.added(source, "shared/old/a.txt"));
    news.clock.pass(60_000);
    await news.scanned(await news.added(source, ...album));
    await news.announcements.release({ all: true });
    expect(await news.tellings()).toEqual([]);
    await setQuiet(null);
    await news.announcements.release({ all: true });
    expect(await news.tellings()).toMatchObject([{ files: 3 }]);
  });

  test("are told as much as the group wants at the moment of telling", async () => {
    await share("shared", "Music");
    await news.introduced();
    await news.scanned(await news.added(source, ...album));
    expect(digest((await news.tellings())[0])?.folders[0]?.examples).toEqual(["01.flac", "02.flac"]);
    await setNews("folders");
    expect((await news.tellings())[0]).toMatchObject({ level: "folders", folders: [{ name: "Album", examples: [] }] });
    await setNews("count");
    expect((await news.tellings())[0]).toMatchObject({ level: "count", files: 2, folders: [], more: 2 });
    await setNews("off");
    expect(await news.tellings()).toEqual([]);
  });

  test("are not told to a group that wants none, but can be listed", async () => {
    await setNews("off");
    await share("shared", "Music");
    await news.introduced();
    await news.scanned(await news.added(source, ...album));
    await setNews("full");
    expect(await news.tellings()).toEqual([]);
    expect(await news.sql`select * from announcement where files = 2`).toHaveLength(1);
  });

  test("are not told when the scan's transaction fails", async () => {
    await share("shared");
    const failing = news.db.transaction(async (tx) => {
      const applied = { serverId: source.id, at: news.clock.now(), complete: true, first: true, added: [] };
      await news.announcements.announce(tx, applied);
      throw new Error("the scan fails");
    });
    await expect(failing).rejects.toThrow("the scan fails");
    expect(await news.tellings()).toEqual([]);
  });

  test("of two scans in the same moment wait in one announcement", async () => {
    const benBox = await news.world.addServer(news.ben, { files: { "stuff/x.bin": "x" } });
    await share("shared", "Music");
    await news.world.shareFolder(benBox, news.groupId, "stuff", "Stuff");
    await news.introduced();
    await setQuiet(quietNow());
    const [one, two] = [await news.added(source, ...album), await news.added(benBox, "stuff/x.bin")];
    const applied = { at: news.clock.now(), complete: true, first: false };
    let second = Promise.resolve();
    await news.db.transaction(async (tx) => {
      await news.announcements.announce(tx, { ...applied, serverId: source.id, added: one });
      let isOver = false;
      second = news.scanned(two, { serverId: benBox.id }).finally(() => {
        isOver = true;
      });
      while (!isOver && (await blocked()).length === 0);
    });
    await second;
    expect(await waiting()).toMatchObject([{ files: 3 }]);
  });

  test("of two scans in the same moment neither get lost nor wait for each other forever", async () => {
    const other = await news.world.addGroup(news.anna, news.ben);
    await news.bindRoom(other, "other");
    const benBox = await news.world.addServer(news.ben, { files: { "stuff/x.bin": "x" } });
    for (const groupId of [news.groupId, other]) {
      await share("shared", "Music", groupId);
      await news.world.shareFolder(benBox, groupId, "stuff", "Stuff");
    }
    await news.introduced();
    const one = await news.added(source, ...album);
    const two = await news.added(benBox, "stuff/x.bin");
    for (let i = 0; i < 5; i++) {
      await Promise.all([
        news.scanned(one),
        news.scanned(two, { serverId: benBox.id }),
        news.announcements.release({ all: true }),
        news.announcements.release({ all: true }),
      ]);
      news.clock.pass(3_600_000);
    }
    await news.announcements.release({ all: false });
    const rows = await news.sql`select key from outbox`;
    expect(await waiting()).toHaveLength(0);
    expect(rows.length).toBe(new Set(rows.map((row) => row["key"])).size);
    const lost = await news.sql`
      select a.id from announcement a where not exists (select from outbox where key = 'announcement/' || a.id)`;
    expect(lost).toEqual([]);
  });
});

describe("what was not told yet", () => {
  beforeEach(async () => {
    await share("shared", "Music");
    await share("private", "Diary");
    await news.introduced();
    await news.scanned(await news.added(source, ...album, "private/diary.txt"));
    expect(await news.tellings()).toMatchObject([{ files: 3 }]);
  });

  test("is told without what was unshared meanwhile, and not at all when nothing is left", async () => {
    await news.sql`delete from share where name = 'Diary'`;
    expect(await news.tellings()).toMatchObject([{ files: 2, folders: [{ name: "Album" }] }]);
    await news.sql`delete from file where name = '01.flac'`;
    expect(await news.tellings()).toMatchObject([{ files: 1 }]);
    await news.sql`delete from share`;
    expect(await news.tellings()).toEqual([]);
  });

  test("is not told any more when its owner leaves, or an introduced share goes", async () => {
    await share("shared/old", "Old");
    await news.scanned([]);
    expect(await news.tellings()).toHaveLength(2);
    await news.sql`delete from share where name = 'Old'`;
    expect(await news.tellings()).toHaveLength(1);
    await news.db.transaction((tx) => news.groups.leaveAll(tx, news.anna.id));
    expect(await news.tellings()).toEqual([]);
  });

  test("and is in the outbox as it was kept before is told by its reference alone", async () => {
    const old = { share: "Music", owner: "Gone", files: 99, bytes: 1, folders: [], more: 0 };
    await news.sql`update outbox set telling = telling || ${JSON.stringify(old)}::jsonb`;
    expect(await news.tellings()).toMatchObject([{ owners: ["Anna"], files: 3, more: 0 }]);
  });
});

describe("the first whole scan of a server", () => {
  const indexed = { files: 12, bytes: 345 };
  const told = async () => (await news.tellings()).filter((one) => one.kind === "server.indexed");
  beforeEach(
    () => news.sql`
    insert into identity (platform, user_id, person_id) values ('console', 'anna', ${news.anna.id})`,
  );

  test("is told to its owner once, with the groups that see nothing of it yet", async () => {
    await news.world.addGroup(news.ben);
    await news.scanned([], { indexed });
    await news.scanned([], { indexed });
    expect(await told()).toEqual([
      { kind: "server.indexed", server: expect.any(String), label: expect.any(String), ...indexed, groups: ["club"] },
    ]);
    expect((await news.events())[0]).toMatchObject({ rooms: [], people: [{ userId: "anna" }] });
  });

  test("is not told when it is shared with all of them by now; to somebody in no group it is", async () => {
    await news.scanned([], { indexed });
    await share("private", "P");
    expect(await told()).toEqual([]);
    await news.sql`delete from share`;
    expect(await told()).toHaveLength(1);
    await news.sql`delete from member where person_id = ${news.anna.id}`;
    expect(await told()).toMatchObject([{ kind: "server.indexed", groups: [] }]);
  });
});

test("the timer tells what waits by itself, once, however many cores there are", async () => {
  await share("shared", "Music");
  await news.introduced();
  await setQuiet(quietNow());
  await news.scanned(await news.added(source, ...album));
  news.clock.pass(3_700_000);
  const { clock, announcements, world } = news;
  const log = { warn: (about: unknown) => expect(about).toBeUndefined() } as never;
  const timers = [1, 2, 3].map(() =>
    createTimer({ clock, log, signals: world.signals, release: announcements.release }),
  );
  for (const timer of timers) timer.start();
  await world.until(async () => (await waiting()).length === 0);
  await Promise.all(timers.map((timer) => timer.stop()));
  expect(await news.sql`select key from outbox`).toHaveLength(1);
  expect(await news.tellings()).toMatchObject([{ files: 2 }]);
});
