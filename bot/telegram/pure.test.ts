import { describe, expect, it } from "vitest";
import { createTongue } from "../words/index.ts";
import { actorOf, placeOf, roomIdOf, speakerOf, targetOf } from "./context.ts";
import { judge, TelegramFailure } from "./failures.ts";
import { layKeyboard } from "./keyboard.ts";
import { readLine } from "./line.ts";
import { isLocal } from "./markup.ts";
import { listMenus, listNames } from "./menu.ts";
import { waitBefore } from "./rates.ts";
import type { Chat, IncomingMessage, User } from "./wire.ts";

const tongues = { en: createTongue("en", "UTC"), fr: createTongue("fr", "UTC") };
const tongueOf = (language: "en" | "fr") => tongues[language];

describe("readLine", () => {
  const group = { botName: "FonBot", isPrivate: false, isOurs: (name: string) => name === "search" || name === "été" };
  const alone = { ...group, isPrivate: true };

  it("hears commands for this bot in a group, and nothing else", () => {
    expect(readLine("/search summer", group)).toEqual({ kind: "line", text: "/search summer" });
    expect(readLine("/Search@fonbot summer\nday", group)).toEqual({ kind: "line", text: "/Search summer\nday" });
    expect(readLine("/foo@FonBot", group)).toEqual({ kind: "line", text: "/foo" });
    for (const other of ["/search@other x", "/foo", "hello", "summer /search x", "/", "//search", "/search/x", ""]) {
      expect(readLine(other, group)).toBeUndefined();
    }
  });

  it("hears everything in private, but what names another bot", () => {
    expect(readLine("summer concert", alone)).toEqual({ kind: "line", text: "summer concert" });
    expect(readLine("/foo", alone)).toEqual({ kind: "line", text: "/foo" });
    expect(readLine("/search@other x", alone)).toBeUndefined();
    expect(readLine("  \n", alone)).toBeUndefined();
  });

  it("reads the payload of a deep link", () => {
    const payload = "eAb_-cdefghijklmnopqrstu";
    expect(readLine(`/start ${payload}`, alone)).toEqual({ kind: "link", payload });
    expect(readLine("/start start", alone)).toEqual({ kind: "line", text: "/start" });
    expect(readLine("/start", alone)).toEqual({ kind: "line", text: "/start" });
  });

  it("takes out the joiners of a copied name", () => {
    expect(readLine("readme.\u2060md", alone)).toEqual({ kind: "line", text: "readme.md" });
  });
});

describe("context", () => {
  const anna: User = { id: 5, is_bot: false, first_name: "Anna\u202E", last_name: "B\u200B.", language_code: "fr-CA" };
  const forum: Chat = { id: -1001, type: "supergroup", title: "Friends" };

  it("knows rooms, topics and private chats", () => {
    const inTopic: IncomingMessage = {
      message_id: 1,
      chat: forum,
      message_thread_id: 7,
      is_topic_message: true,
      reply_to_message: { forum_topic_created: { name: "Music" } },
    };
    expect(placeOf(forum, inTopic)).toEqual({
      platform: "telegram",
      roomId: "-1001:7",
      kind: "group",
      title: "Friends › Music",
      parentId: "-1001",
    });
    // A chain of replies has a thread id as well.
    expect(placeOf(forum, { message_id: 1, chat: forum, message_thread_id: 7 }).roomId).toBe("-1001");
    expect(placeOf({ id: 5, type: "private" })).toMatchObject({ roomId: "5", kind: "private" });
    expect(targetOf("-1001:7")).toEqual({ chatId: -1001, threadId: 7 });
    expect(targetOf(roomIdOf(-1001))).toEqual({ chatId: -1001, threadId: undefined });
  });

  it("names people cleanly and in their language", () => {
    expect(actorOf(anna)).toEqual({ platform: "telegram", userId: "5", displayName: "Anna B.", language: "fr" });
    expect(actorOf({ ...anna, language_code: "de", first_name: "👩‍👩‍👧‍👦".repeat(40) })).toMatchObject({
      language: "en",
    });
    expect(actorOf({ ...anna, first_name: "👩‍👩‍👧‍👦".repeat(40) }).displayName.length).toBeLessThanOrEqual(128);
  });

  it("tells people from bots, copies and those who hide", () => {
    const message: IncomingMessage = { message_id: 1, chat: forum, from: anna };
    expect(speakerOf(message)).toBe(anna);
    expect(speakerOf({ ...message, from: { ...anna, is_bot: true } })).toBe("nobody");
    expect(speakerOf({ ...message, from: { ...anna, id: 1087968824, is_bot: true }, sender_chat: forum })).toBe(
      "hidden",
    );
    expect(speakerOf({ ...message, sender_chat: { id: -1009, type: "channel" } })).toBe("hidden");
    expect(speakerOf({ ...message, sender_chat: forum, is_automatic_forward: true })).toBe("nobody");
  });
});

