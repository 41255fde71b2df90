// What the real Discord refuses, the stand-in refuses: lengths, owners, deadlines, pings, rights, rate limits.
import type { ChatInputCommandInteraction, Client } from "discord.js";
import { ChannelType, Client as DiscordClient, MessageFlags } from "discord.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ChatPerson, ChatRoom } from "../driver.ts";
import type { DiscordDriver } from "./driver.ts";
import { closeAll, interactionBy, startClient, startDriver } from "./fixtures.ts";
import { permissions } from "./permissions.ts";

let driver: DiscordDriver;
let client: Client;
let anna: ChatPerson;
let ben: ChatPerson;
let room: ChatRoom;

beforeEach(async () => {
  driver = await startDriver();
  [anna, ben] = [driver.addPerson("Anna"), driver.addPerson("Ben")];
  room = driver.addRoom("Films", [anna, ben]);
  client = await startClient(driver);
  await client.application?.commands.set([{ name: "go", description: "Go" }]);
});
afterEach(closeAll);

const post = (body: object) => client.rest.post(`/channels/${room.id}/messages`, { body }) as Promise<{ id: string }>;
const put = (body: unknown) => client.rest.put(`/applications/${driver.botId}/commands`, { body });
const go = async (who = anna) =>
  (await interactionBy(client, () => driver.say(who, room, "/go"))) as ChatInputCommandInteraction;
const rows = (count: number, each: (index: number) => object[]) =>
  Array.from({ length: count }, (_, index) => ({ type: 1, components: each(index) }));
const button = (custom_id: string, more: object = {}) => ({ type: 2, style: 1, label: "b", custom_id, ...more });
const buttons = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => button(`${prefix}${index}`));
const long = (length: number) => "x".repeat(length);
const invalid = { code: 50035 };
const empty = { code: 50006 };

