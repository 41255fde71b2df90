// Discord: what happens while the bot is down, unseen or unwelcome.
import { expect, it } from "vitest";
import type { DiscordDriver } from "../discord/driver.ts";
import { newFiles } from "./memory-core.ts";
import { makeDiscord, plain, reads, sees } from "./platforms.ts";
import type { Stage } from "./stage.ts";
import { endAfterEach, openStage } from "./stage.ts";

endAfterEach();

async function announce({ core, platform, driver, anna, room }: Stage<DiscordDriver>) {
  core.emit(newFiles(1, [platform.roomOf(room)]));
  await core.cursorReaches(1);
  return reads(driver, anna, room, "Folder 1");
}

/** What the start does beside the talk is over. */
const caughtUp = ({ core }: Stage<DiscordDriver>, times: number) =>
  core.until(() => (core.callsOf("groups.watched").length >= times ? true : undefined));

it("finds a reaction made while it was down, once, also after two more starts", async () => {
  const stage = await openStage(makeDiscord);
  const { core, driver, ben, room, start } = stage;
  const first = await stage.startOnline();
  const message = await announce(stage);
  await caughtUp(stage, 1);
  await first.stop();
  driver.reactSilently(ben, message, "⬇️");
  driver.reactSilently(ben, message, "⭐");
  for (const times of [2, 3]) {
    const bot = start();
    await caughtUp(stage, times);
    await bot.stop();
  }
  expect(core.reactions).toHaveLength(2);
  expect(core.reactions.every(({ userId, isLate }) => userId === ben.id && isLate)).toBe(true);
  expect(sees(driver, ben, undefined, "Summer concert")).toHaveLength(1);
  expect(driver.seenBy(ben, room)).toHaveLength(1);
  expect(driver.violations()).toEqual([]);
});

it("hears reactions to messages from before its start", async () => {
  const stage = await openStage(makeDiscord);
  const { core, driver, ben, startOnline } = stage;
  const first = await startOnline();
  const message = await announce(stage);
  await first.stop();
  await startOnline();
  await caughtUp(stage, 2);
  await driver.react(ben, message, "📌");
  await core.until(() => core.reactions[0]);
  expect(core.reactions).toEqual([{ messageId: message.id, userId: ben.id, reaction: "keep", isLate: false }]);
});

it("finds who left silently: at the start for all, and at once before a pull", async () => {
  const stage = await openStage(makeDiscord);
  const { core, driver, anna, ben, room, startOnline } = stage;
  core.watched.push({ roomId: room.id, parentId: null, title: "Friends", userIds: [anna.id, ben.id] });
  driver.setPresent(ben, room, false);
  const first = await startOnline({ isHurried: true });
  const gone = await core.until(() => core.callsOf("groups.memberGone")[0]);
  expect(gone.input).toEqual({ roomId: room.id, userId: ben.id });
  await first.stop();

  core.watched.splice(0);
  const carl = driver.addPerson("Carl");
  await startOnline();
  core.answers["groups.mine"] = { groups: [{ name: "Friends", room: { platform: "discord", roomId: room.id } }] };
  await driver.say(carl, undefined, "/pull f3k9");
  await core.until(() => core.callsOf("transfers.plan")[0]);
  const asked = core.calls.map(({ name, input }) => (input?.["userId"] === carl.id ? `${name} ${carl.id}` : name));
  expect(asked.indexOf(`groups.memberGone ${carl.id}`)).toBeGreaterThan(0);
  expect(asked.indexOf(`groups.memberGone ${carl.id}`)).toBeLessThan(asked.indexOf("transfers.plan"));
});

it("unbinds a room that goes: channel, thread, or the bot put out; also what went while it was down", async () => {
  const stage = await openStage(makeDiscord);
  const { core, driver, anna, room, startOnline } = stage;
  const beside = driver.addChannel(room, "second");
  const third = driver.addChannel(room, "third");
  const thread = driver.addThread(room, "plans");
  const bot = await startOnline({ isHurried: true });
  const gone = () => core.callsOf("groups.roomGone").map(({ input }) => input["roomId"]);
  driver.deleteThread(thread);
  driver.deleteChannel(beside);
  await core.until(() => (gone().length === 2 ? true : undefined));
  expect(gone().sort()).toEqual([thread.id, beside.id].sort());
  await bot.stop();

  driver.deleteChannel(third);
  for (const roomId of [room.id, third.id])
    core.watched.push({ roomId, parentId: null, title: "", userIds: [anna.id] });
  await startOnline({ isHurried: true });
  await core.until(() => (gone().includes(third.id) ? true : undefined));
  expect(gone()).not.toContain(room.id);
  await driver.removeBot(room);
  await core.until(() => (gone().includes(room.id) ? true : undefined));
});

it("tells the other rooms when one is gone, and does not try that one for ever", async () => {
  const stage = await openStage(makeDiscord);
  const { core, driver, anna, room, startOnline, platform } = stage;
  const beside = driver.addChannel(room, "second");
  await startOnline();
  driver.denyBot(beside, 1n << 11n);
  core.emit(
    newFiles(1, [{ platform: "discord", roomId: "123456789012345678" }, ...[beside, room].map(platform.roomOf)]),
  );
  await core.cursorReaches(1);
  expect(sees(driver, anna, room, "Folder 1")).toHaveLength(1);
  expect(platform.count("post")).toBeLessThan(5);
});

it("answers by mention in the room whoever lets no bot write to them", async () => {
  const stage = await openStage(makeDiscord);
  const { core, driver, anna, ben, room, startOnline } = stage;
  await startOnline();
  const message = await announce(stage);
  driver.setPrivateOpen(ben, false);
  await driver.react(ben, message, "⬇️");
  const answer = await driver.until(() => driver.seenBy(anna, room).find(({ mentions }) => mentions.length > 0));
  expect(answer.mentions).toEqual([ben.id]);
  expect(core.reactions).toHaveLength(1);
  expect(driver.violations()).toEqual([]);
});

it("does not mind to be too late for an interaction: the reply comes another way", async () => {
  const { driver, anna, room, startOnline } = await openStage(makeDiscord);
  const bot = await startOnline();
  const typed = driver.say(anna, room, "/search summer");
  driver.advance(4000);
  await typed;
  const list = await reads(driver, anna, room, "Page 1.flac");
  const pressed = driver.press(anna, list, "Next");
  driver.advance(4000);
  await pressed;
  await reads(driver, anna, room, "Page 2.flac");
  const hidden = driver.say(anna, room, "/servers");
  driver.advance(4000);
  await hidden;
  await reads(driver, anna, undefined, "attic");
  expect(driver.seenBy(anna, room).some((message) => plain(message).includes("attic"))).toBe(false);
  expect(bot.log()).not.toMatch(/"level":[56]0/);
  await driver.say(anna, room, "/search again");
  await reads(driver, anna, room, "“again”");
});
