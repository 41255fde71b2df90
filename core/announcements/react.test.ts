// Reactions on a real database: what they bring, what is remembered of them, and what a person may see of it.
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Reaction, Room } from "#contract";
import { api as contract } from "#contract";
import type { Caller, Person } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import type { TestServer } from "../transfers/fixtures/world.ts";
import { filesBelow, privateRoom } from "../transfers/fixtures/world.ts";
import { createAnnouncementsApi } from "./api.ts";
import type { NewsWorld } from "./fixtures.ts";
import { createNewsWorld, room } from "./fixtures.ts";
import type { ReactionWish } from "./react.ts";

let news: NewsWorld;
let anna: Person;
let ben: Person;
let source: TestServer;
let ref: string;
let asked = 0;

beforeEach(async () => {
  news = await createNewsWorld();
  ({ anna, ben, source } = news);
  await news.world.shareFolder(source, news.groupId, "shared", "Music");
  await news.introduced();
  await news.scanned(await news.added(source, "shared/Album/01.flac", "shared/Album/02.flac", "shared/old/b.txt"));
  ref = await newestRef();
  await news.announcements.posted(ref, { platform: "console", roomId: "main", messageId: "m1" });
});
afterEach(() => news.close());

async function newestRef(): Promise<string> {
  const [row] = await news.sql`select max(id) as id from announcement`;
  return makeRef("a", Number(row?.["id"]));
}

const callerOf = (person: Person, at: Room): Caller => ({
  person,
  room: at,
  actor: { platform: "console", userId: person.displayName, displayName: person.displayName, language: "en" },
});

/** Through the contract, as a bot would. */
async function react(who: Person, reaction: Reaction, over: Partial<ReactionWish> = {}, at: Room = room) {
  const input = { on: { messageId: "m1" }, reaction, requestId: `request-${++asked}`, ...over };
  const wish = contract.announcements.react.input.parse(input);
  const answer = await createAnnouncementsApi(news.announcements).react(callerOf(who, at), wish);
  return contract.announcements.react.output.parse(answer);
}
const marks = async () => (await news.sql`select kind from announcement_mark order by kind`).map((row) => row["kind"]);
const unknown = { code: "catalog.unknown-ref" };

