// Discord's gateway breaking in every way it knows: the bot goes on, hears what it can still be told, and hears it once.
import { expect, it } from "vitest";
import type { DiscordDriver } from "../discord/driver.ts";
import { applicationFlags } from "../discord/intents.ts";
import { newFiles } from "./memory-core.ts";
import { makeDiscord, reads, sees } from "./platforms.ts";
import type { Stage } from "./stage.ts";
import { endAfterEach, openStage } from "./stage.ts";

endAfterEach();

const disconnected = (driver: DiscordDriver) => driver.until(() => (driver.connections() === 0 ? true : undefined));

/** A command is answered, once, and an announcement told, once. */
async function goesOn({ core, platform, driver, anna, room }: Stage<DiscordDriver>): Promise<void> {
  const asked = core.cursor + 1;
  await driver.online();
  await driver.say(anna, room, `/search word${asked}`);
  await reads(driver, anna, room, `“word${asked}”`);
  core.emit(newFiles(asked, [platform.roomOf(room)]));
  await core.cursorReaches(asked);
  expect(sees(driver, anna, room, `“word${asked}”`)).toHaveLength(1);
  expect(sees(driver, anna, room, `Folder ${asked}`)).toHaveLength(1);
}

const breakdowns: readonly (readonly [string, (driver: DiscordDriver) => void])[] = [
  ["a dropped connection", (driver) => driver.dropGateway()],
  ["a close that may be resumed (4000)", (driver) => driver.dropGateway(4000)],
  ["a session that timed out (4009)", (driver) => driver.dropGateway(4009)],
  ["op 7", (driver) => driver.sendReconnect()],
  ["op 9, resumable", (driver) => driver.invalidateSession(true)],
  ["op 9, not resumable", (driver) => driver.invalidateSession(false)],
];

it.each(breakdowns)("goes on after %s", async (_what, breakDown) => {
  const stage = await openStage(makeDiscord);
  const { driver, startOnline } = stage;
  const bot = await startOnline({ isHurried: true });
  await goesOn(stage);
  const hellos = stage.platform.count("hello");
  breakDown(driver);
  await bot.until(() => (bot.log().includes("connecting again") || driver.connections() === 0 ? true : undefined));
  await goesOn(stage);
  expect(stage.platform.count("hello")).toBeLessThan(hellos + 4);
  expect(bot.problems).toEqual([]);
  expect(driver.violations()).toEqual([]);
});

it("leaves a silent gateway, and comes back", async () => {
  const stage = await openStage(makeDiscord);
  stage.driver.setGateway({ heartbeatMs: 150 });
  await stage.startOnline({ isHurried: true });
  stage.driver.goSilent();
  await disconnected(stage.driver);
  await goesOn(stage);
});

it("waits while it may not reconnect, and then answers what was said meanwhile by others", async () => {
  const stage = await openStage(makeDiscord);
  const { driver, startOnline, core, platform, room, anna } = stage;
  const bot = await startOnline({ isHurried: true });
  driver.refuseConnections(true);
  driver.dropGateway();
  const before = bot.waits.length;
  core.emit(newFiles(90, [platform.roomOf(room)]));
  await bot.until(() => (bot.waits.length > before + 6 ? true : undefined));
  driver.refuseConnections(false);
  await core.cursorReaches(90);
  expect(sees(driver, anna, room, "Folder 90")).toHaveLength(1);
  await goesOn(stage);
  expect(bot.problems).toEqual([]);
});

it("answers once what came while the connection was broken, when the session is resumed", async () => {
  const { driver, anna, room, startOnline } = await openStage(makeDiscord);
  await startOnline();
  driver.dropGateway();
  await driver.say(anna, room, "/search meanwhile");
  await reads(driver, anna, room, "“meanwhile”");
  driver.dropGateway();
  await disconnected(driver);
  await driver.online();
  await driver.say(anna, room, "/search later");
  await reads(driver, anna, room, "“later”");
  expect(sees(driver, anna, room, "“meanwhile”")).toHaveLength(1);
  expect(driver.violations()).toEqual([]);
});

it.each([
  [4014, "Intent"],
  [4004, "DISCORD_TOKEN"],
] as const)("ends with 2 and a sentence when the gateway closes with %i", async (code, word) => {
  const { driver, startOnline } = await openStage(makeDiscord);
  const bot = await startOnline();
  driver.dropGateway(code);
  expect(await bot.outcome).toBe(2);
  expect(bot.problems).toEqual([expect.stringContaining(word)]);
});

it("hears of members when the application may; else it does not ask for the intent", async () => {
  for (const flags of [0, applicationFlags.guildMembers, applicationFlags.guildMembersLimited]) {
    const stage = await openStage(makeDiscord);
    const { driver, core, ben, room, startOnline } = stage;
    driver.setFlags(flags);
    const bot = await startOnline();
    await driver.leave(ben, room);
    if (flags === 0) await goesOn(stage);
    else await core.until(() => core.callsOf("groups.memberGone")[0]);
    expect(core.callsOf("groups.memberGone").length).toBe(flags === 0 ? 0 : 1);
    expect(bot.problems).toEqual([]);
    expect(driver.violations()).toEqual([]);
  }
});
