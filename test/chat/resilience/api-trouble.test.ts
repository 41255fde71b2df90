// Both adapters while their platform is slow, busy or broken: everything is said, and once where the platform lets that be.
import { describe, expect, it } from "vitest";
import type { Driver } from "../driver.ts";
import { newFiles } from "./memory-core.ts";
import type { Purpose, Trouble } from "./platforms.ts";
import { platforms, reads, sees } from "./platforms.ts";
import { endAfterEach, openStage } from "./stage.ts";

endAfterEach();

const troubles: readonly (readonly [string, Trouble])[] = [
  ["502 before the effect", { status: 502, when: "before" }],
  ["502 after the effect", { status: 502, when: "after" }],
  ["a connection cut before the effect", { status: 200, cut: true, when: "before" }],
  ["a connection cut after the effect", { status: 200, cut: true, when: "after" }],
  ["429 with a wait", { status: 429, retryAfter: 1, when: "before" }],
];

/** Every press was answered, also the one that met a fault. */
const acknowledged = (driver: Driver & { answersToCallbacks?: () => (number | undefined)[] }) =>
  driver.until(() => (driver.answersToCallbacks?.().every((ms) => ms !== undefined) === false ? undefined : true));

describe.each(platforms)("%s", (name, make) => {
  it.each(troubles)("an announcement meets %s and stands in the room", async (_what, trouble) => {
    const { core, platform, driver, anna, ben, room, startOnline } = await openStage(make);
    await startOnline();
    platform.break("post", trouble);
    core.emit(newFiles(1, [platform.roomOf(room)]));
    await core.cursorReaches(1);
    const copies = sees(driver, anna, room, "Folder 1");
    // Telegram knows nothing that would make a message unique: it may stand twice, and never not at all.
    const mayDouble = name === "telegram" && trouble.when === "after";
    expect(copies).toHaveLength(mayDouble ? 2 : 1);
    expect(core.posted).toHaveLength(1);
    for (const copy of copies) {
      const before = core.callsOf("transfers.plan").length;
      await driver.press(ben, copy, "Pull");
      await core.until(() => (core.callsOf("transfers.plan").length > before ? true : undefined));
    }
    expect(driver.violations()).toEqual([]);
  });

  it.each(troubles)("a page is turned, and the press acknowledged, through %s", async (_what, trouble) => {
    const { platform, driver, anna, room, startOnline } = await openStage(make);
    const bot = await startOnline();
    await driver.say(anna, room, "/search summer");
    const list = await reads(driver, anna, room, "Page 1.flac");
    for (const purpose of ["acknowledge", "edit"] satisfies Purpose[]) platform.break(purpose, trouble);
    await driver.press(anna, list, "Next");
    const turned = await reads(driver, anna, room, "Page 2.flac");
    expect([turned.id, driver.seenBy(anna, room).length]).toEqual([list.id, 1]);
    await acknowledged(driver);
    expect(bot.log()).not.toMatch(/"level":[56]0/);
    expect(driver.violations()).toEqual([]);
  });

  it("waits five seconds for each answer of a slow platform, and says everything once", async () => {
    const { core, platform, driver, anna, ben, room, startOnline } = await openStage(make);
    await startOnline();
    await driver.say(anna, room, "/search summer");
    const list = await reads(driver, anna, room, "Page 1.flac");
    for (const purpose of ["post", "edit"] satisfies Purpose[]) {
      platform.break(purpose, { status: 200, delayMs: 5000 });
    }
    core.emit(newFiles(1, [platform.roomOf(room)]));
    await driver.press(anna, list, "Next");
    await Promise.all([core.cursorReaches(1), reads(driver, anna, room, "Page 2.flac")]);
    expect(sees(driver, ben, room, "Folder 1")).toHaveLength(1);
    expect(driver.seenBy(ben, room)).toHaveLength(2);
    expect(driver.violations()).toEqual([]);
  });

  it("tells an announcement later when the platform stays away for long", async () => {
    const { core, platform, driver, anna, room, startOnline } = await openStage(make);
    const bot = await startOnline({ isHurried: true });
    platform.break("post", { status: 503, when: "before", times: 12 });
    core.emit(newFiles(1, [platform.roomOf(room)]));
    core.emit(newFiles(2, [platform.roomOf(room)]));
    await core.cursorReaches(2);
    expect([1, 2].map((id) => sees(driver, anna, room, `Folder ${id}`).length)).toEqual([1, 1]);
    expect(platform.count("post")).toBe(14);
    // Between any two attempts of its own there was a pause.
    expect(bot.waits.filter((ms) => ms >= 300).length).toBeGreaterThan(2);
  });
});