describe("pull", () => {
  test("brings the announced files, and only these, in their folders, once", async () => {
    const mine = await news.world.addServer(ben);
    news.world.engine();
    const first = await react(ben, "pull", { requestId: "request-x" });
    expect(first).toMatchObject({ announcement: ref, outcome: "pulled", stars: 0, pull: { files: 3 } });
    expect((await react(ben, "pull", { requestId: "request-x" })).pull?.ref).toBe(first.pull?.ref);
    await news.world.finished(ben, first.pull?.ref ?? "");
    expect(await filesBelow(join(mine.root, "inbox"))).toEqual(["Album/01.flac", "Album/02.flac", "old/b.txt"]);
  });

  test("of what one has shared oneself too brings what the others shared", async () => {
    const mine = await news.world.addServer(ben, { files: { "stuff/x.bin": "x" } });
    await news.world.addServer(ben);
    await news.world.shareFolder(mine, news.groupId, "stuff", "Stuff");
    await news.introduced();
    news.clock.pass(3_600_000);
    const files = await news.added(mine, "stuff/x.bin");
    await news.sql`update announcement set told_at = null`;
    await news.scanned(files, { serverId: mine.id });
    expect(await news.announcements.refsOf(ben, room, 1)).toHaveLength(2);
    expect(await news.announcements.refsOf(anna, room, 1)).toEqual([await news.world.refOf(mine, "stuff")]);
  });

  test("of the owner, of a stranger, and to an unknown message is refused", async () => {
    await news.world.addServer(ben);
    const stranger = await news.world.addPerson("Eve");
    await news.world.addServer(stranger);
    await expect(react(anna, "pull")).rejects.toMatchObject({ code: "pull.own-file" });
    await expect(react(stranger, "pull")).rejects.toMatchObject(unknown);
    await expect(react(ben, "pull", { on: { messageId: "m2" } })).rejects.toMatchObject(unknown);
    await news.sql`delete from member where person_id = ${ben.id}`;
    await expect(react(ben, "pull")).rejects.toMatchObject(unknown);
    expect(await news.sql`select * from pull`).toHaveLength(0);
  });

  test("of files that are gone, or an introduction, has nothing to do", async () => {
    await news.world.addServer(ben);
    await news.world.shareFolder(source, news.groupId, "private", "Private");
    await news.scanned([]);
    const on = { announcement: await newestRef() };
    await expect(react(ben, "pull", { on })).rejects.toMatchObject({ code: "pull.nothing-to-do" });
    await expect(react(anna, "pull", { on })).rejects.toMatchObject({ code: "pull.own-file" });
    await news.sql`delete from file`;
    await expect(react(ben, "pull")).rejects.toMatchObject({ code: "pull.nothing-to-do" });
  });

  test("found late is answered once; a live one always counts", async () => {
    await news.world.addServer(ben);
    const late = { isLate: true };
    expect(await react(ben, "pull", late)).toMatchObject({ outcome: "pulled" });
    expect(await react(ben, "pull", late)).toMatchObject({ outcome: "known", pull: null });
    expect(await news.sql`select * from pull`).toHaveLength(1);
    expect(await react(ben, "pull")).toMatchObject({ outcome: "pulled" });
    expect(await news.sql`select * from pull`).toHaveLength(2);
  });

  test("that is refused for good is answered too, one that failed for the moment is not", async () => {
    const late = { isLate: true };
    await expect(react(anna, "pull", late)).rejects.toMatchObject({ code: "pull.own-file" });
    expect(await react(anna, "pull", late)).toMatchObject({ outcome: "known" });
    // In this world a person without an inbox meets an error that nobody foresaw.
    await expect(react(ben, "pull", late)).rejects.toThrow("no inbox");
    await news.world.addServer(ben);
    expect(await react(ben, "pull", late)).toMatchObject({ outcome: "pulled" });
    const stranger = await news.world.addPerson("Eve");
    await expect(react(stranger, "pull", late)).rejects.toMatchObject(unknown);
    expect(await react(stranger, "pull", late)).toMatchObject({ outcome: "known", stars: 0 });
  });

  test("of a guessed reference leaves no trace that would tell that it exists", async () => {
    const stranger = await news.world.addPerson("Eve");
    for (const on of [{ announcement: ref }, { announcement: "a999" }]) {
      for (let i = 0; i < 2; i++) {
        await expect(react(stranger, "pull", { on, isLate: true }, privateRoom)).rejects.toMatchObject(unknown);
      }
    }
    expect(await marks()).toEqual([]);
  });

  test("taken back changes nothing", async () => {
    expect(await react(ben, "pull", { isOn: false })).toMatchObject({ outcome: "known" });
    expect(await marks()).toEqual([]);
  });
});

