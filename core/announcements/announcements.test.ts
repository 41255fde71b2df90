// Announcements on a real database: what is told after scans, and what a reaction brings.
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Platform, Room } from "#contract";
import { tellingSchema } from "#contract";
import type { AddedFile, Applied } from "../catalog/index.ts";
import { createGroups } from "../groups/index.ts";
import type { Caller, Person } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import type { TestServer, World } from "../transfers/fixtures/world.ts";
import { createWorld, filesBelow } from "../transfers/fixtures/world.ts";
import type { Announcements } from "./announcements.ts";
import { createAnnouncements } from "./announcements.ts";
import { createAnnouncementsApi } from "./api.ts";

let world: World;
let announcements: Announcements;
let anna: Person;
let ben: Person;
let groupId: number;
let source: TestServer;
const room: Room = { platform: "console", roomId: "main", kind: "group", title: "", isAdmin: false };
const at = new Date("2024-05-01T10:00:00Z");

beforeEach(async () => {
  world = await createWorld();
  anna = await world.addPerson("Anna");
  ben = await world.addPerson("Ben");
  groupId = await world.addGroup(anna, ben);
  await world.sql`insert into room (platform, room_id, group_id, title) values ('console', 'main', ${groupId}, 'x')`;
  const files = {
    "shared/Album/01.flac": "one",
    "shared/Album/02.flac": "two!",
    "shared/old/a.txt": "a",
    "shared/old/b.txt": "bb",
    "private/diary.txt": "secret",
  };
  source = await world.addServer(anna, { files });
  announcements = createAnnouncements(world);
  world.late.announced = announcements.refsOf;
});
afterEach(() => world.close());

/** A bot that speaks for itself. */
function callerOn(platform: Platform): Caller {
  const actor = { platform, userId: "fonshare", displayName: "FonShare", language: "en" as const };
  return { person: ben, actor, room: { ...room, platform } };
}

/** What a scan would say of these files, which the catalog has. */
async function added(...paths: string[]): Promise<AddedFile[]> {
  const rows = await world.sql`
    select f.id, f.name, f.size_bytes, d.id as directory_id, d.path from file f join directory d on d.id = f.directory_id
    where f.server_id = ${source.id}`;
  return rows
    .filter((row) => paths.includes(`${row["path"]}/${row["name"]}`))
    .map((row) => ({
      fileId: Number(row["id"]),
      directoryId: Number(row["directory_id"]),
      directoryPath: String(row["path"]),
      name: String(row["name"]),
      sizeBytes: Number(row["size_bytes"]),
    }));
}

async function scanned(files: AddedFile[], more: Partial<Applied> = {}) {
  const applied: Applied = { serverId: source.id, at, complete: true, first: false, added: files, ...more };
  await world.db.transaction((tx) => announcements.announce(tx, applied));
}

async function tellings() {
  const rows = await world.sql`select telling, group_id, server_id from outbox order by id`;
  return rows.map((row) => tellingSchema.parse(row["telling"]));
}

const introduced = () => world.sql`update share set introduced_at = now()`;
const album = ["shared/Album/01.flac", "shared/Album/02.flac"];

describe("after a scan", () => {
  test("a share is introduced once, by a whole scan, with everything below it", async () => {
    await world.shareFolder(source, groupId, "shared", "Music");
    await scanned(await added(...album), { complete: false, first: true });
    expect(await tellings()).toEqual([]);
    await scanned([], { first: true });
    await scanned([]);
    const told = { owner: "Anna", share: "Music", files: 4, bytes: 10, folders: 3 };
    expect(await tellings()).toEqual([{ kind: "share.indexed", announcement: expect.stringMatching(/^a/), ...told }]);
  });

  test("an empty share is introduced without a word, its first files are then told", async () => {
    await world.shareFolder(source, groupId, "nothing");
    await scanned([]);
    expect(await tellings()).toEqual([]);
    expect(await world.sql`select * from share where introduced_at is null`).toHaveLength(0);
  });

  test("new files are told by folder, with names inside the share only", async () => {
    await world.shareFolder(source, groupId, "shared", "Music");
    await introduced();
    await scanned(await added(...album, "shared/old/b.txt", "private/diary.txt"));
    const [telling] = await tellings();
    expect(telling).toMatchObject({ kind: "files.added", owner: "Anna", share: "Music", files: 3, bytes: 9, more: 0 });
    expect(telling).toMatchObject({
      folders: [
        { name: "Album", path: "", files: 2, bytes: 7, examples: ["01.flac", "02.flac"] },
        { name: "old", path: "", files: 1, bytes: 2, examples: ["b.txt"] },
      ],
    });
    expect(JSON.stringify(telling)).not.toContain("shared");
  });

  test("a group hears of a file once, through the narrowest of its shares; another group through its own", async () => {
    const otherGroup = await world.addGroup(anna);
    await world.shareFolder(source, groupId, "shared", "All");
    await world.shareFolder(source, groupId, "shared/Album", "Album");
    await world.shareFolder(source, otherGroup, "shared", "Theirs");
    await introduced();
    await scanned(await added(...album));
    expect((await tellings()).map((one) => "share" in one && one.share).sort()).toEqual(["Album", "Theirs"]);
  });

  test("many folders are told as five and how many more", async () => {
    await world.shareFolder(source, groupId, "", "All");
    await introduced();
    const [one] = await added("shared/old/a.txt");
    const folders = await world.sql`select id, path from directory`;
    const files = folders.map((row) => ({
      ...(one as AddedFile),
      directoryId: Number(row["id"]),
      directoryPath: String(row["path"]),
    }));
    expect(files.length).toBe(6);
    await scanned(files);
    const [telling] = await tellings();
    expect(telling).toMatchObject({ more: 1, folders: { length: 5 } });
  });

  test("what was not told yet is not told any more when its owner leaves", async () => {
    await world.shareFolder(source, groupId, "shared", "Music");
    await introduced();
    await scanned(await added(...album));
    expect(await world.sql`select key from outbox`).toHaveLength(1);
    await world.db.transaction((tx) => createGroups({ db: world.db }).leaveAll(tx, anna.id));
    expect(await world.sql`select key from outbox`).toHaveLength(0);
  });

  test("nothing is told when the scan's transaction fails", async () => {
    await world.shareFolder(source, groupId, "shared");
    const applied: Applied = { serverId: source.id, at, complete: true, first: true, added: [] };
    const failing = world.db.transaction(async (tx) => {
      await announcements.announce(tx, applied);
      throw new Error("the scan fails");
    });
    await expect(failing).rejects.toThrow("the scan fails");
    expect(await tellings()).toEqual([]);
  });
});