describe("messages", () => {
  const embed = (more: object) => ({ embeds: [more] });
  const select = (options: number) => ({
    type: 3,
    custom_id: "s",
    options: Array.from({ length: options }, (_, index) => ({ label: `o${index}`, value: `${index}` })),
  });
  test.each<[string, object, object]>([
    ["content of 2001", { content: long(2001) }, invalid],
    ["nothing", {}, empty],
    ["blanks", { content: " \n " }, empty],
    ["an empty embed", embed({}), empty],
    ["an embed title of 257", embed({ title: long(257) }), invalid],
    ["an embed description of 4097", embed({ description: long(4097) }), invalid],
    ["26 fields", embed({ fields: Array(26).fill({ name: "n", value: "v" }) }), invalid],
    ["an empty field value", embed({ fields: [{ name: "n", value: "" }] }), invalid],
    ["a field value of 1025", embed({ fields: [{ name: "n", value: long(1025) }] }), invalid],
    ["6001 letters in embeds", { embeds: [{ description: long(4000) }, { description: long(2001) }] }, invalid],
    ["11 embeds", { embeds: Array(11).fill({ title: "t" }) }, invalid],
    ["6 rows", { components: rows(6, (index) => [button(`${index}`)]) }, invalid],
    ["6 buttons in a row", { components: rows(1, () => buttons(6, "a")) }, invalid],
    ["an empty row", { components: rows(1, () => []) }, invalid],
    ["two buttons with one id", { components: rows(2, () => [button("same")]) }, invalid],
    ["an id of 101", { components: rows(1, () => [button(long(101))]) }, invalid],
    ["an empty id", { components: rows(1, () => [button("")]) }, invalid],
    ["a label of 81", { components: rows(1, () => [button("a", { label: long(81) })]) }, invalid],
    ["an empty label", { components: rows(1, () => [button("a", { label: "" })]) }, invalid],
    ["no label at all", { components: rows(1, () => [{ type: 2, style: 1, custom_id: "a" }]) }, invalid],
    ["an emoji that is none", { components: rows(1, () => [button("a", { emoji: { name: "pull" } })]) }, invalid],
    ["a link with an id", { components: rows(1, () => [button("a", { style: 5, url: "https://a.b" })]) }, invalid],
    ["a link to nowhere", { components: rows(1, () => [{ type: 2, style: 5, label: "l", url: "x" }]) }, invalid],
    ["26 options", { components: rows(1, () => [select(26)]) }, invalid],
    ["no options", { components: rows(1, () => [select(0)]) }, invalid],
    ["a menu beside a button", { components: rows(1, () => [select(2), button("a")]) }, invalid],
    ["a bare button", { components: [button("a")] }, invalid],
    ["a nonce of 26", { content: "x", nonce: long(26) }, invalid],
    ["an ephemeral message", { content: "x", flags: 64 }, invalid],
    [
      "parse beside users",
      { content: "x", allowed_mentions: { parse: ["users"], users: ["123456789012345678"] } },
      invalid,
    ],
    ["a reply to nothing", { content: "x", message_reference: { message_id: "123456789012345678" } }, invalid],
  ])("refuses %s", async (_name, body, refusal) => {
    await expect(post(body)).rejects.toMatchObject(refusal);
    expect(driver.seenBy(anna, room)).toEqual([]);
    expect(driver.violations()).toHaveLength(1);
  });

  test("accepts all of it at the limit", async () => {
    await post({ content: long(2000), components: rows(5, (index) => buttons(5, `r${index}-`)) });
    await post(embed({ title: long(256), description: long(4096), fields: Array(25).fill({ name: "n", value: "v" }) }));
    await post({ components: rows(1, () => [select(25)]) });
    await post({ content: "x", message_reference: { message_id: "123456789012345678", fail_if_not_exists: false } });
    expect(driver.violations()).toEqual([]);
  });

  test("the same enforced nonce gives the same message", async () => {
    const [first, second] = [
      await post({ content: "one", nonce: "n1", enforce_nonce: true }),
      await post({ content: "one", nonce: "n1", enforce_nonce: true }),
    ];
    await post({ content: "one", nonce: "n1" });
    expect(second.id).toBe(first.id);
    expect(driver.seenBy(anna, room)).toHaveLength(2);
  });

  test("only its author edits a message, and nobody leaves it empty", async () => {
    await driver.say(ben, room, "mine");
    const [message] = (await client.rest.get(`/channels/${room.id}/messages`)) as { id: string }[];
    const path = (id: string) => `/channels/${room.id}/messages/${id}` as const;
    await expect(client.rest.patch(path(message?.id ?? ""), { body: { content: "x" } })).rejects.toMatchObject({
      code: 50005,
    });
    await expect(client.rest.delete(path(message?.id ?? ""))).rejects.toMatchObject({ code: 50013 });
    const own = await post({ content: "x" });
    await expect(client.rest.patch(path(own.id), { body: { content: "" } })).rejects.toMatchObject(empty);
  });

  test("files go up with their names", async () => {
    const channel = await client.channels.fetch(room.id);
    if (channel?.type !== ChannelType.GuildText) throw new Error("no text channel");
    const sent = await channel.send({
      content: "list",
      files: [{ attachment: Buffer.from("a\nb"), name: "my list.txt" }],
    });
    expect(sent.attachments.first()?.name).toBe("my_list.txt");
    expect(driver.seenBy(anna, room)[0]?.files).toEqual([{ name: "my_list.txt", content: "a\nb" }]);
  });
});

describe("rings", () => {
  const rung = () => driver.seenBy(anna, room)[0]?.mentions;
  test("an un-prevented mention rings and is a violation", async () => {
    await post({ content: `@everyone <@${ben.id}> film.mkv` });
    expect(rung()).toEqual(["everyone", ben.id]);
    expect(driver.violations()).toHaveLength(2);
  });

  test("prevented, in code or in an embed it rings nobody", async () => {
    const text = `@everyone <@${ben.id}>`;
    await post({ content: `${text} \`@here\``, embeds: [{ description: text }], allowed_mentions: { parse: [] } });
    await post({ content: `\`${text}\`` });
    expect(driver.seenBy(anna, room).map((one) => one.mentions)).toEqual([[], []]);
    expect(driver.violations()).toEqual([]);
  });

  test("somebody named by the bot is rung, if present", async () => {
    const carl = driver.addPerson("Carl");
    await post({ content: `<@${ben.id}> <@${carl.id}>`, allowed_mentions: { users: [ben.id, carl.id] } });
    expect(rung()).toEqual([ben.id]);
    expect(driver.seenBy(anna, room)[0]).toMatchObject({ text: "@Ben @Carl", constructs: ["mention"] });
    expect(driver.violations()).toEqual([]);
  });
});