describe("keep and rate", () => {
  test("are each once, and can be taken back", async () => {
    expect(await react(ben, "rate")).toMatchObject({ outcome: "rated", stars: 1, pull: null });
    expect(await react(ben, "rate")).toMatchObject({ outcome: "rated", stars: 1 });
    expect(await react(anna, "rate", { on: { announcement: ref } })).toMatchObject({ stars: 2 });
    expect(await react(ben, "rate", { isLate: true })).toMatchObject({ outcome: "known", stars: 2 });
    expect(await react(ben, "keep")).toMatchObject({ outcome: "kept", stars: 2 });
    expect(await marks()).toEqual(["keep", "rate", "rate"]);
    expect(await react(ben, "rate", { isOn: false })).toMatchObject({ outcome: "unrated", stars: 1 });
    expect(await react(ben, "keep", { isOn: false })).toMatchObject({ outcome: "unkept" });
    expect(await react(ben, "keep", { isOn: false })).toMatchObject({ outcome: "unkept" });
  });

  test("are nothing for a stranger", async () => {
    const stranger = await news.world.addPerson("Eve");
    await expect(react(stranger, "rate")).rejects.toMatchObject(unknown);
    await expect(react(stranger, "keep", { on: { announcement: ref } }, privateRoom)).rejects.toMatchObject(unknown);
    expect(await marks()).toEqual([]);
  });

  test("what is kept is listed newest first, as far as it may still be seen", async () => {
    const kept = (who: Person, at: Room = privateRoom) => news.announcements.kept(who, at);
    news.clock.pass(3_600_000);
    await news.scanned(await news.added(source, "shared/old/a.txt"));
    const second = await newestRef();
    await react(ben, "keep");
    await react(ben, "keep", { on: { announcement: second } });
    await react(anna, "rate");
    const { announcements } = contract.announcements.kept.output.parse(await kept(ben));
    expect(announcements).toMatchObject([
      { ref: second, owners: ["Anna"], files: 1, bytes: 1, stars: 0 },
      { ref, files: 3, bytes: 9, stars: 1 },
    ]);
    expect((await kept(anna)).announcements).toEqual([]);
    expect((await kept(ben, room)).announcements).toHaveLength(2);
    const elsewhere = await news.world.addGroup(ben);
    await news.bindRoom(elsewhere, "other");
    expect((await kept(ben, { ...room, roomId: "other" })).announcements).toEqual([]);
    await news.sql`delete from file where name = 'a.txt'`;
    expect((await kept(ben)).announcements.map((one) => one.ref)).toEqual([ref]);
    await news.sql`delete from member where person_id = ${ben.id} and group_id = ${news.groupId}`;
    expect((await kept(ben)).announcements).toEqual([]);
  });
});

describe("messages", () => {
  test("count in the rooms of the group only", async () => {
    const elsewhere = { platform: "console", roomId: "other", messageId: "m1" };
    await expect(news.announcements.posted(ref, elsewhere)).rejects.toMatchObject(unknown);
    await expect(news.announcements.posted("f1", elsewhere)).rejects.toMatchObject(unknown);
    // Told again under the same message it stays one.
    await news.announcements.posted(ref, { platform: "console", roomId: "main", messageId: "m1" });
    expect(await news.sql`select * from announcement_message`).toHaveLength(1);
  });

  test("of a thread are found from the room it is part of, and the thread's group counts", async () => {
    const inner = await news.world.addGroup(anna, ben);
    await news.bindRoom(inner, "main:7", { parentId: "main" });
    await news.world.shareFolder(source, inner, "private", "Private");
    await news.introduced();
    await news.scanned(await news.added(source, "private/diary.txt"));
    const hidden = await newestRef();
    await news.announcements.posted(hidden, { platform: "console", roomId: "main:7", messageId: "m7" });
    expect(await react(ben, "rate", { on: { messageId: "m7" } })).toMatchObject({ announcement: hidden, stars: 1 });
    await news.sql`delete from member where person_id = ${ben.id} and group_id = ${inner}`;
    await expect(react(ben, "rate", { on: { messageId: "m7" } })).rejects.toMatchObject(unknown);
    // A message of the room itself comes before one of a thread.
    await news.announcements.posted(hidden, { platform: "console", roomId: "main:7", messageId: "m1" });
    expect((await react(ben, "rate")).announcement).toBe(ref);
    await expect(react(ben, "rate", {}, { ...room, platform: "telegram" })).rejects.toMatchObject(unknown);
  });

  test("the newest are told to the bot of their platform, the old ones not", async () => {
    const recent = () => createAnnouncementsApi(news.announcements).recent({ platform: "console" }, {});
    expect(await recent()).toEqual({ messages: [{ roomId: "main", messageId: "m1" }] });
    expect(await createAnnouncementsApi(news.announcements).recent({ platform: "discord" }, {})).toEqual({
      messages: [],
    });
    for (let i = 0; i < 120; i++) {
      await news.announcements.posted(ref, { platform: "console", roomId: "main", messageId: `n${i}` });
    }
    expect((await recent()).messages).toHaveLength(100);
    news.clock.pass(8 * 86_400_000);
    expect(await recent()).toEqual({ messages: [] });
  });

  test("are forgotten when their room gets another id and numbers its messages anew; the last lists move", async () => {
    await news.bindRoom(news.groupId, "main:7", { parentId: "main" });
    await news.bindRoom(news.groupId, "mainland");
    const places = ["main:7", "mainland"].map((roomId) => ({ platform: "console", roomId, messageId: "m2" }));
    for (const place of places) await news.announcements.posted(ref, place);
    await news.announcements.show(ben, room, { announcement: ref });
    const move = () => news.db.transaction((tx) => news.announcements.moveRoom(tx, "console", "main", "-100:x"));
    for (let i = 0; i < 2; i++) await move();
    const rooms = await news.sql`select room_id from announcement_message order by room_id collate "C"`;
    expect(rooms.map((row) => row["room_id"])).toEqual(["mainland"]);
    expect((await news.sql`select room_id from last_list`).map((row) => row["room_id"])).toEqual(["-100:x"]);
  });
});

