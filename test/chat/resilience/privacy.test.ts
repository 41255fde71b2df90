// What must stay private: told by mention and without its content where private is closed, and never in a log, however
// much is logged.
import { describe, expect, it } from "vitest";
import { CallError } from "#contract";
import { fakeItem, fakePull } from "../../../bot/fake-core.ts";
import { spawnBot } from "./bot-process.ts";
import { newFiles } from "./memory-core.ts";
import type { Platform } from "./platforms.ts";
import { makeDiscord, makeTelegram, platforms, reads, sees } from "./platforms.ts";
import { endAfterEach, openStage } from "./stage.ts";

endAfterEach();

describe.each(platforms)("%s", (name, make) => {
  it("tells of the end of a pull by mention where it was asked for, when private was closed meanwhile", async () => {
    const stage = await openStage(make);
    const { core, driver, anna, ben, room, start, startOnline, platform } = stage;
    const first = await startOnline();
    if (driver.platform === "telegram")
      await (driver as Awaited<ReturnType<typeof makeTelegram>>["driver"]).setBotAdmin(room, true);
    driver.setPrivateOpen(ben, true);
    core.emit(newFiles(1, [platform.roomOf(room)]));
    await core.cursorReaches(1);
    const message = await reads(driver, anna, room, "Folder 1");
    await driver.react(ben, message, name === "discord" ? "⬇️" : "👍");
    await reads(driver, ben, undefined, "Summer concert");
    await core.until(() => core.messages.find(({ key }) => key === "follow:pull:p12"));
    await first.stop();
    driver.setPrivateOpen(ben, false);
    start();
    core.emit({
      ...newFiles(2, []),
      people: [{ platform: driver.platform, userId: ben.id, language: "en" }],
      telling: {
        kind: "pull.finished",
        pull: fakePull({ state: "done", filesDone: 1, bytesDone: 67_108_864 }),
      },
    });
    await core.cursorReaches(2);
    const told = await driver.until(() => driver.seenBy(anna, room).find(({ mentions }) => mentions.includes(ben.id)));
    expect(told.mentions).toEqual([ben.id]);
    expect(sees(driver, anna, room, "Summer concert")).toHaveLength(1);
    expect(driver.violations()).toEqual([]);
  });

  it("leads somebody who cannot be written to into private, and shows nothing of it in the room", async () => {
    const { driver, anna, ben, room, startOnline } = await openStage(make);
    await startOnline();
    driver.setPrivateOpen(ben, false);
    await driver.say(ben, room, "/servers");
    const own = () => driver.seenBy(ben, room).filter(({ text, onlyFor }) => onlyFor || text.includes("private"));
    await driver.until(() => own()[0]);
    expect(driver.seenBy(anna, room).filter(({ text }) => text.includes("attic"))).toEqual([]);
    expect(driver.violations()).toEqual([]);
  });
});

/** What an operator must never find in a log. */
const planted = {
  host: "ftp.planted-host.example",
  login: "planted-login",
  password: "planted-password",
  path: "/srv/planted/path",
  file: "planted-film.mkv",
};

it.each([
  ["discord", makeDiscord as () => Promise<Platform>],
  ["telegram", makeTelegram as () => Promise<Platform>],
])(
  "%s: no token, address, login, path, file name or link in any line of the log at the level trace",
  async (_name, make) => {
    const { core, platform, driver, anna, room } = await openStage(make);
    const { host, login, password, path, file } = planted;
    const address = `ftp://${login}:${password}@${host}${path}/${file}`;
    const item = fakeItem({ name: file, path, share: host, owner: login });
    core.answers["catalog.search"] = {
      items: [item],
      next: null,
      previous: null,
      total: 1,
      isCapped: false,
      corrected: null,
    };
    // What the contract does not allow, and what a broken core might say.
    core.answers["catalog.browse"] = { [host]: address, items: [{ ...item, bytes: address }] };
    core.answers["transfers.plan"] = () => {
      throw new CallError("server.offline", { server: login });
    };
    const bot = spawnBot({ ...driver.env, FONSHARE_API: core.address });
    await platform.online();
    driver.setPrivateOpen(anna, true);
    const link = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    for (const [line, answer] of [
      [`/search ${address}`, file],
      ["/browse d1", "went wrong"],
      ["/pull f3k9", "No answer from"],
      [`/servers add`, "enrol"],
      [`/join ${address}`, "A code looks like"],
    ] as const) {
      await driver.say(anna, undefined, line);
      await reads(driver, anna, undefined, answer).catch((error: Error) => {
        throw new Error(`${line}: ${error.message}`);
      });
    }
    for (const status of [400, 502]) platform.break("post", { status, when: "before", times: 1 });
    core.emit(newFiles(1, [platform.roomOf(room)], file));
    await core.cursorReaches(1);
    await core.stop();
    await driver.say(anna, undefined, `/search ${address}`);
    await reads(driver, anna, undefined, "does not answer");
    expect(await bot.kill("SIGTERM")).toBe(0);
    const output = bot.output();
    expect(output).toContain('"level"');
    for (const secret of [platform.token, ...Object.values(planted), link]) expect(output).not.toContain(secret);
    const [id = "", rest = platform.token] = platform.token.split(":");
    expect(output).not.toContain(rest);
    expect(id).not.toBe("");
  },
);