describe("commands", () => {
  const one = (more: object) => [{ name: "a", description: "d", ...more }];
  const option = (more: object) => ({ type: 3, name: "o", description: "d", ...more });
  test.each<[string, unknown]>([
    ["upper case", one({ name: "Search" })],
    ["a space in the name", one({ name: "a b" })],
    ["a name of 33", one({ name: long(33) })],
    ["no description", one({ description: "" })],
    ["a description of 101", one({ description: long(101) })],
    ["a strange locale", one({ name_localizations: { fr_FR: "x" } })],
    ["an upper-case translation", one({ name_localizations: { fr: "Chercher" } })],
    ["26 options", one({ options: Array.from({ length: 26 }, (_, index) => option({ name: `o${index}` })) })],
    ["two options of one name", one({ options: [option({}), option({})] })],
    ["required after optional", one({ options: [option({}), option({ name: "p", required: true })] })],
    ["26 choices", one({ options: [option({ choices: Array(26).fill({ name: "c", value: "c" }) })] })],
    [
      "choices and autocomplete",
      one({ options: [option({ autocomplete: true, choices: [{ name: "c", value: "c" }] })] }),
    ],
    ["sub-commands beside options", one({ options: [option({}), { type: 1, name: "s", description: "d" }] })],
    ["two of one name", [...one({}), ...one({})]],
    ["101 of them", Array.from({ length: 101 }, (_, index) => ({ name: `c${index}`, description: "d" }))],
  ])("refuses %s", async (_name, body) => {
    await expect(put(body)).rejects.toMatchObject(invalid);
    expect(driver.commands().map((command) => command.name)).toEqual(["go"]);
  });
});

describe("interactions", () => {
  const body = (type: number, data?: object) => ({ body: { type, data }, auth: false });
  const callback = (got: { id: string; token: string }) => `/interactions/${got.id}/${got.token}/callback` as const;

  test("after 3 s an interaction is unknown", async () => {
    const got = await go();
    driver.advance(3001);
    expect(driver.violations()).toHaveLength(1);
    await expect(got.reply("late")).rejects.toMatchObject({ code: 10062, status: 404 });
    await expect(
      client.rest.post(`/webhooks/${driver.botId}/${got.token}`, { body: { content: "x" } }),
    ).rejects.toMatchObject({ code: 10015 });
  });

  test("a second first answer is refused", async () => {
    const got = await go();
    await got.reply("one");
    await expect(client.rest.post(callback(got), body(4, { content: "two" }))).rejects.toMatchObject({ code: 40060 });
    expect(driver.seenBy(anna, room)).toHaveLength(1);
  });

  test("the token dies after 15 minutes", async () => {
    const got = await go();
    await got.reply("one");
    driver.advance(15 * 60_000 - 1000);
    await got.editReply("two");
    driver.advance(2000);
    await expect(got.editReply("three")).rejects.toMatchObject({ code: 50027 });
    await expect(got.followUp("four")).rejects.toMatchObject({ code: 50027 });
  });

  test("answers fit the kind of interaction", async () => {
    const got = await go();
    for (const type of [1, 6, 7, 8, 99])
      await expect(client.rest.post(callback(got), body(type, {}))).rejects.toMatchObject(invalid);
    await expect(client.rest.post(callback(got), body(4, {}))).rejects.toMatchObject(empty);
    await got.reply({ content: "fits", flags: MessageFlags.Ephemeral });
  });

  test("a completion has at most 25 choices with names of 1 to 100", async () => {
    await put([
      { name: "s", description: "d", options: [{ type: 3, name: "q", description: "d", autocomplete: true }] },
    ]);
    const choice = { name: "n", value: "v" };
    const other = interactionBy(client, async () => undefined);
    const again = driver.complete(anna, room, "/s z");
    const focus = await other;
    for (const choices of [Array(26).fill(choice), [{ name: "", value: "v" }], [{ name: long(101), value: "v" }]])
      await expect(client.rest.post(callback(focus), body(8, { choices }))).rejects.toMatchObject(invalid);
    await expect(client.rest.post(callback(focus), body(4, { content: "x" }))).rejects.toMatchObject(invalid);
    await client.rest.post(callback(focus), body(8, { choices: [choice] }));
    expect(await again).toEqual([choice]);
  });

  test("what is never answered is told", async () => {
    await go();
    driver.advance(3001);
    expect(driver.violations()).toEqual([expect.stringContaining("was not answered within 3 s")]);
  });
});

