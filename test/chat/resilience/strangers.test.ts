// What strangers may try on both platforms: made-up button ids, other people's buttons, and names that are written to ping,
// to break a message or to look like markup.
import { describe, expect, it } from "vitest";
import type { FonEvent, Item } from "#contract";
import { fakeItem, fakePull, fakeServer, instant } from "../../../bot/fake-core.ts";
import type { DiscordDriver } from "../discord/driver.ts";
import type { ChatPerson, ChatRoom, Driver, ShownMessage } from "../driver.ts";
import type { TelegramDriver } from "../telegram/driver.ts";
import { newFiles } from "./memory-core.ts";
import { plain, platforms, reads, sees } from "./platforms.ts";
import { endAfterEach, openStage } from "./stage.ts";

endAfterEach();

function pressForged(driver: Driver, person: ChatPerson, room: ChatRoom, message: ShownMessage, id: string) {
  return driver.platform === "discord"
    ? (driver as DiscordDriver).pressDetached({ person, room, message, customId: id })
    : (driver as TelegramDriver).pressDetached({ person, room, message, data: id });
}

const forgeries = [
  "n",
  "nAAAAAAAAAAAAAAAAAAAAAAA",
  "/leave --yes",
  "../../v1/people.erase",
  "filter:",
  "e\u0000\u202E@everyone",
  "x".repeat(64),
  "🙈".repeat(16),
];

const heardBy = (driver: Driver, person: ChatPerson, room: ChatRoom) => [
  ...driver.noticesFor(person),
  ...[...driver.seenBy(person, room), ...driver.seenBy(person, undefined)].map(plain),
];

describe.each(platforms)("%s", (_name, make) => {
  it("runs nothing for a forged button, and says politely that it is none", async () => {
    const { core, driver, anna, ben, room, startOnline } = await openStage(make);
    await startOnline();
    driver.setPrivateOpen(ben, true);
    await driver.say(anna, room, "/search summer");
    const list = await reads(driver, anna, room, "Page 1.flac");
    const before = core.calls.length;
    for (const id of forgeries) await pressForged(driver, ben, room, list, id);
    const isSaid = () => heardBy(driver, ben, room).some((text) => text.includes("no longer valid"));
    await driver.until(() => (isSaid() ? true : undefined));
    await driver.say(anna, room, "/search again");
    await reads(driver, anna, room, "“again”");
    const names = new Set(core.calls.slice(before).map(({ name }) => name));
    for (const name of ["people.erase", "groups.leave", "transfers.pull", "transfers.plan"])
      expect(names).not.toContain(name);
    expect(driver.violations()).toEqual([]);
  });

  it("does not let somebody else turn my pages, and tells them why", async () => {
    const { core, driver, anna, ben, room, startOnline } = await openStage(make);
    await startOnline();
    await driver.say(anna, room, "/search summer");
    const list = await reads(driver, anna, room, "Page 1.flac");
    await driver.press(ben, list, "Next");
    await driver.until(() =>
      heardBy(driver, ben, room).find((text) => text.includes("This button is somebody else's.")),
    );
    expect(core.callsOf("catalog.search")).toHaveLength(1);
    expect(sees(driver, anna, room, "Page 1.flac")).toHaveLength(1);
    expect(driver.violations()).toEqual([]);
  });

  it("shows hostile names as text in every kind of message, and rings nobody", async () => {
    const { core, platform, driver, anna, ben, room, startOnline } = await openStage(make);
    const username = "username" in ben ? String(ben.username) : "ben";
    const nasty = driver.addPerson(`@everyone <@${anna.id}> **x** \u202E@${username}`);
    driver.setPrivateOpen(nasty, true);
    const dark = driver.addRoom(`<b>@here</b> <@&1> @${username}`, [nasty, anna, ben]);
    if ("setLimits" in driver && driver.platform === "telegram") (driver as unknown as TelegramDriver).setLimits("off");
    Object.assign(core.answers, hostileAnswers([anna.id, ben.id], username));
    const bot = await startOnline({ isHurried: true });
    for (const line of lines) {
      const before = [heardBy(driver, nasty, dark).length, JSON.stringify(heardBy(driver, nasty, dark))];
      await driver.say(nasty, undefined, line);
      await driver.until(() => {
        const now = heardBy(driver, nasty, dark);
        return now.length !== before[0] || JSON.stringify(now) !== before[1] ? true : undefined;
      });
    }
    await driver.say(nasty, dark, "/search @everyone <b>");
    const [group] = [await driver.until(() => driver.seenBy(anna, dark).at(-1))];
    expect(group?.mentions).toEqual([]);
    const tellings = hostileTellings(badNames([anna.id, ben.id], username), platform.roomOf(dark), nasty.id);
    for (const event of tellings) core.emit(event);
    await core.cursorReaches(tellings.length);
    const all = [...driver.seenBy(anna, dark), ...driver.seenBy(nasty, undefined), ...driver.seenBy(ben, room)];
    expect(all.length).toBeGreaterThan(lines.length);
    expect(all.flatMap(({ mentions }) => mentions)).toEqual([]);
    expect(driver.violations()).toEqual([]);
    expect(bot.log()).not.toMatch(/refused the looks|refused and goes out|"level":[56]0/);
  });
});

const lines = [
  "/start",
  "/search @everyone <@1> <b>",
  "/browse",
  "/browse d1",
  "/new",
  "/new a12",
  "/new kept",
  "/pull f3k9",
  "/transfers",
  "/transfers show p12",
  "/transfers check f3k9",
  "/servers",
  "/servers check",
  "/share /",
  "/join K7QF-3MPD",
  "/link",
  "/privacy",
  "/privacy export",
  "/browse @everyone <b>",
];

