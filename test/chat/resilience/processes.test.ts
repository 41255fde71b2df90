// Real bot processes: exit codes, what they write, one platform failing beside the other, and an end in order.

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { spawnBot } from "./bot-process.ts";
import { newFiles } from "./memory-core.ts";
import type { Platform } from "./platforms.ts";
import { makeDiscord, makeTelegram, reads, sees } from "./platforms.ts";
import { endAfterEach, endLater, openStage } from "./stage.ts";

endAfterEach();

const variables = { discord: "DISCORD_TOKEN", telegram: "TELEGRAM_BOT_TOKEN" } as const;

it.each([
  ["discord", makeDiscord as () => Promise<Platform>],
  ["telegram", makeTelegram as () => Promise<Platform>],
] as const)("%s: a wrong token ends the process with 2 and one sentence", async (name, make) => {
  const { core, driver, platform } = await openStage(make);
  const wrong = `${platform.token.slice(0, 12)}wrong${platform.token.slice(17)}`;
  const bot = spawnBot({ ...driver.env, FONSHARE_API: core.address, [variables[name]]: wrong });
  expect(await bot.ended).toBe(2);
  expect(bot.sentences()).toEqual([expect.stringContaining(`does not accept ${variables[name]}: `)]);
  expect(bot.output()).not.toContain(wrong);
});

it("one platform with a wrong token leaves the other at work in the same process", async () => {
  for (const broken of ["discord", "telegram"] as const) {
    const discord = await openStage(makeDiscord as () => Promise<Platform>);
    const telegram = await openStage(makeTelegram as () => Promise<Platform>);
    const { platform, driver, anna, core } = broken === "discord" ? telegram : discord;
    const env = { ...discord.driver.env, ...telegram.driver.env, FONSHARE_API: core.address };
    const bot = spawnBot({ ...env, [variables[broken]]: "7100000001:wrong-wrong-wrong-wrong-wrong-wrong-w" });
    await bot.until(() => (bot.sentences().length > 0 ? true : undefined));
    await platform.online();
    driver.setPrivateOpen(anna, true);
    await driver.say(anna, undefined, "/search summer");
    await reads(driver, anna, undefined, "Page 1.flac");
    expect(bot.sentences()).toEqual([expect.stringContaining(variables[broken])]);
    expect(await bot.kill("SIGTERM")).toBe(2);
  }
});

it("two processes, one for each platform, tell each room once", async () => {
  const discord = await openStage(makeDiscord);
  const telegram = await openStage(makeTelegram);
  const { core } = discord;
  const bots = [discord, telegram].map(({ driver }) => spawnBot({ ...driver.env, FONSHARE_API: core.address }));
  await Promise.all([discord.platform.online(), telegram.platform.online()]);
  await core.until(() => (core.resumedAfter.length === 2 ? true : undefined));
  core.emit(newFiles(1, [discord.platform.roomOf(discord.room), telegram.platform.roomOf(telegram.room)]));
  for (const { driver, anna, room } of [discord, telegram]) {
    await reads(driver, anna, room, "Folder 1");
    await driver.say(anna, room, "/search summer");
    await reads(driver, anna, room, "Page 1.flac");
    expect(sees(driver, anna, room, "Folder 1")).toHaveLength(1);
    expect(driver.violations()).toEqual([]);
  }
  expect(await Promise.all(bots.map((bot) => bot.kill("SIGTERM")))).toEqual([0, 0]);
});

it("ends in order while core and platforms hang", async () => {
  const discord = await openStage(makeDiscord);
  const telegram = await openStage(makeTelegram);
  const address = await startSilentCore();
  const bot = spawnBot({ ...discord.driver.env, ...telegram.driver.env, FONSHARE_API: address });
  await Promise.all([discord.platform.online(), telegram.platform.online()]);
  for (const { platform, driver, anna, room } of [discord, telegram]) {
    platform.break("post", { status: 502, when: "before", delayMs: 120_000, times: 99 });
    await driver.say(anna, room, "/search summer");
  }
  // Whatever the core does, a command is acknowledged at once.
  await discord.driver.until(() => (discord.driver.acks().some(({ ms }) => ms !== undefined) ? true : undefined));
  telegram.driver.fail({ method: /getUpdates/ }, { status: 502, when: "before", delayMs: 120_000, times: 99 });
  discord.driver.goSilent();
  discord.platform.break("edit", { status: 502, when: "before", delayMs: 120_000, times: 99 });
  const startedAt = performance.now();
  expect(await bot.kill("SIGTERM")).toBe(0);
  // Two seconds are promised; a wait that was forgotten would be ten at least.
  expect(performance.now() - startedAt).toBeLessThan(8_000);
  expect(bot.sentences()).toEqual([]);
});

it("ends in order while neither platform can be reached", async () => {
  const discord = await openStage(makeDiscord);
  const telegram = await openStage(makeTelegram);
  for (const { platform } of [discord, telegram]) platform.refuseConnections(true);
  const bot = spawnBot({ ...discord.driver.env, ...telegram.driver.env, FONSHARE_API: discord.core.address });
  await bot.until(() => (bot.output().match(/cannot be reached/g)?.length ?? 0) >= 2 || undefined);
  expect(await bot.kill("SIGTERM")).toBe(0);
});

/** Takes connections and answers nothing. */
async function startSilentCore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fonshare-silent-"));
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    endLater(async () => socket.destroy());
  });
  server.listen(join(folder, "api.sock"));
  await once(server, "listening");
  endLater(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return `unix:${join(folder, "api.sock")}`;
}