describe("rights", () => {
  test("a wrong token is unauthorized", async () => {
    const stranger = new DiscordClient({ intents: [], rest: { api: driver.env["DISCORD_API_URL"] ?? "" } });
    await expect(stranger.login("wrong")).rejects.toMatchObject({ code: "TokenInvalid" });
    await stranger.destroy();
  });

  test("a room that is closed to the bot", async () => {
    driver.denyBot(room, permissions.viewChannel);
    await expect(post({ content: "x" })).rejects.toMatchObject({ code: 50001 });
    driver.denyBot(room, permissions.sendMessages);
    await expect(post({ content: "x" })).rejects.toMatchObject({ code: 50013 });
    driver.denyBot(room, permissions.embedLinks);
    await expect(post({ embeds: [{ title: "x" }] })).rejects.toMatchObject({ code: 50013 });
    await (await go()).reply("an answer is always allowed");
    expect(driver.violations()).toEqual([]);
  });

  test("a double slash and a path that does not exist are not found", async () => {
    const headers = { "user-agent": "DiscordBot (x, 1)", authorization: `Bot ${driver.token}` };
    const root = driver.env["DISCORD_API_URL"];
    for (const path of ["//v10/users/@me", "/v10/nothing", "/v9/users/@me"])
      expect((await fetch(`${root}${path}`, { headers })).status).toBe(404);
    expect((await fetch(`${root}/v10/users/@me`, { headers: { ...headers, "user-agent": "x" } })).status).toBe(403);
    expect((await fetch(`${root}/v10/users/@me`, { headers })).status).toBe(200);
  });
});

describe("rate limits", () => {
  const headers = () => ({
    "user-agent": "DiscordBot (x, 1)",
    authorization: `Bot ${driver.token}`,
    "content-type": "application/json",
  });
  const send = (path: string, method = "POST", body: object = { content: "x" }) =>
    fetch(`${driver.env["DISCORD_API_URL"]}/v10${path}`, {
      method,
      headers: headers(),
      ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
    });

  test("five messages in five seconds in one channel, then 429", async () => {
    const path = `/channels/${room.id}/messages`;
    for (const left of ["4", "3", "2", "1", "0"])
      expect((await send(path)).headers.get("x-ratelimit-remaining")).toBe(left);
    const refused = await send(path);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ global: false, retry_after: expect.any(Number) });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect([driver.seenBy(anna, room).length, driver.limited()]).toEqual([5, 1]);
    driver.advance(5000);
    expect((await send(path)).status).toBe(200);
    expect(driver.violations()).toEqual([]);
    for (let count = 0; count < 14; count += 1) await send(path);
    expect(driver.violations()).toEqual([expect.stringContaining("does not wait")]);
  });

  test("edits too, and everything together", async () => {
    const { id } = (await (await send(`/channels/${room.id}/messages`)).json()) as { id: string };
    const statuses = [];
    for (let count = 0; count < 6; count += 1)
      statuses.push((await send(`/channels/${room.id}/messages/${id}`, "PATCH", { content: `${count}` })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    driver.advance(60_000);
    driver.setLimits({ global: 2 });
    const got = [await send("/users/@me", "GET"), await send("/users/@me", "GET"), await send("/users/@me", "GET")];
    expect(got.map((one) => one.status)).toEqual([200, 200, 429]);
    expect(got[2]?.headers.get("x-ratelimit-global")).toBe("true");
    // An unknown one, but not too many.
    expect((await send("/webhooks/1/token/messages/@original", "PATCH", { content: "x" })).status).toBe(404);
    driver.setLimits({ global: false });
    expect((await send("/users/@me", "GET")).status).toBe(200);
  });

  test("discord.js waits by itself", async () => {
    driver.setLimits({ windowMs: 200 });
    await Promise.all(Array.from({ length: 11 }, (_, index) => post({ content: `${index}` })));
    expect(driver.seenBy(anna, room)).toHaveLength(11);
    expect([driver.limited(), driver.violations()]).toEqual([0, []]);
  });
});
