// Both adapters at their start, with the platform or the core away, refusing, or going in the middle.
import { describe, expect, it } from "vitest";
import { CallError } from "#contract";
import type { DiscordDriver } from "../discord/driver.ts";
import type { Driver } from "../driver.ts";
import type { TelegramDriver } from "../telegram/driver.ts";
import { newFiles } from "./memory-core.ts";
import type { Platform } from "./platforms.ts";
import { makeDiscord, makeTelegram, platforms, reads, sees } from "./platforms.ts";
import { endAfterEach, openStage } from "./stage.ts";

endAfterEach();

const coreAway = "The core does not answer just now.";
/** Doubled each time: half a second with the smallest jitter. */
const growingPauses = [500, 1000, 2000, 4000];

describe.each(platforms)("%s", (name, make) => {
  it("waits for a platform that cannot be reached, more and more patiently, and works when it is there", async () => {
    const { platform, driver, anna, room, start } = await openStage(make);
    platform.refuseConnections(true);
    const bot = start({ isHurried: true });
    await bot.until(() => (bot.waits.includes(8000) ? true : undefined));
    expect(bot.waits.filter((ms) => growingPauses.includes(ms))).toEqual(expect.arrayContaining(growingPauses));
    platform.refuseConnections(false);
    await platform.online();
    await driver.say(anna, room, "/search summer");
    await reads(driver, anna, room, "Page 1.flac");
    expect(driver.violations()).toEqual([]);
  });

  it("asks again after 5xx at the start, no more often than it has to", async () => {
    const { platform, driver, anna, room, start } = await openStage(make);
    // The library of Discord tries four times at once by itself.
    const faults = name === "discord" ? 12 : 5;
    platform.break("hello", { status: 502, when: "before", times: faults });
    const bot = start({ isHurried: true });
    await platform.online();
    expect(platform.count("hello")).toBeLessThanOrEqual(faults + 3);
    expect(bot.waits).toEqual(expect.arrayContaining([500, 1000]));
    await driver.say(anna, room, "/search summer");
    await reads(driver, anna, room, "Page 1.flac");
    expect(bot.problems).toEqual([]);
  });

  it("ends with 2 and one sentence for a wrong token, which stands nowhere", async () => {
    const { platform, driver, start } = await openStage(make);
    const variable = name === "discord" ? "DISCORD_TOKEN" : "TELEGRAM_BOT_TOKEN";
    const wrong = `${platform.token.slice(0, 12)}wrong${platform.token.slice(17)}`;
    const bot = start({ env: { ...driver.env, [variable]: wrong } });
    expect(await bot.outcome).toBe(2);
    expect(bot.problems).toEqual([expect.stringMatching(new RegExp(`does not accept ${variable}: .+`))]);
    expect(bot.log() + bot.problems).not.toContain(wrong);
  });

  it("starts while the core is away, says so, and goes on when it comes", async () => {
    const { core, platform, driver, anna, room, start } = await openStage(make);
    await core.stop();
    start({ isHurried: true });
    await platform.online();
    driver.setPrivateOpen(anna, true);
    await driver.say(anna, undefined, "/search summer");
    await reads(driver, anna, undefined, coreAway);
    core.emit(newFiles(1, [platform.roomOf(room)]));
    await core.start();
    await core.cursorReaches(1);
    await driver.say(anna, undefined, "/search summer");
    await reads(driver, anna, undefined, "Page 1.flac");
    expect(sees(driver, anna, room, "Folder 1")).toHaveLength(1);
    expect(driver.violations()).toEqual([]);
  });

  it("finds who left silently and which room is gone while it, and then the core, was away", async () => {
    const { core, platform, driver, anna, ben, room, start } = await openStage(make);
    const lost = driver.addRoom("Lost", [anna]);
    await driver.removeBot(lost);
    const { roomId } = platform.roomOf(room);
    core.watched.push({ roomId, parentId: null, title: "Friends", userIds: [anna.id, ben.id] });
    core.watched.push({ ...platform.roomOf(lost), parentId: null, title: "Lost", userIds: [anna.id] });
    (driver as DiscordDriver | TelegramDriver).setPresent(ben, room, false);
    await core.stop();
    start({ isHurried: true });
    await platform.online();
    await core.start();
    const gone = await core.until(() => core.callsOf("groups.memberGone")[0]);
    expect(gone.input).toEqual({ roomId, userId: ben.id });
    const roomGone = await core.until(() => core.callsOf("groups.roomGone")[0]);
    expect(roomGone.input).toEqual({ roomId: lost.id });
    expect(core.callsOf("groups.memberGone")).toHaveLength(1);
  });

  it("loses the core in the middle: one sentence, old buttons later, and nothing told twice", async () => {
    const { core, platform, driver, anna, room, startOnline } = await openStage(make);
    await startOnline({ isHurried: true });
    driver.setPrivateOpen(anna, true);
    await driver.say(anna, undefined, "/search summer");
    const list = await reads(driver, anna, undefined, "Page 1.flac");
    core.emit(newFiles(1, [platform.roomOf(room)]));
    await core.cursorReaches(1);
    await core.stop();
    await driver.press(anna, list, "Next");
    const isSaid = () =>
      sees(driver, anna, undefined, coreAway).length > 0 ||
      driver.noticesFor(anna).some((text) => text.startsWith(coreAway));
    await driver.until(() => (isSaid() ? true : undefined));
    expect(sees(driver, anna, undefined, "Page 1.flac")).toHaveLength(1);
    core.emit(newFiles(2, [platform.roomOf(room)]));
    await core.start();
    await core.cursorReaches(2);
    await driver.press(anna, list, "Next");
    await reads(driver, anna, undefined, "Page 2.flac");
    expect([1, 2].map((id) => sees(driver, anna, room, `Folder ${id}`).length)).toEqual([1, 1]);
    expect(driver.violations()).toEqual([]);
  });

  it("loses the core between posting and telling so: the message stands once, and is known at last", async () => {
    const { core, platform, driver, anna, room, startOnline } = await openStage(make);
    await startOnline({ isHurried: true });
    const posted = core.answers["announcements.posted"];
    let refusals = 0;
    core.answers["announcements.posted"] = (call: never) => {
      refusals += 1;
      if (refusals <= 3) throw new CallError("core.unavailable");
      return (posted as (call: never) => unknown)(call);
    };
    core.emit(newFiles(1, [platform.roomOf(room)]));
    await core.cursorReaches(1);
    expect(sees(driver, anna, room, "Folder 1")).toHaveLength(1);
    expect(core.posted).toHaveLength(1);
  });
});

