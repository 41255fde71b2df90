// What bots keep, through the API's handlers on a real database.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Context, KeptButton, Platform } from "#contract";
import { createTestDatabase } from "../../test/database.ts";
import { actorNamed, createMovableClock, groupRoom } from "../people/fixtures.ts";
import type { Handlers } from "../platform/handler.ts";
import { button, message } from "../schema/index.ts";
import { createMessages, createMessagesApi } from "./index.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let api: Handlers<typeof import("#contract").api.messages>;
const messages = createMessages();
const clock = createMovableClock();
const telegram = { platform: "telegram" } as const;
const discord = { platform: "discord" } as const;

beforeAll(async () => {
  database = await createTestDatabase();
  api = createMessagesApi({ db: database.db, clock });
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.delete(button);
  await database.db.delete(message);
});

const ownId = "button-of-anna-1";
const anyId = "button-of-anybody";
const own = (over: Partial<KeptButton> = {}): KeptButton => ({
  id: ownId,
  command: "/pull f3k9",
  room: { roomId: "-100", kind: "group", title: "Club" },
  userId: "anna",
  ...over,
});
const contextOf = (platform: Platform, userId: string, over: Partial<Context["room"]> = {}): Context => ({
  actor: actorNamed("Anna", { platform, userId }),
  room: groupRoom("-100", { platform, ...over }),
});
const follow = (context: Context) => ({ command: "/transfers p1", context });
const chatsOf = async (key: string) => (await api.find(telegram, { key })).messages;
const inTx = <T>(run: (tx: Parameters<typeof messages.moveRoom>[0]) => Promise<T>) => database.db.transaction(run);

describe("buttons", () => {
  test("stand for their command, for the person they are for or for everybody", async () => {
    expect(await api.keepButtons(telegram, { buttons: [own(), own({ id: anyId, userId: null })] })).toEqual({
      done: true,
    });
    const pressed = { command: "/pull f3k9", room: own().room };
    expect(await api.press(telegram, { id: ownId, userId: "anna" })).toEqual(pressed);
    expect(await api.press(telegram, { id: anyId, userId: "ben" })).toEqual(pressed);
  });

  test("somebody else's, a forged one and one of another platform are refused", async () => {
    await api.keepButtons(telegram, { buttons: [own()] });
    await expect(api.press(telegram, { id: ownId, userId: "ben" })).rejects.toMatchObject({ code: "button.not-yours" });
    await expect(api.press(telegram, { id: "x", userId: "anna" })).rejects.toMatchObject({ code: "button.gone" });
    await expect(api.press(discord, { id: ownId, userId: "anna" })).rejects.toMatchObject({ code: "button.gone" });
  });

  test("kept again are the same, and fresh", async () => {
    await api.keepButtons(telegram, { buttons: [own()] });
    const [before] = await database.db.select().from(button);
    clock.pass(1000);
    await api.keepButtons(telegram, { buttons: [own(), own({ command: "/leave", userId: "ben" })] });
    const rows = await database.db.select().from(button);
    expect(rows).toMatchObject([{ command: "/pull f3k9", userId: "anna" }]);
    expect(rows[0]?.keptAt.getTime()).toBeGreaterThan(before?.keptAt.getTime() ?? Number.NaN);
    await api.keepButtons(telegram, { buttons: [] });
  });

  test("the same many kept from both ends in the same moment do not block each other", async () => {
    const buttons = Array.from({ length: 60 }, (_, n) => own({ id: `button-of-many-${n}` }));
    const calls = Array.from({ length: 20 }, (_, n) => (n % 2 ? buttons : buttons.toReversed()));
    await Promise.all(calls.map((half) => api.keepButtons(telegram, { buttons: half })));
    expect(await database.db.select().from(button)).toHaveLength(60);
  });
});

