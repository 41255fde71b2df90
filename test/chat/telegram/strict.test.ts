// What the stand-in refuses, asked through telegraf's own client, so that each refusal arrives as a bot would see it.
import type { Telegram } from "telegraf";
import { TelegramError } from "telegraf";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ChatPerson, ChatRoom } from "../driver.ts";
import { connect, found, previewsOff } from "./bot-fixture.ts";
import type { TelegramDriver, TelegramPerson } from "./driver.ts";
import { createTelegramDriver } from "./driver.ts";

let driver: TelegramDriver;
let api: Telegram;
let anna: TelegramPerson;
let ben: TelegramPerson;
let room: ChatRoom;

beforeEach(async () => {
  driver = await createTelegramDriver();
  driver.setLimits("off");
  api = connect(driver).telegram;
  anna = driver.addPerson("Anna", "fr");
  ben = driver.addPerson("Ben");
  room = driver.addRoom("Club", [anna, ben]);
});
afterEach(() => driver.close());

const html = { parse_mode: "HTML" as const, ...previewsOff };
const send = (text: string, extra: object = previewsOff) => api.sendMessage(room.id, text, extra);
const keyboard = (...rows: object[][]) => ({ ...previewsOff, reply_markup: { inline_keyboard: rows } });
const last = () => found(driver.seenBy(anna, room).at(-1));

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TelegramError)) throw new Error(`was not refused: ${error}`);
  return `${error.code} ${error.description}`;
}