it.each([
  [400, "Bad Request: message is not modified: specified new message content …", "same"],
  [400, "Bad Request: message to edit not found", "gone"],
  [400, "Bad Request: message can't be edited", "gone"],
  [400, "Bad Request: message thread not found", "gone"],
  [400, "Bad Request: chat not found", "gone"],
  [403, "Forbidden: bot was kicked from the supergroup chat", "gone"],
  [403, "Forbidden: bot was blocked by the user", "closed"],
  [403, "Forbidden: bot can't initiate conversation with a user", "closed"],
  [403, "Forbidden: something new", "gone"],
  [400, "Bad Request: not enough rights to send text messages to the chat", "gone"],
  [400, "Bad Request: member not found", "absent"],
  [400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "tooOld"],
  [400, "Bad Request: can't parse entities: Unsupported start tag", "fatal"],
  [404, "Not Found: method not found", "fatal"],
  [401, "Unauthorized", "barred"],
  [409, "Conflict: terminated by other getUpdates request", "taken"],
  [502, "Bad Gateway", "away"],
  [0, "ECONNREFUSED", "away"],
])("judges %i %s", (code, description, kind) => {
  expect(judge(new TelegramFailure("sendMessage", code, description)).kind).toBe(kind);
});

it("judges waits and moves by their parameters", () => {
  const wait = new TelegramFailure("sendMessage", 429, "Too Many Requests", { retryAfterS: 7 });
  expect(judge(wait)).toEqual({ kind: "busy", waitMs: 7000 });
  const moved = new TelegramFailure("sendMessage", 400, "Bad Request: group chat was upgraded", { movedTo: "-1009" });
  expect(judge(moved)).toEqual({ kind: "moved", to: "-1009" });
});

describe("layKeyboard", () => {
  const button = (label: string, role: "item" | "plain" | "next" | "previous" | "filter" = "plain") => ({
    id: `n${label}`.slice(0, 24),
    label,
    role,
  });
  const labels = (rows: ReturnType<typeof layKeyboard>) => rows?.map((row) => row.map(({ text }) => text));

  it("puts numbers in even rows, then filters, pages and the rest", () => {
    const numbers = Array.from({ length: 10 }, (_, index) => button(String(index + 1), "item"));
    const rows = layKeyboard([
      button("Show"),
      ...numbers,
      button("Next", "next"),
      button("Back", "previous"),
      { ...button("Audio", "filter"), isOn: true as const },
      button("Video", "filter"),
    ]);
    expect(labels(rows)).toEqual([
      ["1", "2", "3", "4", "5"],
      ["6", "7", "8", "9", "10"],
      ["✓ Audio", "Video"],
      ["Next", "Back"],
      ["Show"],
    ]);
  });

  it("keeps the platform's limits", () => {
    const rows = layKeyboard([...Array.from({ length: 150 }, () => button("1", "item")), button(" ")]) ?? [];
    expect(rows.flat()).toHaveLength(100);
    expect(rows.every((row) => row.length >= 1 && row.length <= 8)).toBe(true);
    expect(labels(layKeyboard([button(" "), button("x".repeat(99))]))).toEqual([["…"], [`${"x".repeat(39)}…`]]);
    expect(layKeyboard([])).toBeUndefined();
  });
});

it("offers menus that Telegram takes, in both languages and for each kind of chat", () => {
  const menus = listMenus(tongueOf);
  expect(menus.map(({ scope, language_code }) => [scope.type, language_code])).toEqual(
    [undefined, "fr"].flatMap((language) =>
      ["default", "all_private_chats", "all_group_chats"].map((t) => [t, language]),
    ),
  );
  for (const { commands } of menus) {
    expect(new Set(commands.map(({ command }) => command)).size).toBe(commands.length);
    for (const { command, description } of commands) {
      expect(command).toMatch(/^[a-z0-9_]{1,32}$/);
      expect(description).toMatch(/^.{1,256}$/);
    }
  }
  expect(listNames(tongueOf)).toEqual(expect.arrayContaining(["search", "chercher", "start"]));
});

it("waits as long as the windows of a chat ask", () => {
  const spaced = (count: number, everyMs: number) => Array.from({ length: count }, (_, index) => index * everyMs);
  expect(waitBefore([], 0, true)).toBe(0);
  expect(waitBefore([0, 0, 0, 0], 10, false)).toBe(0);
  expect(waitBefore([0, 0, 0, 0, 0], 10, false)).toBe(4990);
  expect(waitBefore(spaced(20, 1000), 20_000, false)).toBe(0);
  expect(waitBefore(spaced(20, 1000), 20_000, true)).toBe(40_000);
});

it("knows this machine", () => {
  expect(
    ["http://localhost/x", "http://127.0.0.1:1/", "http://[::1]/", "http://nas.local/", "nonsense"].map(isLocal),
  ).toEqual(Array.from({ length: 5 }, () => true));
  expect(isLocal("https://fonshare.example.org/enrol/x")).toBe(false);
});
