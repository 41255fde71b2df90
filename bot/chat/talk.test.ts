import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import type { Actor, KeptButton, Pull } from "#contract";
import { CallError } from "#contract";
import type { Told } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import { createDispatch } from "../dispatch.ts";
import type { FakeAnswers, FakeCall } from "../fake-core.ts";
import { createFakeClient, fakePull, instant } from "../fake-core.ts";
import { describeTelling } from "../telling.ts";
import { createTongue } from "../words/index.ts";
import type { FakePort } from "./fake-port.ts";
import { createAnswer, createFakePort } from "./fake-port.ts";
import type { Place, Port } from "./port.ts";
import { createTalk } from "./talk.ts";

const tongues = { en: createTongue("en", "UTC"), fr: createTongue("fr", "UTC") };
const anna: Actor = { platform: "telegram", userId: "1001", displayName: "Anna", language: "en" };
const ben: Actor = { platform: "telegram", userId: "1002", displayName: "Ben", language: "en" };
const club: Place = { platform: "telegram", roomId: "-500", kind: "group", title: "Club" };
const alone: Place = { platform: "telegram", roomId: "1001", kind: "private", title: "" };

let stopping = new AbortController();
afterEach(() => {
  stopping.abort();
  stopping = new AbortController();
});

/** Waits end when the test says so; `now` moves by hand. */
function createHandClock(): Clock & { tick(): Promise<void>; pass(ms: number): void } {
  const waiting = new Set<() => void>();
  let at = new Date(instant).getTime();
  return {
    now: () => new Date(at),
    pass: (ms) => {
      at += ms;
    },
    wait: (_ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        signal?.addEventListener("abort", () => resolve(), { once: true });
        waiting.add(resolve);
      }),
    async tick() {
      // Whoever is about to wait gets there first.
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      for (const resolve of waiting) resolve();
      waiting.clear();
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** What a core keeps for bots. */
function createKeeper() {
  const buttons = new Map<string, KeptButton>();
  const messages = new Map<string, { key: string; chatId: string; messageId: string; follow: unknown }>();
  const answers: FakeAnswers = {
    "messages.keepButtons": ({ input }: FakeCall) => {
      for (const button of input["buttons"] as KeptButton[]) buttons.set(button.id, button);
      return { done: true };
    },
    "messages.press": ({ input }: FakeCall) => {
      const button = buttons.get(String(input["id"]));
      if (!button) throw new CallError("button.gone");
      if (button.userId !== null && button.userId !== input["userId"]) throw new CallError("button.not-yours");
      return { command: button.command, room: button.room };
    },
    "messages.remember": ({ input }: FakeCall) => {
      messages.set(`${input["key"]} ${input["chatId"]}`, input as never);
      return { done: true };
    },
    "messages.find": ({ input }: FakeCall) => ({
      messages: [...messages.values()]
        .filter(({ key }) => key === input["key"])
        .map(({ follow, ...rest }) => ({ ...rest, context: (follow as { context: unknown } | null)?.context ?? null })),
    }),
    "messages.forget": ({ input }: FakeCall) => {
      messages.delete(`${input["key"]} ${input["chatId"]}`);
      return { done: true };
    },
    "messages.followed": () => ({
      messages: [...messages.values()].flatMap(({ follow, ...rest }) => {
        const { command, context } = (follow ?? { command: null }) as { command: string | null; context: unknown };
        return command === null ? [] : [{ ...rest, command, context }];
      }),
    }),
    "groups.memberGone": { groups: ["Friends"] },
    "groups.roomGone": { unbound: 1 },
    "groups.mine": { groups: [{ name: "Friends", room: { platform: "telegram", roomId: "-500" } }] },
  };
  return { answers, buttons, messages };
}

function start(answers: FakeAnswers = {}, over: Partial<Port> = {}) {
  const keeper = createKeeper();
  const { client, calls } = createFakeClient({ ...keeper.answers, ...answers });
  const clock = createHandClock();
  const log = pino({ level: "silent" });
  const tongueOf = (language: "en" | "fr") => tongues[language];
  const dispatch = createDispatch({ client, clock, log, tongueOf });
  const port: FakePort = createFakePort(over);
  const salt = "a-salt-of-this-test";
  const talk = createTalk({ port, dispatch, client, clock, log, tongueOf, salt, signal: stopping.signal });
  const named = (name: string) => calls.filter((call) => call.name === name);
  return { talk, port, clock, keeper, named };
}

let asked = 0;
const hear = (talk: ReturnType<typeof start>["talk"], text: string, over: Record<string, unknown> = {}) => {
  const answer = createAnswer();
  const requestId = `request-${++asked}`;
  return talk.hear({ actor: anna, place: club, text, requestId, answer, ...over }).then(() => answer);
};
const only = <T>(all: readonly T[]): T => {
  if (all.length !== 1) throw new Error(`${all.length} instead of one`);
  return all[0] as T;
};
const idOf = (answer: ReturnType<typeof createAnswer>, role: string): string =>
  only(answer.calls).message.buttons.find((button) => button.role === role)?.id ?? "none";

describe("a typed command", () => {
  it("is answered for everybody when it may be, with ids instead of commands on its buttons", async () => {
    const { talk } = start();
    const answer = await hear(talk, "/search summer");
    expect(only(answer.calls)).toMatchObject({ how: "openly", text: expect.stringContaining("Summer concert.flac") });
    for (const { id } of only(answer.calls).message.buttons) expect(id).toMatch(/^[en][\w-]{23}$/);
  });

  it("is answered in private when its reply is, and can be asked again from a deep link", async () => {
    const { talk } = start();
    const answer = await hear(talk, "/servers add");
    expect(only(answer.calls)).toMatchObject({ how: "privately", text: expect.stringContaining("http") });
    const id = await only(answer.calls).again?.();
    const brought = createAnswer();
    await talk.press({ actor: anna, place: alone, buttonId: id ?? "", requestId: "deep-link-1", answer: brought });
    expect(only(brought.calls).text).toContain("http");
  });

  it("that is done once is not done again where private had to be opened first", async () => {
    const hello = { name: "Ben", group: "Club", groups: [], servers: 0, shares: 0 };
    const joined = { isMember: false };
    const { talk, named } = start({
      "people.hello": () => ({ ...hello, ...joined }),
      "groups.join": () => {
        joined.isMember = true;
        return { name: "Club" };
      },
    });
    const typed = await hear(talk, "/start");
    const [join] = only(typed.calls).message.buttons.filter(({ label }) => label === "Join");
    const pressed = createAnswer({ pressed: { isPrivate: false } });
    await talk.press({ actor: ben, place: club, buttonId: join?.id ?? "", requestId: "join-press-1", answer: pressed });
    const id = await only(pressed.calls).again?.();
    const brought = createAnswer();
    await talk.press({ actor: ben, place: alone, buttonId: id ?? "", requestId: "deep-link-2", answer: brought });
    expect(named("groups.join")).toHaveLength(1);
    expect(only(brought.calls).text).toContain("You are in Club");
  });

  it("told twice is answered once where the platform tells again", async () => {
    const { talk, named } = start({}, { tellsAgain: true });
    const first = await hear(talk, "/search summer", { requestId: "telegram:77" });
    const second = await hear(talk, "/search summer", { requestId: "telegram:77" });
    expect([first.calls.length, second.calls.length, named("catalog.search").length]).toEqual([1, 0, 1]);
  });

  it("asks the platform who is an admin only where that matters, and believes what it said already", async () => {
    const { talk, port, named } = start();
    port.admins.add("1001");
    await hear(talk, "/search summer");
    expect(port.asked.filter((one) => one.startsWith("admin"))).toEqual([]);
    await hear(talk, "/group");
    expect(port.asked.filter((one) => one.startsWith("admin"))).toEqual(["admin -500 1001"]);
    expect(only(named("groups.show"))).toMatchObject({ context: { room: { isAdmin: true } } });
    await hear(talk, "/group", { isAdmin: false });
    expect(port.asked.filter((one) => one.startsWith("admin")).length).toBe(1);
  });

  it("becomes a sentence when the platform fails", async () => {
    const { talk } = start({}, { isAdmin: () => Promise.reject(new Error("secret-token")) });
    const answer = await hear(talk, "/group");
    expect(only(answer.calls)).toMatchObject({ how: "privately", text: tongues.en.say("chat.platform-away") });
  });
});

describe("a pressed button", () => {
  it("turns the page in place for whoever asked, and is refused to others", async () => {
    const { talk } = start();
    const list = await hear(talk, "/search summer");
    const buttonId = idOf(list, "next");
    const mine = createAnswer({ pressed: { isPrivate: false } });
    await talk.press({ actor: anna, place: club, buttonId, requestId: "press-01", answer: mine });
    expect(only(mine.calls).how).toBe("inPlace");
    const others = createAnswer({ pressed: { isPrivate: false } });
    await talk.press({ actor: ben, place: club, buttonId, requestId: "press-02", answer: others });
    expect(only(others.calls)).toMatchObject({ how: "privately", text: tongues.en.error("button.not-yours", {}) });
  });

  it("about a line of a list is everybody's, and answered in private", async () => {
    const { talk, named } = start();
    const list = await hear(talk, "/search summer");
    const answer = createAnswer({ pressed: { isPrivate: false } });
    const buttonId = idOf(list, "item");
    await talk.press({ actor: ben, place: club, buttonId, requestId: "press-03", answer });
    expect(only(answer.calls).how).toBe("privately");
    expect(only(named("transfers.plan"))).toMatchObject({ context: { actor: { userId: "1002" } } });
  });

  it("that nobody made is refused politely", async () => {
    const { talk } = start();
    const answer = createAnswer({ pressed: { isPrivate: false } });
    await talk.press({ actor: ben, place: club, buttonId: "forged", requestId: "press-04", answer });
    expect(only(answer.calls)).toMatchObject({ how: "privately", text: tongues.en.error("button.gone", {}) });
  });

  it("pressed in private counts as spoken in the room of its question", async () => {
    const { talk, named, port } = start();
    const question = await hear(talk, "/leave");
    const answer = createAnswer({ pressed: { isPrivate: true } });
    await talk.press({ actor: anna, place: alone, buttonId: idOf(question, "yes"), requestId: "press-05", answer });
    expect(only(answer.calls).how).toBe("inPlace");
    expect(only(named("groups.leave"))).toMatchObject({ context: { room: { roomId: "-500", kind: "group" } } });
    expect(port.shown).toEqual([]);
  });
});

describe("a pull", () => {
  const running = { "transfers.pull": { pull: fakePull() } };
  const agree = (talk: ReturnType<typeof start>["talk"], over: Record<string, unknown> = {}) =>
    hear(talk, "/pull f3k9 yes", over);
  const finished = (pull: Pull): Told => ({
    key: "pull.finished:12",
    eventId: 5,
    describe: (tongue, isOverheard) =>
      describeTelling({ kind: "pull.finished", pull }, tongue, new Date(instant), isOverheard),
  });
  const done = fakePull({ state: "done", filesDone: 1, finishedAt: instant });

  it("shows its progress in a message of its own where private answers vanish", async () => {
    const { talk, port } = start(running);
    const answer = createAnswer({ isFleeting: true });
    await agree(talk, { answer });
    expect(only(port.shown)).toMatchObject({ how: "private post", to: "1001" });
    expect(only(answer.calls)).toMatchObject({ how: "privately", text: tongues.en.say("chat.see-private") });
  });

  it("shows its progress in the answer when private is closed", async () => {
    const { talk, port, clock } = start({ ...running, "transfers.show": { pull: fakePull({ bytesDone: 1 }) } });
    port.closed.add("1001");
    const answer = createAnswer({ isFleeting: true });
    await agree(talk, { answer });
    await clock.tick();
    expect(answer.edits.length).toBe(1);
  });

  it("is edited when something changed, until it ends, and forgotten then", async () => {
    let pull = fakePull();
    const { talk, port, clock, keeper } = start({ ...running, "transfers.show": () => ({ pull }) });
    const answer = createAnswer({}, { chatId: "1001", messageId: "9" });
    await agree(talk, { answer, place: alone });
    await clock.tick();
    await clock.tick();
    expect(port.edits.length).toBe(1);
    pull = done;
    await clock.tick();
    expect(port.edits.at(-1)).toMatchObject({ spot: { messageId: "9" }, text: expect.stringContaining("attic") });
    await clock.tick();
    expect(port.edits.length).toBe(2);
    expect([...keeper.messages.keys()].filter((key) => key.startsWith("follow:"))).toEqual([]);
  });

  it("that was followed by a former process goes on", async () => {
    const first = start(running);
    await hear(first.talk, "/pull f3k9 yes", {
      place: alone,
      answer: createAnswer({}, { chatId: "1001", messageId: "9" }),
    });
    const kept = [...first.keeper.messages.values()];
    stopping.abort();
    stopping = new AbortController();
    const second = start({ "transfers.show": { pull: done } });
    for (const row of kept) second.keeper.messages.set(`${row.key} ${row.chatId}`, row);
    await second.talk.resume();
    await second.clock.tick();
    expect(only(second.port.edits).spot).toEqual({ chatId: "1001", messageId: "9" });
  });

  it("is told at its end, once, unless its message was opened a moment ago", async () => {
    const { talk, port, clock } = start(running);
    const answer = createAnswer({}, { chatId: "1001", messageId: "9" });
    await agree(talk, { answer, place: alone });
    await talk.tellPerson("1001", "en", finished(done));
    expect(only(port.edits).text).toContain("attic");
    expect(port.shown).toEqual([]);
    clock.pass(60_000);
    await talk.tellPerson("1001", "en", finished(done));
    await talk.tellPerson("1001", "en", finished(done));
    expect(only(port.shown)).toMatchObject({ how: "private post", to: "1001" });
  });

  it("is told in the room it was asked in, by mention, when private is closed", async () => {
    const { talk, port, clock } = start(running);
    await agree(talk);
    port.closed.add("1001");
    clock.pass(60_000);
    await talk.tellPerson("1001", "en", finished(done));
    expect(only(port.shown)).toMatchObject({
      how: "post",
      to: "-500",
      message: { mention: { userId: "1001", name: "Anna" } },
    });
    // The label of her server is nobody's business.
    expect(only(port.shown).text).not.toContain("attic");
  });

  it("is told although its message was deleted a moment ago", async () => {
    const { talk, port } = start(running, { edit: async () => "gone" });
    await agree(talk, { answer: createAnswer({}, { chatId: "1001", messageId: "9" }), place: alone });
    await talk.tellPerson("1001", "en", finished(done));
    expect(only(port.shown).how).toBe("private post");
  });

  it("whose end could not be shown is told when the platform is back", async () => {
    let isAway = true;
    const edit = async () => {
      if (isAway) throw new Error("away");
      return "done" as const;
    };
    const { talk, port } = start(running, { edit });
    await agree(talk, { answer: createAnswer({}, { chatId: "1001", messageId: "9" }), place: alone });
    await expect(talk.tellPerson("1001", "en", finished(done))).rejects.toThrow("away");
    isAway = false;
    await talk.tellPerson("1001", "en", finished(done));
    expect(port.shown).toEqual([]);
  });

  it("asks nothing of the platform about somebody whose rights in the room it has just told", async () => {
    const { talk, port } = start(running);
    await hear(talk, "/search summer", { isAdmin: false });
    await agree(talk);
    expect(port.asked).toEqual([]);
    await hear(talk, "/search summer", { actor: ben });
    expect(port.asked).toEqual(["present -500 1002"]);
  });

  it("is refused to somebody who is in the room no more, asked anew only after a while", async () => {
    const { talk, port, clock, named } = start(running);
    await agree(talk);
    await agree(talk);
    expect(port.asked).toEqual(["present -500 1001"]);
    port.absent.add("1001");
    clock.pass(4 * 60_000);
    await agree(talk, { place: alone });
    expect(only(named("groups.memberGone"))).toMatchObject({ input: { roomId: "-500", userId: "1001" } });
  });
});

describe("somebody who is there no more", () => {
  it("does not come back by a button that the room saw", async () => {
    const { talk, port, named } = start({
      "people.hello": { name: "Ben", group: "Club", isMember: false, groups: [], servers: 0, shares: 0 },
    });
    const typed = await hear(talk, "/start");
    const join = only(typed.calls).message.buttons.find(({ label }) => label === "Join");
    port.absent.add("1002");
    const answer = createAnswer();
    await talk.press({ actor: ben, place: alone, buttonId: join?.id ?? "", requestId: "press-09", answer });
    expect(only(answer.calls).text).toBe(tongues.en.error("room.not-there", {}));
    expect(named("groups.join")).toEqual([]);
  });

  it("takes no group's invitation along into private", async () => {
    const { talk, port, named } = start();
    port.absent.add("1001");
    await hear(talk, "/group code", { place: alone });
    expect(only(named("groups.memberGone"))).toMatchObject({ input: { roomId: "-500", userId: "1001" } });
  });
});

describe("a reaction", () => {
  const reacted = { actor: anna, place: club, messageId: "7", reaction: "pull", isOn: true, isLate: false } as const;

  it("is answered in private, and followed there", async () => {
    const { talk, port } = start();
    await talk.react({ ...reacted, requestId: "reaction-1" });
    expect(only(port.shown)).toMatchObject({ how: "private post", to: "1001" });
  });

  it("of somebody whose private chat is closed shows the room nothing of the answer", async () => {
    const { talk, port } = start();
    port.closed.add("1001");
    await talk.react({ ...reacted, requestId: "reaction-2" });
    const shown = only(port.shown);
    expect(shown).toMatchObject({
      how: "invite",
      to: "-500",
      text: tongues.en.say("chat.private-closed", { name: "Anna" }),
    });
    const brought = createAnswer();
    const buttonId = shown.message.buttons[0]?.id ?? "";
    await talk.press({ actor: anna, place: alone, buttonId, requestId: "deep-link-3", answer: brought });
    expect(only(brought.calls).message.reply.follow).toBe("/transfers show p12");
  });
});

describe("what is told unasked", () => {
  const news: Told = {
    key: "announcement/7",
    eventId: 7,
    describe: (tongue) =>
      describeTelling({ kind: "member.joined", name: "Ben", group: "Friends" }, tongue, new Date(instant)),
  };

  it("stands in a room once, however often it is told", async () => {
    const { talk, port } = start();
    const first = await talk.tellRoom("-500", news, "en");
    const second = await talk.tellRoom("-500", news, "en");
    expect(second).toBe(first);
    expect(only(port.shown).nonce).toMatch(/^[\w-]{22}$/);
  });

  it("unbinds a room that is gone", async () => {
    const { talk, port, named } = start();
    port.goneRooms.add("-500");
    expect(await talk.tellRoom("-500", news, "en")).toBeUndefined();
    expect(only(named("groups.roomGone"))).toMatchObject({ input: { roomId: "-500" }, platform: "telegram" });
  });

  it("leaves a room bound that may not be written to just now", async () => {
    const { talk, named } = start({}, { post: async () => "gone" });
    expect(await talk.tellRoom("-500", news, "en")).toBeUndefined();
    expect(named("groups.roomGone")).toEqual([]);
  });

  it("is told again later when the platform is away", async () => {
    const { talk, port } = start();
    port.isAway = true;
    await expect(talk.tellRoom("-500", news, "en")).rejects.toThrow("away");
    port.isAway = false;
    expect(await talk.tellRoom("-500", news, "en")).toBe("1");
  });
});

describe("rooms", () => {
  it("tell the core of who left until it has heard", async () => {
    let isAway = true;
    const { talk, clock, named } = start({
      "groups.memberGone": () => {
        if (isAway) throw new CallError("core.unavailable");
        return { groups: [] };
      },
    });
    const told = talk.lose("-500", "1002");
    await clock.tick();
    isAway = false;
    await clock.tick();
    await told;
    expect(named("groups.memberGone").length).toBeGreaterThan(1);
  });

  it("are reviewed: a room without the bot and people who went are let go", async () => {
    const rooms = [
      { roomId: "-500", parentId: null, title: "Club", userIds: ["1001", "1002"] },
      { roomId: "-600", parentId: null, title: "Lab", userIds: ["1001"] },
    ];
    const { talk, port, clock, named } = start({ "groups.watched": { rooms } });
    port.absent.add("1002");
    port.goneRooms.add("-600");
    const over = talk.review(stopping.signal);
    for (let turn = 0; turn < 6; turn++) await clock.tick();
    await over;
    expect(only(named("groups.memberGone"))).toMatchObject({ input: { roomId: "-500", userId: "1002" } });
    expect(only(named("groups.roomGone"))).toMatchObject({ input: { roomId: "-600" } });
  });

  it("lose nobody when most seem to be gone at once", async () => {
    const userIds = ["1", "2", "3", "4", "5"];
    const rooms = [{ roomId: "-500", parentId: null, title: "Club", userIds }];
    const { talk, port, clock, named } = start({ "groups.watched": { rooms } });
    for (const userId of userIds) port.absent.add(userId);
    const over = talk.review(stopping.signal);
    for (let turn = 0; turn < 8; turn++) await clock.tick();
    await over;
    expect(named("groups.memberGone")).toEqual([]);
  });

  it("are greeted with an offer that every admin may take", async () => {
    const { talk, port, keeper } = start();
    await talk.arrive(club, "en");
    expect(only(port.shown)).toMatchObject({ how: "post", to: "-500" });
    expect([...keeper.buttons.values()].every((button) => button.userId === null)).toBe(true);
  });
});
