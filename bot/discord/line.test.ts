// Options of slash commands as typed lines, definitions as Discord accepts them, failures and contexts.
import type { APIApplicationCommandInteractionDataOption, APIInteraction } from "discord.js";
import { expect, test } from "vitest";
import { checkCommands } from "../../test/chat/discord/command-limits.ts";
import { parseArguments } from "../arguments.ts";
import { commandNames } from "../commands/index.ts";
import { createTongue } from "../words/index.ts";
import { placeOf, readInteraction } from "./context.ts";
import { defineCommands } from "./definitions.ts";
import { classifyFailure, describeFailure, explainClose } from "./failures.ts";
import { readLine } from "./line.ts";
import { readEmoji } from "./reactions.ts";

const lineOf = (name: string, values: Record<string, string> = {}) =>
  readLine({
    name,
    options: Object.entries(values).map(
      ([option, value]) => ({ type: 3, name: option, value }) as APIApplicationCommandInteractionDataOption,
    ) as never,
  });

test.each([
  ["start", {}, "/start"],
  ["search", { query: '"summer concert" -live kind:audio' }, '/search "summer concert" -live kind:audio'],
  ["browse", { place: "Photos/l'été  2024" }, '/browse "Photos/l\'été  2024"'],
  ["browse", { place: "d2p" }, "/browse d2p"],
  ["new", { action: "keep", what: "a12" }, "/new keep a12"],
  ["new", { what: "a12" }, "/new a12"],
  ["pull", { to: "my attic", what: "2, f3k9" }, '/pull 2, f3k9 to "my attic"'],
  ["transfers", { action: "pause", what: "p12" }, "/transfers pause p12"],
  ["servers", { action: "check", name: "my attic" }, '/servers check "my attic"'],
  ["share", { folder: "attic Music/Live", as: "Con certs" }, '/share attic Music/Live as "Con certs"'],
  ["share", { as: "Concerts" }, "/share"],
  ["unshare", { share: "Con certs" }, '/unshare "Con certs"'],
  ["group", { action: "create", rest: "Cycling club" }, "/group create Cycling club"],
  ["join", { code: "K7QF-3MPD" }, "/join K7QF-3MPD"],
  ["help", { command: "pull" }, "/help pull"],
  ["search", { query: " a\nb\u2028c " }, "/search a b c"],
  ["later", {}, "/later"],
])("/%s with %j is %s", (name, values, line) => {
  expect(lineOf(name, values)).toBe(line);
});

test("a quoted name comes out of the line as it went in", () => {
  const name = "l'été \\ (a) $x";
  expect(parseArguments(lineOf("unshare", { share: name }).slice("/unshare ".length)).words).toEqual([name]);
});

const tongues = { en: createTongue("en"), fr: createTongue("fr") };

test("Discord accepts the commands, and all of them are there in both languages", () => {
  const commands = defineCommands((language) => tongues[language]);
  checkCommands(JSON.parse(JSON.stringify(commands)));
  expect(commands.map(({ name }) => name)).toEqual([...commandNames]);
  for (const command of commands) {
    expect(command).toMatchObject({ contexts: [0, 1], integration_types: [0] });
    expect(command.description_localizations?.fr).not.toBe(command.description);
    for (const option of command.options ?? [])
      expect(option.description_localizations?.fr).not.toBe(option.description);
  }
  const search = commands.find(({ name }) => name === "search");
  expect(search?.options).toMatchObject([{ name: "query", required: true, autocomplete: true }]);
  expect(search?.name_localizations).toEqual({ fr: "chercher" });
});

test.each([
  [{ status: 403, code: 50007 }, "closed"],
  [{ status: 400, code: 50278 }, "closed"],
  [{ status: 404, code: 10003 }, "gone"],
  [{ status: 403, code: 50013 }, "gone"],
  [{ status: 404, code: 10062 }, "late"],
  [{ status: 400, code: 40060 }, "known"],
  [{ status: 401, code: 0 }, "fatal"],
  [{ status: 400, code: 50035 }, "refused"],
  [{ status: 502 }, "away"],
  [Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "away"],
  [new Error("aborted"), "away"],
  [undefined, "away"],
])("%j means %s", (error, failure) => {
  expect(classifyFailure(error)).toBe(failure);
});

test("a log never gets the address or the body of a request", () => {
  const error = Object.assign(new Error("secret"), {
    status: 500,
    method: "POST",
    url: "https://discord.com/api/v10/webhooks/1/secret",
    requestBody: { json: "secret" },
  });
  expect(describeFailure(error)).toEqual({ failure: "away", type: "Error", status: 500, method: "POST" });
});

test("closed for good: token and intents are explained", () => {
  expect(explainClose(4004)).toContain("DISCORD_TOKEN");
  expect(explainClose(4014)).toContain("Intent");
  expect(explainClose(4000)).toBeUndefined();
});

test("emoji with and without variation selector", () => {
  expect(readEmoji({ id: null, name: "⬇️" })).toBe("pull");
  expect(readEmoji({ id: null, name: "⬇" })).toBe("pull");
  expect(readEmoji({ id: null, name: "📌" })).toBe("keep");
  expect(readEmoji({ id: null, name: "⭐" })).toBe("rate");
  expect(readEmoji({ id: null, name: "👍" })).toBeUndefined();
  expect(readEmoji({ id: "1", name: "⭐" })).toBeUndefined();
});

const base = { id: "1", token: "t", application_id: "2", channel_id: "30", locale: "fr" };
const user = { id: "7", username: "anna", global_name: "Anna" };

test("a thread is a room with its parent; rights come from Discord", () => {
  const data = {
    ...base,
    guild_id: "9",
    channel: { id: "30", name: "plans", type: 11, parent_id: "31" },
    member: { user, nick: "Ann\u202Ea", permissions: String(1n << 4n) },
  } as unknown as APIInteraction;
  expect(readInteraction(data, { id: "30", guild: "Club" })).toEqual({
    actor: { platform: "discord", userId: "7", displayName: "Anna", language: "fr" },
    place: { platform: "discord", roomId: "30", kind: "group", title: "Club #plans", parentId: "31" },
    isAdmin: true,
  });
  const plain = { ...data, member: { user, permissions: "2048" } } as unknown as APIInteraction;
  expect(readInteraction(plain, undefined)?.isAdmin).toBe(false);
});

test("without a guild it is private", () => {
  const data = { ...base, locale: "de", user } as unknown as APIInteraction;
  expect(readInteraction(data, undefined)).toMatchObject({
    actor: { language: "en" },
    place: { kind: "private", roomId: "30", title: "Anna" },
    isAdmin: undefined,
  });
  // The category above a channel is no parent.
  expect(placeOf({ id: "1", type: 0, parentId: "2", name: "a" })).not.toHaveProperty("parentId");
});
