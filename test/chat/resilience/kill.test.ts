// The bot killed at the worst moments, and started again: nothing that the platform can tell again is lost, and nothing
// that it can keep from doubling is said twice.
import { expect, it } from "vitest";
import { fakePull } from "../../../bot/fake-core.ts";
import type { Driver } from "../driver.ts";
import { spawnBot } from "./bot-process.ts";
import { newFiles } from "./memory-core.ts";
import type { Platform } from "./platforms.ts";
import { makeDiscord, makeTelegram, reads, sees } from "./platforms.ts";
import type { Stage } from "./stage.ts";
import { endAfterEach, openStage } from "./stage.ts";

endAfterEach();

async function startProcess<D extends Driver>({ core, driver, platform }: Stage<D>) {
  const streams = core.resumedAfter.length;
  const bot = spawnBot({ ...driver.env, FONSHARE_API: core.address });
  await platform.online();
  await core.until(() => (core.resumedAfter.length > streams ? true : undefined));
  return bot;
}

/** Resolves when such a request hangs: it has reached the platform, and the bot waits. */
const hangs = ({ driver, count }: Platform, purpose: Parameters<Platform["count"]>[0], times = 1) =>
  driver.until(() => (count(purpose) >= times ? true : undefined));

const forEver = 120_000;

it.each(["SIGKILL", "SIGTERM"] as const)(
  "Telegram: ended by %s before the answer, it answers when it is back",
  async (signal) => {
    const stage = await openStage(makeTelegram);
    const { platform, driver, anna, ben, room } = stage;
    const bot = await startProcess(stage);
    await driver.say(anna, room, "/search list");
    const list = await reads(driver, anna, room, "“list”");
    platform.break("post", { status: 502, when: "before", delayMs: forEver });
    platform.break("edit", { status: 502, when: "before", delayMs: forEver });
    await driver.say(ben, undefined, "/search summer");
    await hangs(platform, "post", 2);
    await driver.press(anna, list, "Next");
    await hangs(platform, "edit");
    expect(await bot.kill(signal)).toBe(signal === "SIGKILL" ? "SIGKILL" : 0);
    expect(driver.seenBy(ben, undefined)).toEqual([]);
    await startProcess(stage);
    await reads(driver, ben, undefined, "Page 1.flac");
    await reads(driver, anna, room, "Page 2.flac");
    await driver.say(ben, undefined, "/search again");
    await reads(driver, ben, undefined, "“again”");
    expect(sees(driver, ben, undefined, "“summer”")).toHaveLength(1);
    expect(driver.seenBy(anna, room)).toHaveLength(1);
    expect(driver.violations()).toEqual([]);
  },
);

it("Telegram: what comes twice after a kill is answered once and done once, typed or pressed", async () => {
  const stage = await openStage(makeTelegram);
  const { core, driver, anna } = stage;
  const bot = await startProcess(stage);
  await driver.say(anna, undefined, "/search summer");
  const list = await reads(driver, anna, undefined, "Page 1.flac");
  await driver.press(anna, list, "1");
  const plan = await driver.until(() =>
    driver.seenBy(anna, undefined).find(({ buttons }) => buttons.some(({ label }) => label === "Pull")),
  );
  await driver.press(anna, plan, "Pull");
  await core.until(() => (core.callsOf("transfers.pull").length > 0 ? true : undefined));
  await driver.until(() => (driver.pendingUpdates() === 0 ? true : undefined));
  await bot.kill("SIGKILL");
  const before = driver.seenBy(anna, undefined).length;
  driver.repeatUpdates();
  await startProcess(stage);
  await driver.say(anna, undefined, "/search again");
  await reads(driver, anna, undefined, "“again”");
  expect(driver.seenBy(anna, undefined)).toHaveLength(before + 1);
  expect(core.pulls()).toHaveLength(1);
});

it("Telegram: a plan that was shown before the kill is not shown again", async () => {
  const stage = await openStage(makeTelegram);
  const { core, driver, anna } = stage;
  const bot = await startProcess(stage);
  await driver.say(anna, undefined, "/search summer");
  const list = await reads(driver, anna, undefined, "Page 1.flac");
  await driver.press(anna, list, "1");
  await core.until(() => core.messages.filter(({ key }) => key.startsWith("heard:")).length === 2 || undefined);
  await driver.until(() => (driver.pendingUpdates() === 0 ? true : undefined));
  await bot.kill("SIGKILL");
  driver.repeatUpdates();
  await startProcess(stage);
  await driver.say(anna, undefined, "/search again");
  await reads(driver, anna, undefined, "“again”");
  expect(driver.seenBy(anna, undefined)).toHaveLength(3);
  expect(core.callsOf("transfers.plan")).toHaveLength(1);
});

it("Discord: killed after an announcement was posted and before it knew, it posts no second one", async () => {
  const stage = await openStage(makeDiscord);
  const { core, platform, driver, anna, room } = stage;
  const bot = await startProcess(stage);
  platform.break("post", { status: 502, when: "after", delayMs: 1 });
  platform.break("post", { status: 502, when: "before", delayMs: forEver });
  core.emit(newFiles(1, [platform.roomOf(room)]));
  await hangs(platform, "post", 2);
  await bot.kill("SIGKILL");
  expect(sees(driver, anna, room, "Folder 1")).toHaveLength(1);
  expect(core.posted).toEqual([]);
  await startProcess(stage);
  await core.cursorReaches(1);
  expect(sees(driver, anna, room, "Folder 1")).toHaveLength(1);
  expect(core.posted).toHaveLength(1);
  expect(driver.violations()).toEqual([]);
});

it.each([
  ["discord", makeDiscord as () => Promise<Platform>],
  ["telegram", makeTelegram as () => Promise<Platform>],
])("%s: killed during a pull, its message goes on to the end, and buttons from before work", async (_name, make) => {
  const stage = await openStage(make);
  const { core, driver, anna, room } = stage;
  driver.setPrivateOpen(anna, true);
  const bot = await startProcess(stage);
  await driver.say(anna, room, "/search summer");
  const list = await reads(driver, anna, room, "Page 1.flac");
  await driver.press(anna, list, "1");
  const both = () => [...driver.seenBy(anna, undefined), ...driver.seenBy(anna, room)];
  const plan = await driver.until(() =>
    both().find(({ buttons, onlyFor, id }) => id !== list.id && (onlyFor ?? true) && buttons[0]?.label === "Pull"),
  );
  await driver.press(anna, plan, "Pull");
  await core.until(() => core.messages.find(({ key }) => key === "follow:pull:p12"));
  const progress = await reads(driver, anna, undefined, "33.6 MB of 67.1 MB");
  await bot.kill("SIGKILL");
  core.answers["transfers.show"] = { pull: fakePull({ state: "done", filesDone: 1, bytesDone: 67_108_864 }) };
  await startProcess(stage);
  // A press that was not confirmed yet is told again and shows the progress once more before the end.
  await driver.until(() =>
    driver.seenBy(anna, undefined).find(({ id, buttons }) => id === progress.id && buttons.length === 0),
  );
  expect(driver.seenBy(anna, undefined).filter(({ text }) => text.includes("Summer concert"))).toHaveLength(1);
  await driver.press(anna, list, "Next");
  await reads(driver, anna, room, "Page 2.flac");
  expect(core.pulls()).toHaveLength(1);
});