describe("text", () => {
  test("is 1 to 4096 UTF-16 units after markup is resolved", async () => {
    expect(await refusal(send(""))).toBe("400 Bad Request: message text is empty");
    expect(await refusal(send("<b> </b>", html))).toBe("400 Bad Request: text must be non-empty");
    expect(await refusal(send(`${"😀".repeat(2048)}x`))).toBe("400 Bad Request: message is too long");
    await send(`<b>${"&lt;".repeat(4096)}</b>`, html);
    expect(last().text).toBe("<".repeat(4096));
  });

  test.each([
    [
      "&#57311;",
      "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
    ],
    ["🏟 🏟&lt;<abacaba", "Unclosed start tag at byte offset 13"],
    ["🏟 🏟&lt;<abac>", 'Unsupported start tag "abac" at byte offset 13'],
    ["a < b", 'Unsupported start tag "" at byte offset 2'],
    ["one<br/>two", 'Unsupported start tag "br/" at byte offset 3'],
    ["🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'],
    ["🏟 🏟&lt;<i    aba>", 'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13'],
    ["🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'],
    ["🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"],
    ['🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"],
    ["🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"],
    ["🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"],
    ["🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"],
    ["🏟 🏟&lt;<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'],
    ["<b>film", `Can't find end tag corresponding to start tag "b"`],
    ["<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ])("in HTML %j is refused", async (text, why) => {
    expect(await refusal(send(text, html))).toBe(`400 Bad Request: can't parse entities: ${why}`);
    expect(driver.violations()).toHaveLength(1);
  });

  test.each([
    ["&lt;&gt;&amp;&quot;&laquo;&#39;&#x41;&lt", `<>&"&laquo;'A<`, []],
    [
      "🏟<i>🏟 &gt;<b a = c>&lt</b></i>",
      "🏟🏟 ><",
      [
        ["italic", 2, 5],
        ["bold", 6, 1],
      ],
    ],
    [
      "<tg-spoiler>a</tg-spoiler><blockquote expandable>b</>",
      "ab",
      [
        ["spoiler", 0, 1],
        ["blockquote", 1, 1],
      ],
    ],
    ['<pre><code class="language-ts">x</code></pre>', "x", [["pre", 0, 1]]],
    ["<code>@anna_1001 film.com</code>", "@anna_1001 film.com", [["code", 0, 19]]],
    ["<s></s>a\r\n\u202eb\u0007c", "a\nb c", []],
  ])("in HTML %j is read", async (text, plain, entities) => {
    await send(text, html);
    expect(last().text).toBe(plain);
    expect(last().entities.map(({ type, offset, length }) => [type, offset, length])).toEqual(entities);
    expect(driver.violations()).toEqual([]);
  });

  test("takes entities that lie inside of it and on whole characters", async () => {
    const bold = (offset: number, length: number) => ({ ...previewsOff, entities: [{ type: "bold", offset, length }] });
    expect(await refusal(send("abc", bold(1, 3)))).toContain("ends after the end of the text at UTF-16 offset 3");
    expect(await refusal(send("😀", bold(0, 1)))).toContain("in a middle of a UTF-16 symbol");
    await send("abc", bold(1, 2));
    expect(last().entities).toEqual([{ type: "bold", offset: 1, length: 2 }]);
  });

  test("knows no other markup and tells of previews and of links that Telegram drops", async () => {
    expect(await refusal(send("*a*", { parse_mode: "Markdown" }))).toContain("unsupported parse_mode");
    await send("see example.com", {});
    await send('<a href="http://localhost:8080/enrol">here</a>', html);
    expect(driver.violations().slice(1)).toEqual([
      'Link previews are on, so that example.com is fetched and shown: "see example.com"',
      "A link to http://localhost:8080/enrol is silently dropped by Telegram.",
    ]);
  });
});

describe("people in the text", () => {
  test("are rung by mentions, if they are there", async () => {
    const carl = driver.addPerson("Carl");
    await driver.say(carl, undefined, "/start");
    const link = (person: ChatPerson) => `<a href="tg://user?id=${person.id}">${person.name}</a>`;
    await send(`${link(anna)} ${link(carl)}`, html);
    expect(last().mentions).toEqual([anna.id]);
    await send("Ben", {
      ...previewsOff,
      entities: [{ type: "text_mention", offset: 0, length: 3, user: { id: Number(ben.id) } }],
    });
    expect(last().mentions).toEqual([ben.id]);
    expect(driver.violations()).toEqual([]);
  });

  test("are rung by a @name in plain text, which is a violation, and not by one in code", async () => {
    await send(`<code>@${anna.username}</code> a@${anna.username}.com @everyone <b>@${ben.username}</b>.mkv`, html);
    expect(last().mentions).toEqual([ben.id]);
    expect(driver.violations()).toHaveLength(1);
    expect(driver.violations()[0]).toContain(`Plain text mentions @${ben.username}`);
  });
});

describe("keyboards", () => {
  const data = (callback_data: string, text = "Go") => ({ text, callback_data });

  test.each([
    [[data("x".repeat(65))], "BUTTON_DATA_INVALID"],
    [[data("é".repeat(33))], "BUTTON_DATA_INVALID"],
    [[data("")], "BUTTON_DATA_INVALID"],
    [[data("x", " ")], 'Field "text" must be non-empty'],
    [[{ text: "Go" }], "Text buttons are unallowed in the inline keyboard"],
    [[{ text: "Go", url: "http://localhost:8080/enrol" }], "BUTTON_URL_INVALID"],
    [[{ text: "Go", url: "http://127.0.0.1/enrol" }], "BUTTON_URL_INVALID"],
    [[{ text: "Go", url: "ftp://example.com/" }], "BUTTON_URL_INVALID"],
    [Array.from({ length: 9 }, () => data("x")), "more than 8 buttons in a row"],
  ])("%j is refused", async (row, why) => {
    expect(await refusal(send("x", keyboard(row)))).toContain(why);
  });

  test("hold 100 buttons and data of 64 bytes", async () => {
    const rows = (count: number) => Array.from({ length: count }, () => [data("x".repeat(64))]);
    expect(await refusal(send("x", keyboard(...rows(101))))).toContain("reply markup is too long");
    await send("x", keyboard(...rows(99), [{ text: "Open", url: "https://example.com/a" }]));
    expect(last().buttons).toHaveLength(100);
    expect(last().buttons.at(-1)).toEqual({ label: "Open", url: "https://example.com/a" });
  });
});

describe("edits", () => {
  test("change something, of an own message that is there", async () => {
    const { message_id: id } = await send("one", keyboard([{ text: "Go", callback_data: "x" }]));
    const edit = (text: string, extra: object = previewsOff) =>
      api.editMessageText(room.id, id, undefined, text, extra);
    const same = edit("one", keyboard([{ text: "Go", callback_data: "x" }]));
    expect(await refusal(same)).toMatch(/^400 Bad Request: message is not modified/);
    await edit("one");
    expect(last()).toMatchObject({ buttons: [], edits: 1 });
    await api.editMessageReplyMarkup(room.id, id, undefined, {
      inline_keyboard: [[{ text: "A", callback_data: "a" }]],
    });
    expect(last().buttons).toEqual([{ label: "A" }]);
    await api.deleteMessage(room.id, id);
    expect(driver.seenBy(anna, room)).toEqual([]);
    expect(await refusal(edit("two"))).toBe("400 Bad Request: message to edit not found");
    expect(await refusal(api.deleteMessage(room.id, id))).toBe("400 Bad Request: message to delete not found");
  });

  test("leave people's messages alone", async () => {
    await driver.say(anna, room, "/help");
    await driver.say(anna, room, "just talking");
    const [heard] = await api.getUpdates(0, 100, 0, undefined);
    const id = (heard as { message: { message_id: number } }).message.message_id;
    const edit = (which: number) => refusal(api.editMessageText(room.id, which, undefined, "x", previewsOff));
    expect(await edit(id)).toBe("400 Bad Request: message can't be edited");
    expect(await edit(id + 1)).toBe("400 Bad Request: message to edit not found");
    expect(await refusal(api.deleteMessage(room.id, id))).toBe("400 Bad Request: message can't be deleted");
  });
});

describe("chats", () => {
  test("must be known and open", async () => {
    const carl = driver.addPerson("Carl");
    const toPrivate = (person: ChatPerson) => api.sendMessage(person.id, "x", previewsOff);
    expect(await refusal(api.sendMessage(-1, "x", previewsOff))).toBe("400 Bad Request: chat not found");
    expect(await refusal(toPrivate(carl))).toBe("400 Bad Request: chat not found");
    expect(await refusal(toPrivate(anna))).toBe("403 Forbidden: bot can't initiate conversation with a user");
    await driver.say(anna, undefined, "/start");
    await toPrivate(anna);
    driver.setPrivateOpen(anna, false);
    expect(await refusal(toPrivate(anna))).toBe("403 Forbidden: bot was blocked by the user");
    expect(driver.seenBy(anna, undefined)[0]?.onlyFor?.id).toBe(anna.id);
    expect(driver.violations()).toEqual([]);
  });

  test("are closed to a bot that was removed, and have moved after a migration", async () => {
    const old = room.id;
    await driver.migrate(room);
    const error: unknown = await api.sendMessage(old, "x", previewsOff).catch((thrown: unknown) => thrown);
    expect((error as TelegramError).description).toBe("Bad Request: group chat was upgraded to a supergroup chat");
    expect((error as TelegramError).parameters).toEqual({ migrate_to_chat_id: Number(room.id) });
    await send("here now");
    await driver.removeBot(room);
    expect(await refusal(send("x"))).toBe("403 Forbidden: bot was kicked from the supergroup chat");
    const other = driver.addRoom("Other", [anna]);
    await driver.removeBot(other);
    expect(await refusal(api.sendMessage(other.id, "x", previewsOff))).toBe(
      "403 Forbidden: bot was kicked from the group chat",
    );
  });

  test("have topics in forums only", async () => {
    const thread = { ...previewsOff, message_thread_id: 1 };
    expect(await refusal(send("x", thread))).toBe("400 Bad Request: message thread not found");
    const topic = await driver.addThread(room, "Films");
    expect(await refusal(send("x", thread))).toBe("400 Bad Request: message thread not found");
    await send("general");
    await send("in topic", { ...previewsOff, message_thread_id: Number(topic.id.split("/")[1]) });
    expect(driver.seenBy(anna, room).map(({ text }) => text)).toEqual(["general"]);
    expect(driver.seenBy(anna, topic).map(({ text }) => text)).toEqual(["in topic"]);
  });

  test("tell who is in them", async () => {
    await driver.setAdmin(ben, room, true);
    const status = async (id: string | number) => (await api.getChatMember(room.id, Number(id))).status;
    expect([await status(anna.id), await status(ben.id)]).toEqual(["creator", "administrator"]);
    expect((await api.getChatAdministrators(room.id)).map(({ user }) => user.id)).toEqual(
      [anna, ben].map((p) => Number(p.id)),
    );
    await driver.leave(ben, room, true);
    expect(await status(ben.id)).toBe("kicked");
    driver.setPresent(anna, room, false);
    expect(await status(anna.id)).toBe("left");
    expect(await refusal(api.getChatMember(room.id, 42))).toBe("400 Bad Request: member not found");
    expect(await api.getChat(room.id)).toMatchObject({ type: "group", title: "Club" });
    await api.leaveChat(room.id);
    expect(await refusal(send("x"))).toBe("403 Forbidden: bot is not a member of the group chat");
  });
});

describe("the rest", () => {
  test("commands are lower-case, described, and shown by scope and language", async () => {
    const set = (command: string, description: string, extra: object = {}) =>
      api.setMyCommands([{ command, description }], extra);
    expect(await refusal(set("Search", "x"))).toContain("BOT_COMMAND_INVALID");
    expect(await refusal(set("a".repeat(33), "x"))).toContain("BOT_COMMAND_INVALID");
    expect(await refusal(set("search", ""))).toContain("BOT_COMMAND_DESCRIPTION_INVALID");
    expect(await refusal(set("search", "x".repeat(257)))).toContain("BOT_COMMAND_DESCRIPTION_INVALID");
    const many = Array.from({ length: 101 }, (_, index) => ({ command: `c${index}`, description: "x" }));
    expect(await refusal(api.setMyCommands(many))).toContain("BOT_COMMANDS_TOO_MUCH");
    await set("search", "Find files");
    await set("search", "Chercher", { language_code: "fr" });
    await set("start", "Begin", { scope: { type: "all_private_chats" } });
    expect(driver.menuFor(anna, room)).toEqual([{ command: "search", description: "Chercher" }]);
    expect(driver.menuFor(ben, room)).toEqual([{ command: "search", description: "Find files" }]);
    expect(driver.menuFor(anna, undefined)).toEqual([{ command: "start", description: "Begin" }]);
    expect(await api.getMyCommands({ language_code: "fr" })).toHaveLength(1);
    await api.deleteMyCommands({ language_code: "fr" });
    expect(await api.getMyCommands({ language_code: "fr" })).toEqual([]);
  });

  test("documents arrive by multipart, with name and content", async () => {
    const source = Buffer.from('{"a":"é"}');
    await api.sendDocument(
      room.id,
      { source, filename: "export é.json" },
      { caption: "<b>Yours</b>", parse_mode: "HTML" },
    );
    expect(last().text).toBe('Yours\nexport é.json\n{"a":"é"}');
    expect(last().document?.content).toEqual(source);
    expect(await refusal(api.sendDocument(room.id, "gone"))).toContain("wrong file identifier");
    const go = { inline_keyboard: [[{ text: "Go", callback_data: "x" }]] };
    const { message_id: id } = await api.sendDocument(room.id, { source, filename: "b" }, { reply_markup: go });
    expect(last().buttons).toEqual([{ label: "Go" }]);
    expect(await refusal(api.editMessageText(room.id, id, undefined, "x", previewsOff))).toContain(
      "no text in the message",
    );
  });

  test("answers point at messages that are there", async () => {
    const { message_id: id } = await send("one");
    await send("two", { ...previewsOff, reply_parameters: { message_id: id } });
    expect(last().replyTo).toBe(`${room.id}:${id}`);
    const gone = { message_id: id + 50 };
    expect(await refusal(send("x", { ...previewsOff, reply_parameters: gone }))).toContain(
      "message to be replied not found",
    );
    await send("x", { ...previewsOff, reply_parameters: { ...gone, allow_sending_without_reply: true } });
  });

  test("reactions of the bot come from Telegram's list", async () => {
    const { message_id: id } = await send("one");
    await api.setMessageReaction(room.id, id, [{ type: "emoji", emoji: "👍" }]);
    expect(Object.values(last().reactions)).toEqual([["👍"]]);
    const star = [{ type: "emoji", emoji: "⭐" }] as unknown as Parameters<Telegram["setMessageReaction"]>[2];
    expect(await refusal(api.setMessageReaction(room.id, id, star))).toContain("REACTION_INVALID");
  });

  test("answers to presses are short, lead to the bot only, and are given once", async () => {
    await send("x", keyboard([{ text: "Go", callback_data: "x" }]));
    const press = async () => {
      await driver.press(anna, last(), "Go");
      const [update] = await api.getUpdates(0, 100, -1, undefined);
      return (update as { callback_query: { id: string } }).callback_query.id;
    };
    const id = await press();
    expect(await refusal(api.answerCbQuery(id, "x".repeat(201)))).toBe("400 Bad Request: MESSAGE_TOO_LONG");
    const elsewhere = `https://t.me/${driver.botUsername}?start=${"x".repeat(65)}`;
    for (const url of ["https://example.com/", elsewhere]) {
      expect(await refusal(api.answerCbQuery(id, undefined, { url }))).toBe("400 Bad Request: URL_INVALID");
    }
    await api.answerCbQuery(id, "x".repeat(200));
    expect(await refusal(api.answerCbQuery(id))).toContain("query is too old and response timeout expired");
    expect(await refusal(api.answerCbQuery("123"))).toContain("query ID is invalid");
    const late = await press();
    driver.moveClock(15_001);
    expect(await refusal(api.answerCbQuery(late))).toContain("query is too old");
  });

  test("the bot's profile has descriptions by language", async () => {
    await api.setMyDescription("Files of friends");
    await api.setMyDescription("Les fichiers des amis", "fr");
    await api.setMyShortDescription("Files");
    expect((await api.getMyDescription("fr")).description).toBe("Les fichiers des amis");
    expect((await api.getMyDescription()).description).toBe("Files of friends");
    expect(await refusal(api.setMyShortDescription("x".repeat(121)))).toContain("too long");
    expect(await api.getMe()).toMatchObject({ is_bot: true, can_read_all_group_messages: false });
    expect(await api.getWebhookInfo()).toMatchObject({ url: "", pending_update_count: 0 });
  });

  test("parameters come in a query or a form as well", async () => {
    const root = `${driver.env["TELEGRAM_API_ROOT"]}/bot${driver.env["TELEGRAM_BOT_TOKEN"]}`;
    const fields = {
      chat_id: room.id,
      text: "<b>hi</b>",
      parse_mode: "html",
      link_preview_options: '{"is_disabled":true}',
    };
    await fetch(`${root}/sendmessage?${new URLSearchParams(fields)}`);
    await fetch(`${root}/sendMessage`, { method: "POST", body: new URLSearchParams(fields) });
    expect(driver.seenBy(anna, room).map(({ text }) => text)).toEqual(["hi", "hi"]);
    const broken = await fetch(`${root}/sendMessage`, {
      method: "POST",
      body: "{",
      headers: { "content-type": "application/json" },
    });
    expect(broken.status).toBe(400);
  });

  test("a wrong token is 401, an unknown method 404", async () => {
    expect(await refusal(api.callApi("flyAway" as "getMe", {}))).toBe("404 Not Found: method not found");
    const token = (driver.env["TELEGRAM_BOT_TOKEN"] ?? "").replace(/.$/, "!");
    driver.env["TELEGRAM_BOT_TOKEN"] = token;
    expect(await refusal(connect(driver).telegram.getMe())).toBe("401 Unauthorized");
    expect((await fetch(`${driver.env["TELEGRAM_API_ROOT"]}/nothing`)).status).toBe(404);
    await api.sendChatAction(room.id, "typing");
    expect(await refusal(api.sendChatAction(room.id, "dance" as "typing"))).toContain("wrong parameter action");
  });
});

describe("limits", () => {
  const burst = async (count: number, call: () => Promise<unknown>) => {
    for (let index = 0; index < count; index += 1) await call();
  };
  const retryAfter = async (call: Promise<unknown>) => {
    const error: unknown = await call.catch((thrown: unknown) => thrown);
    return (error as TelegramError).parameters?.retry_after;
  };

  test("one message a second into a chat after a short burst", async () => {
    driver.setLimits({});
    await burst(5, () => send("x"));
    expect(await refusal(send("x"))).toMatch(/^429 Too Many Requests: retry after [45]$/);
    driver.moveClock(6_000);
    await send("x");
    expect(driver.violations()).toEqual([]);
  });

  test("twenty a minute into a group, edits and all", async () => {
    driver.setLimits({ perChat: { count: 99, perMs: 1_000 } });
    const { message_id: id } = await send("0");
    await burst(10, () => send("x"));
    let number = 0;
    await burst(9, () => api.editMessageText(room.id, id, undefined, `${++number}`, previewsOff));
    expect(await retryAfter(send("x"))).toBeGreaterThan(50);
    driver.moveClock(30_000);
    expect(await retryAfter(send("x"))).toBeGreaterThan(20);
    expect(driver.violations()[0]).toMatch(/^Called again \d+ ms before the wait of group/);
  });

  test("thirty a second in all", async () => {
    driver.setLimits({ perChat: { count: 99, perMs: 1_000 }, inAll: { count: 3, perMs: 60_000 } });
    await driver.say(anna, undefined, "/start");
    await burst(3, () => api.sendMessage(anna.id, "x", previewsOff));
    expect(await retryAfter(send("x"))).toBe(60);
  });
});