describe("show", () => {
  const show = async (who: Person, cursor?: string, at: Room = room) =>
    contract.announcements.show.output.parse(
      await news.announcements.show(who, at, { announcement: ref, ...(cursor === undefined ? {} : { cursor }) }),
    );

  test("lists the files, which can be pulled by number", async () => {
    await news.world.addServer(ben, { files: { "inbox/02.flac": "two!" } });
    await react(ben, "keep");
    const shown = await show(ben);
    expect(shown).toMatchObject({ total: 3, stars: 0, isKept: true, next: null, previous: null, isCapped: false });
    expect((await show(anna)).isKept).toBe(false);
    expect(shown.items.map((item) => [item.number, item.path, item.name, item.isYours])).toEqual([
      [1, "Album", "01.flac", false],
      [2, "Album", "02.flac", true],
      [3, "old", "b.txt", false],
    ]);
    const wish = { what: ["3"], requestId: "request-9" };
    expect(await news.world.transfers.pull(ben, room, wish)).toMatchObject({ title: "b.txt", files: 1 });
  });

  test("goes on in pages, with the numbers, forth and back", async () => {
    await news.sql`update announcement set told_at = null`;
    const files = [];
    for (let i = 0; i < 22; i++) files.push(await news.made(source, `shared/many/${String(i).padStart(2, "0")}.txt`));
    await news.scanned(files);
    const first = await show(ben);
    expect(first).toMatchObject({ total: 25, previous: null });
    const second = await show(ben, first.next ?? "none");
    const third = await show(ben, second.next ?? "none");
    expect(third.items.map((item) => item.number)).toEqual([21, 22, 23, 24, 25]);
    expect(await show(ben, third.previous ?? "none")).toEqual(second);
    expect(await show(ben, second.previous ?? "none")).toEqual(first);
    await show(ben, second.next ?? "none");
    const picked = await news.world.catalog.resolve(ben, room, ["2", "25"]);
    expect(picked.map((one) => one.title)).toEqual([first.items[1]?.name, third.items[4]?.name]);
    await expect(show(ben, "forged")).rejects.toMatchObject({ code: "request.invalid" });
  });

  test("is nothing for strangers and in rooms of other groups, and empty when all was unshared", async () => {
    const stranger = await news.world.addPerson("Eve");
    await expect(show(stranger)).rejects.toMatchObject(unknown);
    await expect(show(stranger, undefined, privateRoom)).rejects.toMatchObject(unknown);
    await news.bindRoom(await news.world.addGroup(ben), "other");
    await expect(show(ben, undefined, { ...room, roomId: "other" })).rejects.toMatchObject(unknown);
    expect(await show(ben, undefined, privateRoom)).toMatchObject({ total: 3 });
    await news.sql`delete from share`;
    expect(await show(ben)).toMatchObject({ total: 0, items: [] });
  });
});
