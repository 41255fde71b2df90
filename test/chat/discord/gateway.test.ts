// The gateway before an unmodified discord.js: intents, resuming, and each way in which a connection can break.
import { once } from "node:events";
import type { Client, TextChannel } from "discord.js";
import { Events, GatewayIntentBits } from "discord.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { ChatPerson, ChatRoom } from "../driver.ts";
import type { DiscordDriver } from "./driver.ts";
import { closeAll, createClient, interactionBy, next, startClient, startDriver } from "./fixtures.ts";
import { applicationFlags } from "./intents.ts";

let driver: DiscordDriver;
let anna: ChatPerson;
let room: ChatRoom;
const { Guilds, GuildMembers, GuildMessages, MessageContent } = GatewayIntentBits;

beforeEach(async () => {
  driver = await startDriver();
  anna = driver.addPerson("Anna");
  room = driver.addRoom("Films", [anna]);
});
afterEach(closeAll);

const register = (client: Client) => client.application?.commands.set([{ name: "go", description: "Go" }]);
const comesBack = (client: Client) => interactionBy(client, () => driver.say(anna, room, "/go"));

describe("intents", () => {
  test("privileged ones need the application's flag", async () => {
    const client = createClient(driver, { intents: [Guilds, GuildMembers] });
    await expect(client.login(driver.token)).rejects.toThrow("disallowed");
    expect(driver.violations()).toEqual([expect.stringContaining("4014")]);
  });

  test("with the flags, members and contents arrive", async () => {
    driver.setFlags(applicationFlags.guildMembersLimited | applicationFlags.messageContentLimited);
    const client = await startClient(driver, { intents: [Guilds, GuildMembers, GuildMessages, MessageContent] });
    await client.application?.fetch();
    expect(client.application?.flags.has("GatewayGuildMembersLimited")).toBe(true);
    const left = next(client, Events.GuildMemberRemove);
    const written = next(client, Events.MessageCreate);
    await driver.say(anna, room, "readable");
    expect((await written)[0].content).toBe("readable");
    await driver.leave(anna, room);
    expect((await left)[0].id).toBe(anna.id);
  });

  test("nothing is told that no intent covers", async () => {
    const client = await startClient(driver, { intents: [Guilds] });
    await register(client);
    const told: string[] = [];
    client.on(Events.Raw, (packet: { t: string }) => told.push(packet.t));
    const channel = (await client.channels.fetch(room.id)) as TextChannel;
    await channel.send("x");
    const [shown] = driver.seenBy(anna, room);
    if (shown) await driver.react(anna, shown, "⭐");
    await driver.say(anna, room, "y");
    const carl = driver.addPerson("Carl");
    driver.join(carl, room);
    await driver.leave(carl, room, true);
    await comesBack(client);
    expect(told).toEqual(["INTERACTION_CREATE"]);
  });
});

describe("breaking", () => {
  test("after a drop the session is resumed and what was missed comes", async () => {
    const client = await startClient(driver);
    await register(client);
    const resumed = next(client, Events.ShardResume);
    const missed = next(client, Events.InteractionCreate);
    driver.dropGateway();
    await driver.until(() => (driver.connections() === 0 ? true : undefined));
    await driver.say(anna, room, "/go");
    await resumed;
    expect((await missed)[0].user.id).toBe(anna.id);
  });

  test("a close code is obeyed", async () => {
    const client = await startClient(driver);
    await register(client);
    const resumed = next(client, Events.ShardResume);
    driver.dropGateway(4000);
    await resumed;
    await comesBack(client);
  });

  test("op 7 makes it reconnect and resume", async () => {
    const client = await startClient(driver);
    const resumed = next(client, Events.ShardResume);
    driver.sendReconnect();
    await resumed;
    expect(driver.connections()).toBe(1);
  });

  test("op 9 makes it resume or identify anew", async () => {
    const client = await startClient(driver);
    await register(client);
    const resumed = next(client, Events.ShardResume);
    driver.invalidateSession(true);
    await resumed;
    const ready = next(client, Events.ShardReady);
    driver.invalidateSession(false);
    await ready;
    await comesBack(client);
    expect(driver.violations()).toEqual([]);
  });

  test("a session that the stand-in forgot is not resumed", async () => {
    const client = await startClient(driver);
    const ready = next(client, Events.ShardReady);
    driver.dropGateway();
    await driver.until(() => (driver.connections() === 0 ? true : undefined));
    driver.advance(600_000);
    await ready;
    expect(driver.connections()).toBe(1);
  });

  test("a connection without acknowledgements is a zombie and replaced", async () => {
    driver.setGateway({ heartbeatMs: 150 });
    const client = await startClient(driver);
    await register(client);
    const resumed = next(client, Events.ShardResume);
    const missed = next(client, Events.InteractionCreate);
    driver.goSilent();
    await driver.say(anna, room, "/go");
    await resumed;
    await missed;
  });

  test("while connections are refused nothing comes through, afterwards all", async () => {
    const client = await startClient(driver);
    await register(client);
    const resumed = next(client, Events.ShardResume);
    driver.refuseConnections(true);
    await expect(client.rest.get("/users/@me")).rejects.toThrow();
    driver.refuseConnections(false);
    await resumed;
    await comesBack(client);
  });
});