describe("a reaction", () => {
  let ref: string;
  const react = (who: Person, requestId = "request-1", messageId = "m1") =>
    announcements.pullByReaction(who, room, { messageId, requestId });

  beforeEach(async () => {
    await world.shareFolder(source, groupId, "shared", "Music");
    await introduced();
    await scanned(await added(...album, "shared/old/b.txt"));
    const [row] = await world.sql`select id from announcement`;
    ref = makeRef("a", Number(row?.["id"]));
    await announcements.posted(ref, { platform: "console", roomId: "main", messageId: "m1" });
  });

  test("brings the announced files, and only these, in their folders, once", async () => {
    const mine = await world.addServer(ben);
    world.engine();
    const asked = await react(ben);
    expect(await react(ben)).toMatchObject({ ref: asked.ref, files: 3 });
    expect(await world.finished(ben, asked.ref)).toMatchObject({ state: "done", filesDone: 3 });
    expect(await filesBelow(join(mine.root, "inbox"))).toEqual(["Album/01.flac", "Album/02.flac", "old/b.txt"]);
  });

  test("of the owner, of a stranger, to an unknown message and after unsharing is refused", async () => {
    await world.addServer(ben);
    const stranger = await world.addPerson("Eve");
    await world.addServer(stranger);
    await expect(react(anna)).rejects.toMatchObject({ code: "pull.own-file" });
    await expect(react(stranger)).rejects.toMatchObject({ code: "catalog.unknown-ref" });
    await expect(react(ben, "request-2", "m2")).rejects.toMatchObject({ code: "catalog.unknown-ref" });
    await world.sql`delete from member where person_id = ${ben.id}`;
    await expect(react(ben, "request-3")).rejects.toMatchObject({ code: "catalog.unknown-ref" });
    expect(await world.sql`select * from pull`).toHaveLength(0);
  });

  test("after the files went from the catalog has nothing to do", async () => {
    await world.addServer(ben);
    await world.sql`delete from file`;
    await expect(react(ben)).rejects.toMatchObject({ code: "pull.nothing-to-do" });
  });

  test("a message counts in the rooms of the group only", async () => {
    const elsewhere = { platform: "console", roomId: "other", messageId: "m1" };
    await expect(announcements.posted(ref, elsewhere)).rejects.toMatchObject({ code: "catalog.unknown-ref" });
    await expect(announcements.posted("f1", elsewhere)).rejects.toMatchObject({ code: "catalog.unknown-ref" });
    // Told again under the same message it stays one.
    await announcements.posted(ref, { platform: "console", roomId: "main", messageId: "m1" });
    expect(await world.sql`select * from announcement_message`).toHaveLength(1);
  });

  test("is taken by a bot for its own platform only", async () => {
    const caller = callerOn("telegram");
    const message = { announcement: ref, room: { platform: "console" as const, roomId: "main" }, messageId: "m9" };
    await expect(createAnnouncementsApi(announcements).posted(caller, message)).rejects.toMatchObject({
      code: "request.invalid",
    });
    expect(await world.sql`select * from announcement_message where message_id = 'm9'`).toHaveLength(0);
  });

  test("its files can be listed and pulled by number", async () => {
    const mine = await world.addServer(ben, { files: { "inbox/02.flac": "two!" } });
    const shown = await announcements.show(ben, room, ref);
    expect(shown).toMatchObject({ total: 3, createdAt: at.toISOString() });
    expect(shown.items.map((item) => [item.number, item.path, item.name, item.isYours])).toEqual([
      [1, "Album", "01.flac", false],
      [2, "Album", "02.flac", true],
      [3, "old", "b.txt", false],
    ]);
    const wish = { what: ["3"], requestId: "request-9" };
    expect(await world.transfers.pull(ben, room, wish)).toMatchObject({ title: "b.txt", files: 1 });
    expect(mine.id).toBeGreaterThan(0);
    const stranger = await world.addPerson("Eve");
    await expect(announcements.show(stranger, room, ref)).rejects.toMatchObject({ code: "catalog.unknown-ref" });
  });
});
