// One person on Discord and on Telegram: joined by a code, with one set of servers and shares, and told in the rooms of
// both; with one bot process for both platforms, and with two.
import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { words } from "../../bot/words/index.ts";
import { createDiscordDriver } from "./discord/driver.ts";
import type { Driver, ShownMessage } from "./driver.ts";
import type { Stage } from "./stage.ts";
import { createStage, label, says, textOf } from "./stage.ts";
import { createTelegramDriver } from "./telegram/driver.ts";
import type { ChatWorld } from "./world.ts";
import { contextOf, createChatWorld } from "./world.ts";

const makers: (() => Promise<Driver>)[] = [createDiscordDriver, createTelegramDriver];
const files = (name: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`Talks/${name} ${i}.ogg`, randomBytes(500 + i)]));

describe.each([
  { how: "one bot process", isApart: false },
  { how: "two bot processes", isApart: true },
])("Discord and Telegram with $how", { timeout: 90_000 }, ({ isApart }) => {
  let world: ChatWorld;
  let discord: Stage;
  let telegram: Stage;

  beforeAll(async () => {
    world = await createChatWorld(makers, { isApart });
    const [first, second] = world.drivers as [Driver, Driver];
    [discord, telegram] = [createStage(world, first), createStage(world, second)];
  });
  afterEach(() => {
    expect([...discord.faults(), ...telegram.faults()]).toEqual([]);
  });
  afterAll(() => world?.stop());

  test("a code makes one person of two, and their files are told in both rooms", async () => {
    const [quinn, rosa] = [discord.addPerson("Quinn"), discord.addPerson("Rosa")];
    const [alsoQuinn, sam] = [telegram.addPerson("Quinn T"), telegram.addPerson("Sam")];
    const room = discord.addRoom("Astronomy", [quinn, rosa]);
    const group = telegram.addRoom("Astronomers", [alsoQuinn, sam]);
    await discord.gather(room, [quinn, rosa]);
    for (const person of [alsoQuinn, sam]) telegram.driver.setPrivateOpen(person, true);

    const given = await discord.asks(quinn, room, "/link", says("link.code"));
    expect(discord.shown(rosa, room, says("link.code"))).toEqual([]);
    const code = /\/link [\w-]+/.exec(textOf(given))?.[0] ?? "";
    await telegram.asks(alsoQuinn, group, code, says("link.done"));

    const roomCode = await discord.asks(quinn, room, "/group link", says("group.room-code"));
    const bind = /\/group link [\w-]+/.exec(textOf(roomCode).replace(/\/group link <code>/, ""))?.[0] ?? "";
    await telegram.asks(alsoQuinn, group, bind, says("group.linked"));
    const hello = await telegram.asks(sam, group, "/start", says("start.not-member"));
    await telegram.presses(sam, group, hello, label("button.join"), /Welcome to|You are in/);
    await telegram.reads(alsoQuinn, group, /Sam joined/);
    await discord.reads(quinn, room, /Sam joined/);

    const home = await discord.connect(quinn, room, "observatory", files("eclipse", 3));
    await telegram.reads(sam, group, /shares observatory/);
    const mine = await telegram.asks(alsoQuinn, group, "/servers", new RegExp(words.en["servers.title"]));
    expect(textOf(mine)).toContain("observatory");
    const shares = await telegram.asks(alsoQuinn, group, "/share", new RegExp(words.en["share.mine"]));
    expect(textOf(shares)).toContain("observatory");
    await telegram.asks(sam, group, "/search eclipse", /3 results/);

    home.write(files("comet", 4));
    await telegram.reindex(alsoQuinn);
    const told: ShownMessage[][] = await Promise.all([
      discord.reads(rosa, room, /4 new files/),
      telegram.reads(sam, group, /4 new files/),
    ]);
    expect(told.flat()).toHaveLength(2);
    const members = await world.core().api.groups.show(contextOf(discord.driver, quinn, room), {});
    expect(members.members).toHaveLength(3);
  });
});
