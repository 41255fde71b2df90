// Telegram's long poll breaking in every way it knows, and one slow answer beside everybody else's.
import { expect, it } from "vitest";
import type { TelegramDriver } from "../telegram/driver.ts";
import { makeTelegram, reads, sees } from "./platforms.ts";
import type { Stage } from "./stage.ts";
import { endAfterEach, openStage } from "./stage.ts";

endAfterEach();

const polls = (driver: TelegramDriver) => driver.requests().filter(({ method }) => method === "getUpdates").length;

async function goesOn({ driver, anna, room }: Stage<TelegramDriver>, word: string): Promise<void> {
  await driver.say(anna, room, `/search ${word}`);
  await reads(driver, anna, room, `“${word}”`);
  expect(sees(driver, anna, room, `“${word}”`)).toHaveLength(1);
}

it("waits while another process polls, says so once, and goes on when it is gone", async () => {
  const stage = await openStage(makeTelegram);
  const bot = await stage.startOnline({ isHurried: true });
  const before = polls(stage.driver);
  stage.driver.conflict(5);
  await goesOn(stage, "free");
  expect(polls(stage.driver) - before).toBeLessThan(5 + 8);
  expect(bot.log().match(/Another process polls/g)).toHaveLength(1);
  expect(bot.waits).toEqual(expect.arrayContaining([500, 1000, 2000, 4000]));
  expect(bot.problems).toEqual([]);
});

it.each([
  ["502", { status: 502 }],
  ["a cut connection", { status: 200, cut: true }],
  ["429", { status: 429, retryAfter: 1 }],
  ["an answer after three seconds", { status: 200, delayMs: 3000 }],
])("hears everything after %s in place of updates, once", async (_what, trouble) => {
  const stage = await openStage(makeTelegram);
  const { driver, startOnline } = stage;
  await startOnline();
  for (const when of ["before", "after"] as const) {
    driver.fail({ method: /^getUpdates$/ }, { when, times: 1, ...trouble });
    await goesOn(stage, when);
  }
  await goesOn(stage, "fine");
  expect(driver.violations()).toEqual([]);
});

it("ends with 2 and the sentence when the token is taken away while it polls", async () => {
  const { driver, startOnline } = await openStage(makeTelegram);
  const bot = await startOnline();
  driver.fail({ method: /^getUpdates$/ }, { status: 401, when: "before", times: 1 });
  expect(await bot.outcome).toBe(2);
  expect(bot.problems).toEqual([expect.stringContaining("TELEGRAM_BOT_TOKEN")]);
});

it("does not answer again what the server gives a second time", async () => {
  const stage = await openStage(makeTelegram);
  const { core, driver, anna, room, startOnline } = stage;
  await startOnline();
  await goesOn(stage, "once");
  await driver.until(() => (driver.pendingUpdates() === 0 ? true : undefined));
  driver.repeatUpdates();
  await goesOn(stage, "then");
  expect(core.callsOf("catalog.search")).toHaveLength(2);
  expect(driver.seenBy(anna, room)).toHaveLength(2);
});

it("does not let one slow answer hold up anybody else, nor forget it", async () => {
  const stage = await openStage(makeTelegram);
  const { driver, platform, anna, ben, startOnline } = stage;
  await startOnline();
  platform.break("post", { status: 200, delayMs: 6000 });
  await driver.say(anna, undefined, "/search slow");
  await driver.until(() => (platform.count("post") > 0 ? true : undefined));
  const before = polls(driver);
  await driver.say(ben, undefined, "/search quick");
  await reads(driver, ben, undefined, "“quick”");
  expect(driver.seenBy(anna, undefined)).toEqual([]);
  // What is under way is not yet confirmed: a bot that is killed now would be told again.
  expect(driver.pendingUpdates()).toBeGreaterThan(0);
  await reads(driver, anna, undefined, "“slow”");
  await driver.until(() => (driver.pendingUpdates() === 0 ? true : undefined));
  expect(polls(driver) - before).toBeLessThan(25);
  expect(sees(driver, anna, undefined, "“slow”")).toHaveLength(1);
  expect(sees(driver, ben, undefined, "“quick”")).toHaveLength(1);
});

it("hears sixty people at once, all of them, at the pace that Telegram allows", async () => {
  const { driver, room, startOnline } = await openStage(makeTelegram);
  await startOnline();
  const crowd = Array.from({ length: 60 }, (_, at) => driver.addPerson(`Person ${at}`));
  await Promise.all(crowd.map((person) => driver.say(person, undefined, "/search summer")));
  for (const person of crowd) await reads(driver, person, undefined, "Page 1.flac");
  const anna = crowd[0];
  if (!anna) throw new Error("nobody came");
  await driver.join(anna, room);
  const refused = () => driver.requests().filter(({ status }) => status === 429).length;
  const before = refused();
  // More than the burst that is let through.
  for (const word of ["a", "b", "c", "d", "e", "f", "g"]) await driver.say(anna, room, `/search ${word}`);
  await reads(driver, anna, room, "“g”");
  expect(crowd.every((person) => driver.seenBy(person, undefined).length === 1)).toBe(true);
  expect(before).toBeLessThan(5);
  expect(refused()).toBe(before);
  expect(driver.violations()).toEqual([]);
});

it("waits with the twenty-first message of a minute in a group, and keeps the others going", async () => {
  const { driver, anna, ben, room, startOnline } = await openStage(makeTelegram);
  // The waits of the burst are cut short by the hurry; those of the minute are not.
  driver.setLimits({ perChat: { count: 100, perMs: 5000 } });
  const bot = await startOnline({ isHurried: true });
  for (let count = 1; count <= 25; count += 1) await driver.say(anna, room, `/search word${count}`);
  await reads(driver, anna, room, "“word20”");
  await bot.until(() => bot.waits.find((ms) => ms > 20_000 && ms < 60_000));
  await driver.say(ben, undefined, "/search mine");
  await reads(driver, ben, undefined, "“mine”");
  expect(driver.seenBy(anna, room)).toHaveLength(20);
  expect(driver.requests().filter(({ status }) => status === 429)).toEqual([]);
  expect(driver.violations()).toEqual([]);
});