describe("faults of the REST side", () => {
  const path = /^\/channels\/\d+\/messages$/;
  async function channel(): Promise<TextChannel> {
    return (await (await startClient(driver)).channels.fetch(room.id)) as TextChannel;
  }
  const shown = () => driver.seenBy(anna, room).length;

  test("502 after the effect makes copies, but not with an enforced nonce", async () => {
    const there = await channel();
    const hits = driver.fail({ method: "POST", path }, { status: 502, when: "after", times: 2 });
    await there.send("copies");
    expect([shown(), hits()]).toEqual([3, 2]);
    driver.fail({ method: "POST", path }, { status: 502, when: "after", times: 2 });
    driver.advance(5000);
    await there.send({ content: "once", nonce: "1", enforceNonce: true });
    expect(shown()).toBe(4);
  });

  test("502 before the effect, a 429 with a wait, a cut and a delay are ridden out", async () => {
    driver.setLimits({ create: 50 });
    const there = await channel();
    driver.fail({ path }, { status: 503, when: "before" });
    await there.send("one");
    driver.fail({ path }, { status: 429, retryAfter: 0.05 });
    await there.send("two");
    driver.fail({ path }, { cut: "reset", when: "before" });
    await there.send("three");
    driver.fail({ path }, { cut: true, when: "after" });
    await expect(there.send("cut")).rejects.toThrow("other side closed");
    driver.fail({ path }, { delayMs: 30 });
    await there.send("four");
    expect(shown()).toBe(5);
    driver.fail({ path }, { status: 403 });
    await expect(there.send("five")).rejects.toMatchObject({ status: 403 });
    expect(
      driver
        .requests()
        .filter((one) => path.test(one.path))
        .map((one) => one.status),
    ).toEqual([503, 200, 429, 200, 0, 200, 0, 200, 403]);
    expect(driver.violations()).toEqual([]);
  });

  test("what follows from a fault is not the bot's doing", async () => {
    const client = await startClient(driver);
    await register(client);
    driver.fail({ path: /callback$/ }, { status: 502, when: "after" });
    const got = await comesBack(client);
    if (!got.isChatInputCommand()) throw new Error("no command");
    await expect(got.reply("x")).rejects.toMatchObject({ code: 40060 });
    expect([shown(), driver.violations()]).toEqual([1, []]);
  });
});

describe("a raw client", () => {
  async function connect(query = "?v=10&encoding=json") {
    const response = await fetch(`${driver.env["DISCORD_API_URL"]}/v10/gateway/bot`, {
      headers: { authorization: `Bot ${driver.token}`, "user-agent": "DiscordBot (x, 1)" },
    });
    const { url } = (await response.json()) as { url: string };
    return new WebSocket(`${url}/${query}`);
  }
  const properties = { os: "x", browser: "x", device: "x" };
  const identify = (d: object) => JSON.stringify({ op: 2, d: { token: driver.token, intents: 1, properties, ...d } });
  test.each<[string, number, () => string]>([
    ["no JSON", 4002, () => "hello"],
    ["a payload that is too long", 4002, () => JSON.stringify({ op: 1, d: "x".repeat(5000) })],
    ["words before identifying", 4003, () => JSON.stringify({ op: 3, d: {} })],
    ["a wrong token", 4004, () => identify({ token: "x" })],
    ["an intent that does not exist", 4013, () => identify({ intents: 1 << 18 })],
    ["a shard out of range", 4010, () => identify({ shard: [3, 2] })],
    ["missing heartbeats", 4009, () => ""],
  ])("closes for %s", async (_name, code, text) => {
    if (code === 4009) driver.setGateway({ heartbeatMs: 20 });
    const socket = await connect();
    await once(socket, "message");
    if (code !== 4009) socket.send(text());
    expect((await once(socket, "close"))[0]).toBe(code);
  });

  test("closes for another version", async () => {
    expect((await once(await connect("?v=9"), "close"))[0]).toBe(4012);
  });

  test("closes for a second identify and for a sequence from the future", async () => {
    const socket = await connect();
    await once(socket, "message");
    socket.send(identify({}));
    const ready = JSON.parse(String((await once(socket, "message"))[0])) as { d: { session_id: string } };
    socket.send(identify({}));
    expect((await once(socket, "close"))[0]).toBe(4005);
    const other = await connect();
    await once(other, "message");
    other.send(JSON.stringify({ op: 6, d: { token: driver.token, session_id: ready.d.session_id, seq: 99 } }));
    expect((await once(other, "close"))[0]).toBe(4007);
  });
});