function badNames(ids: readonly string[], username: string): readonly string[] {
  return [
    `@everyone @here <@${ids[0]}> <@!${ids[1]}> <@&1> <#1>`,
    `@${username} #tag /leave readme.md t.me/x https://evil.example/?a=1&b=2`,
    `<b>bold</b> <a href="tg://user?id=${ids[0]}">x</a> &lt;&amp;`,
    "**x** __y__ ||z|| `a` ```b``` [c](https://evil.example) > q\n# h\n- l",
    "_*[]()~`>#+-=|{}.!\\",
    "\u202Egnp.exe\u202C \u200B\u200D\u2066x\u2069",
    `${"👩‍👩‍👧‍👦".repeat(20)}${"é".repeat(200)}`,
    "x".repeat(250),
    "<t:0> <:a:1> <a:b:2> </search:1> <id:browse>",
  ];
}

/** Every name of every answer is one of these. */
function hostileAnswers(ids: readonly string[], username: string) {
  const names = badNames(ids, username);
  const name = (at: number) => names[at % names.length] ?? "";
  const items: Item[] = names.map((bad, at) =>
    fakeItem({ number: at + 1, name: bad, share: name(at + 1), path: name(at + 2), owner: name(at + 3), copies: 2 }),
  );
  const page = { items, next: "c~2", previous: null, total: 41, isCapped: false };
  const pull = fakePull({ title: name(0), from: [name(1), name(2)], to: name(3) });
  const server = { ...fakeServer, label: name(0).slice(0, 60), software: name(1) };
  return {
    "people.hello": { name: name(0), group: name(1), isMember: true, groups: [...names], servers: 1, shares: 0 },
    "people.export": { data: { name: name(0), servers: [...names] } },
    "groups.join": { name: name(2) },
    "catalog.search": { ...page, corrected: name(1) },
    "catalog.browse": { ...page, share: name(1), path: name(2), parentRef: "d1" },
    "catalog.latest": page,
    "announcements.show": { ...page, createdAt: instant, stars: 3, isKept: false },
    "announcements.kept": {
      announcements: [{ ref: "a12", owners: [...names], files: 53, bytes: 9000, stars: 3, createdAt: instant }],
    },
    "servers.list": { servers: [server] },
    "servers.check": {
      server,
      findings: [{ what: "fxp-refused", good: false, detail: name(3) }],
      advice: [
        { line: name(4), why: "fxp-active" },
        { line: null, why: name(5) },
      ],
      pairs: [{ with: name(0), direction: "from", arrangement: name(1), bytesPerSecond: 5 }],
    },
    "transfers.check": {
      from: name(0),
      to: name(1),
      ways: [
        { arrangement: name(2), result: "refused", reason: { code: "server.offline", params: { server: name(3) } } },
        { arrangement: "source-pasv", result: "works", reason: null },
      ],
      reason: null,
      comparison: "hash",
      remembered: { arrangement: name(4), bytesPerSecond: null },
      advice: [{ line: name(5), why: name(6) }],
    },
    "shares.add": { name: name(3) },
    "transfers.plan": {
      what: ["f2"],
      title: name(0),
      from: [name(1)],
      to: name(2),
      files: 2,
      bytes: 9000,
      alreadyThere: 1,
      alreadyThereBytes: 10,
      budgetLeftBytes: 100,
      fits: true,
      estimatedMs: 8000,
    },
    "transfers.list": { pulls: [pull] },
    "transfers.show": {
      pull: { ...pull, state: "failed", reason: { code: "server.offline", params: { server: name(2) } } },
    },
  };
}

function hostileTellings(
  names: readonly string[],
  room: { platform: "discord" | "telegram"; roomId: string },
  userId: string,
): FonEvent[] {
  const [bad = "", other = "", third = ""] = names;
  const people: FonEvent["people"] = [{ platform: room.platform, userId, language: "en" }];
  const pull = fakePull({ title: bad, from: [other], to: third, state: "done" });
  const folders = names.map((name) => ({
    ref: "d2p",
    owner: other,
    share: bad,
    name,
    path: third,
    files: 3,
    bytes: 9000,
    examples: [...names],
  }));
  const count = { files: 12, bytes: 9000 };
  const tellings: [FonEvent["telling"], isForRoom: boolean][] = [
    [{ kind: "files.added", announcement: "a1", level: "full", owners: [...names], ...count, folders, more: 4 }, true],
    [{ kind: "share.indexed", announcement: "a2", owner: bad, share: other, ...count, folders: 3 }, true],
    [{ kind: "member.joined", name: bad, group: other }, true],
    [{ kind: "server.connected", server: "s1", label: bad }, false],
    [{ kind: "server.indexed", server: "s1", label: bad, ...count, groups: [...names] }, false],
    [{ kind: "server.trouble", server: "s1", label: bad, reason: { code: "server.offline", params: {} } }, false],
    [{ kind: "scan.quarantined", server: "s1", label: bad, lost: 5, had: 6 }, false],
    [{ kind: "file.differs", name: bad, from: other, isYours: false }, false],
    [{ kind: "pull.finished", pull }, false],
  ];
  return tellings.map(([telling, isForRoom], at) => ({
    ...newFiles(at + 1, isForRoom ? [room] : []),
    key: `telling:${at}`,
    people: isForRoom ? [] : people,
    telling,
  }));
}
