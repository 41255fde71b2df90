// Telegram: rooms that move, close or go, people who shut the bot out, presses that come too late.
import { expect, it } from "vitest";
import { newFiles } from "./memory-core.ts";
import { makeTelegram, reads, sees } from "./platforms.ts";
import { endAfterEach, openStage } from "./stage.ts";

endAfterEach();

it("follows a group that became a supergroup while an announcement was on its way", async () => {
  const { core, driver, anna, ben, room, start, platform } = await openStage(makeTelegram);
  const before = platform.roomOf(room);
  await driver.migrate(room);
  const after = platform.roomOf(room);
  start();
  core.emit(newFiles(1, [before]));
  await core.cursorReaches(1);
  const message = await reads(driver, anna, room, "Folder 1");
  const moves = core.callsOf("groups.roomMoved").map(({ input }) => input);
  expect(moves).toContainEqual({ from: before.roomId, to: after.roomId });
  expect(core.callsOf("groups.roomGone")).toEqual([]);
  await driver.setBotAdmin(room, true);
  await driver.react(ben, message, "👍");
  await core.until(() => core.reactions[0]);
  expect(driver.violations()).toEqual([]);
});

it("unbinds a topic that is no more, and a group that put it out; tells the others", async () => {
  const { core, driver, anna, room, startOnline, platform } = await openStage(makeTelegram);
  const other = driver.addRoom("Others", [anna]);
  await driver.makeForum(room);
  await startOnline();
  await driver.removeBot(other);
  const gone = () => core.callsOf("groups.roomGone").map(({ input }) => input["roomId"]);
  await core.until(() => (gone().includes(other.id) ? true : undefined));
  const topic = { platform: "telegram" as const, roomId: `${room.id}:999` };
  core.emit(newFiles(1, [topic, platform.roomOf(other), platform.roomOf(room)]));
  await core.cursorReaches(1);
  expect(gone()).toContain(topic.roomId);
  expect(sees(driver, anna, room, "Folder 1")).toHaveLength(1);
  expect(platform.count("post")).toBeLessThan(5);
});

it("does not mind a press that is too old, nor a message that already looks like this", async () => {
  const { core, driver, anna, startOnline, start, platform } = await openStage(makeTelegram);
  const first = await startOnline();
  await driver.say(anna, undefined, "/search summer");
  const list = await reads(driver, anna, undefined, "Page 1.flac");
  const pressed = driver.press(anna, list, "Next");
  driver.moveClock(20_000);
  await pressed;
  await reads(driver, anna, undefined, "Page 2.flac");
  await driver.say(anna, undefined, "/pull f3k9 yes");
  await reads(driver, anna, undefined, "33.6 MB of 67.1 MB");
  await core.until(() => core.messages.find(({ key }) => key === "follow:pull:p12"));
  await first.stop();
  const edits = platform.count("edit");
  // The next process does not know how the message looks, and shows it the same again.
  const second = start();
  await driver.until(() => (platform.count("edit") > edits ? true : undefined));
  await driver.say(anna, undefined, "/search again");
  await reads(driver, anna, undefined, "“again”");
  expect(second.log()).not.toMatch(/"level":[56]0/);
});

it("honours the wait that Telegram asks for", async () => {
  const { core, driver, anna, room, startOnline, platform } = await openStage(makeTelegram);
  const bot = await startOnline();
  for (const purpose of ["post", "acknowledge", "edit"] as const) {
    platform.break(purpose, { status: 429, retryAfter: 2, when: "before" });
  }
  core.emit(newFiles(1, [platform.roomOf(room)]));
  await core.cursorReaches(1);
  await driver.say(anna, undefined, "/search summer");
  const list = await reads(driver, anna, undefined, "Page 1.flac");
  await driver.press(anna, list, "Next");
  await reads(driver, anna, undefined, "Page 2.flac");
  await driver.until(() => (driver.answersToCallbacks().every((ms) => ms !== undefined) ? true : undefined));
  expect(bot.waits.filter((ms) => ms === 2000).length).toBeGreaterThanOrEqual(3);
  // The stand-in notes who asks again before the time is over.
  expect(driver.violations()).toEqual([]);
});