it("one platform that is away for all the time does not keep the other from its work", async () => {
  const makers: (() => Promise<Platform>)[] = [makeDiscord, makeTelegram];
  for (const [makeAway, makeHere] of [makers, makers.toReversed()] as [typeof makeDiscord, typeof makeDiscord][]) {
    const away = await openStage<Driver>(makeAway);
    const { core, driver, platform, anna, room, start } = await openStage<Driver>(makeHere);
    away.platform.refuseConnections(true);
    const bot = start({ isHurried: true, env: { ...away.driver.env, ...driver.env } });
    await platform.online();
    await bot.until(() => (bot.log().includes("cannot be reached") ? true : undefined));
    core.emit(newFiles(1, [away.platform.roomOf(away.room), platform.roomOf(room)]));
    await reads(driver, anna, room, "Folder 1");
    await driver.say(anna, room, "/search summer");
    await reads(driver, anna, room, "Page 1.flac");
    away.platform.refuseConnections(false);
    await reads(away.driver, away.anna, away.room, "Folder 1");
    expect(
      [sees(driver, anna, room, "Folder 1"), sees(away.driver, away.anna, away.room, "Folder 1")].map(
        ({ length }) => length,
      ),
    ).toEqual([1, 1]);
    expect(bot.problems).toEqual([]);
  }
});