describe("messages", () => {
  test("are found by what they show, in each chat, until they are forgotten", async () => {
    const told = { key: "pull/p1", messageId: "1", follow: null };
    await api.remember(telegram, { ...told, chatId: "-100" });
    await api.remember(telegram, { ...told, chatId: "-200" });
    await api.remember(telegram, { ...told, chatId: "-200", messageId: "2" });
    await api.remember(discord, { ...told, chatId: "-300" });
    expect(await chatsOf("pull/p1")).toEqual([
      { chatId: "-100", messageId: "1", context: null },
      { chatId: "-200", messageId: "2", context: null },
    ]);
    await api.forget(telegram, { key: "pull/p1", chatId: "-100" });
    expect(await chatsOf("pull/p1")).toEqual([{ chatId: "-200", messageId: "2", context: null }]);
    expect(await chatsOf("pull/p2")).toEqual([]);
  });

  test("are followed until they are final", async () => {
    const context = contextOf("telegram", "anna");
    const told = { key: "pull/p1", chatId: "-100", messageId: "1" };
    await api.remember(telegram, { ...told, follow: follow(context) });
    expect((await api.followed(telegram, {})).messages).toEqual([{ ...told, command: "/transfers p1", context }]);
    expect((await api.followed(discord, {})).messages).toEqual([]);
    await api.remember(telegram, { ...told, follow: null });
    expect((await api.followed(telegram, {})).messages).toEqual([]);
    expect(await chatsOf("pull/p1")).toHaveLength(1);
  });

  test("say who asked and where, also when nothing keeps them current", async () => {
    const context = contextOf("telegram", "anna");
    const told = { key: "asked/p1", chatId: "-100", messageId: "-" };
    await api.remember(telegram, { ...told, follow: { command: null, context } });
    expect((await api.followed(telegram, {})).messages).toEqual([]);
    expect(await chatsOf("asked/p1")).toEqual([{ chatId: "-100", messageId: "-", context }]);
  });

  test("a bot follows for people of its own platform only", async () => {
    const told = { key: "pull/p1", chatId: "-100", messageId: "1" };
    const foreign = api.remember(telegram, { ...told, follow: follow(contextOf("discord", "anna")) });
    await expect(foreign).rejects.toMatchObject({ code: "request.invalid" });
    expect(await chatsOf("pull/p1")).toEqual([]);
  });
});

test("of somebody who goes nothing stays, of others everything", async () => {
  await api.keepButtons(telegram, {
    buttons: [own(), own({ id: anyId, userId: null }), own({ id: "button-of-ben-0001", userId: "ben" })],
  });
  await api.keepButtons(discord, { buttons: [own()] });
  const remember = (key: string, chatId: string, userId?: string) =>
    api.remember(telegram, {
      ...{ key, chatId, messageId: "1" },
      follow: userId ? follow(contextOf("telegram", userId)) : null,
    });
  await remember("followed", "-100", "anna");
  await remember("final", "-100", "anna");
  await remember("final", "-100");
  await remember("private", "anna");
  await remember("ben's", "-100", "ben");
  await remember("room's", "-100");
  await inTx((tx) => messages.forgetIdentity(tx, "telegram", "anna"));
  const buttons = await database.db.select().from(button);
  expect(buttons.map((row) => `${row.platform} ${row.userId}`).sort()).toEqual([
    "discord anna",
    "telegram ben",
    "telegram null",
  ]);
  const left = await database.db.select().from(message);
  expect(left.map((row) => row.key).sort()).toEqual(["ben's", "room's"]);
});

test("a room that gets another id takes its topics, buttons and askings along, also when it is told twice", async () => {
  const topic = { roomId: "-100:7", kind: "group", title: "Topic", parentId: "-100" } as const;
  await api.keepButtons(telegram, { buttons: [own(), own({ id: anyId, room: topic })] });
  await api.keepButtons(discord, { buttons: [own()] });
  const other = own({ id: "button-elsewhere-1", room: { ...own().room, roomId: "-1001" } });
  await api.keepButtons(telegram, { buttons: [other] });
  const context = contextOf("telegram", "anna", { roomId: "-100:7", parentId: "-100" });
  await api.remember(telegram, { key: "a", chatId: "-100", messageId: "-", follow: follow(context) });
  await api.remember(telegram, { key: "b", chatId: "-100:7", messageId: "2", follow: null });
  await api.remember(telegram, { key: "c", chatId: "-100", messageId: "-", follow: null });
  await api.remember(telegram, { key: "c", chatId: "-200", messageId: "new", follow: null });
  for (const _ of ["once", "again"]) await inTx((tx) => messages.moveRoom(tx, "telegram", "-100", "-200"));
  const roomOf = async (id: string, at: { platform: Platform } = telegram) =>
    (await api.press(at, { id, userId: "anna" })).room;
  expect(await roomOf(ownId)).toEqual({ ...own().room, roomId: "-200" });
  expect(await roomOf(anyId)).toEqual({ ...topic, roomId: "-200:7", parentId: "-200" });
  expect(await roomOf(other.id)).toEqual(other.room);
  expect(await roomOf(ownId, discord)).toEqual(own().room);
  expect((await api.followed(telegram, {})).messages).toMatchObject([
    { chatId: "-200", context: { room: { ...context.room, roomId: "-200:7", parentId: "-200" } } },
  ]);
  // A room that got another id numbers its messages anew.
  expect(await chatsOf("b")).toEqual([]);
  expect(await chatsOf("c")).toMatchObject([{ chatId: "-200", messageId: "new" }]);
});
