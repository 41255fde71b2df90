// The adapter with the real library before the stand-in of Discord: what people see, and what it stands.
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import type { DiscordDriver } from "../../test/chat/discord/driver.ts";
import { createDiscordDriver } from "../../test/chat/discord/driver.ts";
import { AdapterProblem } from "../adapter.ts";
import type { Message, Port, Shown, ShownButton } from "../chat/port.ts";
import { systemClock } from "../clock.ts";
import type { Block } from "../reply.ts";
import { makeReply, saySentence } from "../reply.ts";
import type { Tongue } from "../words/index.ts";
import { createTongue } from "../words/index.ts";
import type { FakeTalk } from "./fake-talk.ts";
import { createFakeTalk } from "./fake-talk.ts";
import { createDiscord } from "./index.ts";

const tongues: Record<Tongue["language"], Tongue> = { en: createTongue("en"), fr: createTongue("fr") };
const tongue = tongues.en;
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Running {
  driver: DiscordDriver;
  talk: FakeTalk;
  port: Port;
  log: string[];
  outcome: Promise<number | Error>;
  stop: () => Promise<number | Error>;
}

async function prepare(): Promise<DiscordDriver> {
  const driver = await createDiscordDriver();
  closers.push(() => driver.close());
  return driver;
}

function run(driver: DiscordDriver, more: { token?: string; script?: (talk: FakeTalk) => void } = {}): Running {
  const log: string[] = [];
  // Pauses between attempts are short here; everything else is real time.
  const clock = {
    ...systemClock,
    wait: (ms: number, signal?: AbortSignal) => systemClock.wait(ms > 60_000 ? ms : Math.min(ms, 2000), signal),
  };
  let talk: FakeTalk | undefined;
  let port: Port | undefined;
  const adapter = createDiscord({
    token: more.token ?? driver.token,
    apiUrl: `${driver.env["DISCORD_API_URL"]}/`,
    makeTalk: (made) => {
      port = made;
      talk = createFakeTalk();
      more.script?.(talk);
      return talk;
    },
    clock,
    log: pino({ level: "debug" }, { write: (line: string) => void log.push(line) }),
    tongueOf: (language) => tongues[language],
    random: () => 0,
  });
  const stopping = new AbortController();
  const outcome = adapter.run(stopping.signal).catch((error: Error) => error);
  const stop = () => {
    stopping.abort();
    return outcome;
  };
  closers.push(stop);
  if (!talk || !port) throw new Error("no talk was made");
  return { driver, talk, port, log, outcome, stop };
}

const say = (text: string, buttons: ShownButton[] = []): Message => ({ reply: saySentence(text), tongue, buttons });
const secret = (text: string): Message => ({ reply: saySentence(text, { isPrivate: true }), tongue, buttons: [] });
const pullButton: ShownButton = { id: "n0123456789abcdefghijklm", label: "Pull", role: "plain" };
const again = async () => "n-again-0123456789abcdef";
const online = async ({ driver, talk }: Running) => {
  await driver.online();
  await talk.until("review");
};

test("commands are registered, and a search in a room is answered openly, edited, and remembered by its spot", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna", "fr");
  const room = driver.addRoom("club", [anna]);
  let shown: Shown | undefined;
  const running = run(driver, {
    script: (talk) => {
      talk.onHear = async ({ answer }) => {
        shown = await answer.openly(say("Found **it** @everyone", [pullButton]));
      };
    },
  });
  await online(running);
  expect(driver.commands()).toHaveLength(15);
  await driver.say(anna, room, "/search summer concert");
  const message = await driver.until(() => driver.seenBy(anna, room).find(({ text }) => text.includes("Found")));
  expect(message).toMatchObject({ text: "Found **it** @everyone", mentions: [] });
  const [[, , heard]] = (await running.talk.until("hear")) as [
    [string, string, { actor: unknown; place: unknown; isAdmin: unknown; requestId: string }],
  ];
  expect(heard).toMatchObject({
    text: "/search summer concert",
    actor: { platform: "discord", userId: anna.id, displayName: "Anna", language: "fr" },
    place: { roomId: room.id, kind: "group" },
    isAdmin: true,
  });
  await running.talk.until("answered");
  expect(shown?.spot).toEqual({ chatId: room.id, messageId: message.id });
  const before = driver.requests().length;
  expect(await shown?.edit(say("Found **it** @everyone", [pullButton]))).toBe("done");
  expect(driver.requests().length).toBe(before);
  expect(await shown?.edit(say("Better"))).toBe("done");
  expect(await driver.until(() => driver.seenBy(anna, room).find(({ text }) => text === "Better"))).toMatchObject({
    buttons: [],
  });
  expect(driver.violations()).toEqual([]);
});

test("an answer that turns out private takes back the open promise; only who asked sees it", async () => {
  const driver = await prepare();
  const [anna, ben] = [driver.addPerson("Anna"), driver.addPerson("Ben")];
  const room = driver.addRoom("club", [anna, ben]);
  let shown: Shown | undefined;
  const running = run(driver, {
    script: (talk) => {
      talk.onHear = async ({ answer }) => {
        shown = await answer.privately(secret("Only for you"), again);
      };
    },
  });
  await online(running);
  await driver.say(anna, room, "/search x");
  const message = await driver.until(() => driver.seenBy(anna, room).find(({ text }) => text === "Only for you"));
  expect(message.onlyFor?.id).toBe(anna.id);
  expect(driver.seenBy(ben, room)).toEqual([]);
  await running.talk.until("answered");
  expect(shown?.spot).toBeUndefined();
  expect(await shown?.edit(secret("Still only for you"))).toBe("done");
  await driver.until(() => driver.seenBy(anna, room).find(({ text }) => text === "Still only for you"));
  expect(running.talk.failures).toEqual([]);
  expect(driver.violations()).toEqual([]);
});

test("private commands are answered privately, and openly when the reply is for all", async () => {
  const driver = await prepare();
  const [anna, ben] = [driver.addPerson("Anna"), driver.addPerson("Ben")];
  const room = driver.addRoom("club", [anna, ben]);
  const running = run(driver, {
    script: (talk) => {
      talk.onHear = async ({ answer, text }) =>
        text === "/help" ? answer.privately(secret("Help"), again) : answer.openly(say("Welcome"));
    },
  });
  await online(running);
  await driver.say(anna, room, "/help");
  await driver.until(() => driver.seenBy(anna, room).find(({ text, onlyFor }) => text === "Help" && onlyFor));
  await driver.say(anna, room, "/join");
  await driver.until(() => driver.seenBy(ben, room).find(({ text, onlyFor }) => text === "Welcome" && !onlyFor));
  expect(driver.seenBy(ben, room)).toHaveLength(1);
  expect(driver.violations()).toEqual([]);
});

test("in private: a plain line is heard, answers are ordinary messages", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  driver.addRoom("club", [anna]);
  const spots: unknown[] = [];
  const running = run(driver, {
    script: (talk) => {
      talk.onHear = async ({ answer, text }) => {
        expect(answer.isFleeting).toBe(false);
        spots.push((await answer.privately(say(`Heard ${text}`), again)).spot);
      };
    },
  });
  await online(running);
  await driver.say(anna, undefined, "summer concert");
  await driver.until(() => driver.seenBy(anna, undefined).find(({ text }) => text === "Heard summer concert"));
  await driver.say(anna, undefined, "/servers");
  await driver.until(() => driver.seenBy(anna, undefined).find(({ text }) => text === "Heard /servers"));
  await running.talk.until("answered", 2);
  expect(spots).toHaveLength(2);
  expect(spots.every((spot) => spot !== undefined)).toBe(true);
  expect(driver.violations()).toEqual([]);
});

test("a pressed button changes its message, or is answered privately beside it; menus bring their choice", async () => {
  const driver = await prepare();
  const [anna, ben] = [driver.addPerson("Anna"), driver.addPerson("Ben")];
  const room = driver.addRoom("club", [anna, ben]);
  const filters = ["a", "b", "c", "d", "e", "f"].map(
    (label): ShownButton => ({ id: `e-filter-${label}-0123456789`, label, role: "filter" }),
  );
  const running = run(driver, {
    script: (talk) => {
      talk.onPress = async ({ answer, buttonId }) => {
        expect(answer.pressed).toEqual({ isPrivate: false });
        if (buttonId === pullButton.id) return answer.privately(secret("Pull it?"), again);
        return answer.inPlace(say(`Now ${buttonId}`));
      };
    },
  });
  await online(running);
  const spot = await running.port.post(room.id, say("List", [pullButton, ...filters]), "nonce-0123456789");
  if (spot === "gone") throw new Error("gone");
  const message = await driver.until(() => driver.seenBy(ben, room).find(({ id }) => id === spot.messageId));
  await driver.press(ben, message, "Pull");
  await driver.until(() =>
    driver.seenBy(ben, room).find(({ text, onlyFor }) => text === "Pull it?" && onlyFor?.id === ben.id),
  );
  await driver.pressDetached({ person: ben, room, customId: "filter:", message, values: ["e-filter-c-0123456789"] });
  await driver.until(() =>
    driver.seenBy(anna, room).find(({ text, id }) => id === message.id && text === "Now e-filter-c-0123456789"),
  );
  expect(driver.violations()).toEqual([]);
});

test("a completion is answered with what the talk knows", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  const room = driver.addRoom("club", [anna]);
  const running = run(driver, {
    script: (talk) => {
      talk.completions = ["summer concert", "x".repeat(150), ...Array.from({ length: 30 }, (_, at) => `q${at}`)];
    },
  });
  await online(running);
  const choices = await driver.complete(anna, room, "/search sum");
  expect(choices).toHaveLength(25);
  expect(choices[0]).toEqual({ name: "summer concert", value: "summer concert" });
  expect(driver.violations()).toEqual([]);
});

test("reactions are told when made and taken back, and found when the bot was away", async () => {
  const driver = await prepare();
  const [anna, ben] = [driver.addPerson("Anna"), driver.addPerson("Ben", "fr")];
  const room = driver.addRoom("club", [anna, ben]);
  const first = run(driver);
  await online(first);
  const spot = await first.port.post(room.id, say("3 new files"), "nonce-0123456789");
  if (spot === "gone") throw new Error("gone");
  const message = await driver.until(() => driver.seenBy(ben, room).find(({ id }) => id === spot.messageId));
  await driver.react(ben, message, "⬇️");
  await driver.react(ben, message, "📌");
  await driver.react(ben, message, "👍");
  await driver.react(ben, message, "📌", false);
  const told = await first.talk.until("react", 3);
  expect(told.map(([, reaction, it]) => [reaction, (it as { isOn: boolean }).isOn])).toEqual([
    ["pull", true],
    ["keep", true],
    ["keep", false],
  ]);
  expect(told[0]?.[2]).toMatchObject({
    messageId: message.id,
    isLate: false,
    actor: { userId: ben.id, displayName: "Ben" },
    place: { roomId: room.id },
  });
  await first.stop();
  driver.reactSilently(anna, message, "⭐");
  const second = run(driver, {
    script: (talk) => {
      talk.recent = [
        { roomId: room.id, messageId: message.id },
        { roomId: room.id, messageId: "1" },
      ];
    },
  });
  const late = await second.talk.until("react", 2);
  const brief = late.map(([, reaction, it]) => [
    reaction,
    (it as { isLate: boolean; actor: { userId: string } }).actor.userId,
    (it as { isLate: boolean }).isLate,
  ]);
  expect(brief).toContainEqual(["rate", anna.id, true]);
  expect(brief).toContainEqual(["pull", ben.id, true]);
  expect(driver.violations()).toEqual([]);
});

test("rooms and people come and go", async () => {
  const driver = await prepare();
  const [anna, ben] = [driver.addPerson("Anna"), driver.addPerson("Ben")];
  const room = driver.addRoom("club", [anna, ben]);
  const beside = driver.addChannel(room, "second");
  const thread = driver.addThread(room, "plans");
  const running = run(driver);
  await online(running);
  await driver.leave(ben, room, true);
  const lost = await running.talk.until("lose", 2);
  expect(lost).toEqual(
    expect.arrayContaining([
      ["lose", room.id, ben.id],
      ["lose", beside.id, ben.id],
    ]),
  );
  driver.deleteThread(thread);
  driver.deleteChannel(beside);
  expect(await running.talk.until("depart", 2)).toEqual([
    ["depart", thread.id],
    ["depart", beside.id],
  ]);
  const other = driver.addRoom("other", [anna]);
  await running.talk.until("arrive");
  await driver.removeBot(other);
  expect((await running.talk.until("depart", 3)).at(-1)).toEqual(["depart", other.id]);
  await driver.addBot(other, anna);
  expect((await running.talk.until("arrive", 2)).at(-1)).toMatchObject([
    "arrive",
    { roomId: other.id, kind: "group" },
    "en",
  ]);
  expect(driver.violations()).toEqual([]);
});

test("who runs a room and who is in it is asked from Discord, in threads by their parent", async () => {
  const driver = await prepare();
  const [anna, ben, carl] = [driver.addPerson("Anna"), driver.addPerson("Ben"), driver.addPerson("Carl")];
  const room = driver.addRoom("club", [anna, ben]);
  const thread = driver.addThread(room, "plans");
  const running = run(driver);
  await online(running);
  const { port } = running;
  expect(await port.isAdmin({ roomId: room.id }, anna.id)).toBe(true);
  expect(await port.isAdmin({ roomId: thread.id, parentId: room.id }, anna.id)).toBe(true);
  expect(await port.isAdmin({ roomId: room.id }, ben.id)).toBe(false);
  expect(await port.isPresent({ roomId: thread.id, parentId: room.id }, ben.id)).toBe(true);
  expect(await port.isPresent({ roomId: room.id }, carl.id)).toBe(false);
  driver.setPresent(ben, room, false);
  expect(await port.isPresent({ roomId: room.id }, ben.id)).toBe(false);
  expect(await port.isThere(room.id)).toBe(true);
  expect(await port.isThere("123456789012345678")).toBe(false);
  await expect(port.isPresent({ roomId: "123456789012345678" }, ben.id)).rejects.toThrow();
});

test("a private talk that is closed is told, a room that is gone too; a mention rings one person", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  const room = driver.addRoom("club", [anna]);
  const { port } = await (async () => {
    const running = run(driver);
    await online(running);
    return running;
  })();
  driver.setPrivateOpen(anna, false);
  expect(await port.postPrivately(anna.id, secret("x"), "nonce-1")).toBe("closed");
  expect(await port.post("123456789012345678", say("x"), "nonce-2")).toBe("gone");
  await port.post(room.id, { ...say("done <@&1> @here"), mention: { userId: anna.id, name: "Anna" } }, "nonce-3");
  await port.post(room.id, { ...say("done <@&1> @here"), mention: { userId: anna.id, name: "Anna" } }, "nonce-3");
  const shown = driver.seenBy(anna, room);
  expect(shown).toHaveLength(1);
  expect(shown[0]?.mentions).toEqual([anna.id]);
  driver.setPrivateOpen(anna, true);
  const spot = await port.postPrivately(anna.id, secret("secret"), "nonce-4");
  expect(spot).not.toBe("closed");
  if (spot === "closed" || !shown[0]) throw new Error("closed");
  driver.deleteMessage({ ...shown[0], id: spot.messageId });
  expect(await port.edit(spot, secret("changed"))).toBe("gone");
});

test("a document is uploaded", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  const room = driver.addRoom("club", [anna]);
  const blocks: Block[] = [
    { kind: "text", text: "All of it" },
    { kind: "document", name: "fonshare.json", text: '{"a":1}' },
  ];
  const running = run(driver, {
    script: (talk) => {
      talk.onHear = async ({ answer }) =>
        answer.privately({ reply: makeReply(blocks, { isPrivate: true }), tongue, buttons: [] }, again);
    },
  });
  await online(running);
  await driver.say(anna, room, "/privacy export");
  await driver.until(() => driver.seenBy(anna, room).find(({ text }) => text.startsWith("All of it")));
  expect(running.talk.failures).toEqual([]);
  expect(driver.violations()).toEqual([]);
});

test("too late for the interaction: the reply goes another way", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  const room = driver.addRoom("club", [anna]);
  const running = run(driver, {
    script: (talk) => {
      talk.onHear = async ({ answer, text }) =>
        text === "/search x" ? answer.openly(say("Found")) : answer.privately(secret("Secret"), again);
    },
  });
  await online(running);
  driver.fail({ method: "POST", path: /\/callback$/ }, { status: 404, code: 10062, when: "before", times: 3 } as never);
  await driver.say(anna, room, "/search x");
  await driver.until(() => driver.seenBy(anna, room).find(({ text }) => text === "Found"));
  await driver.say(anna, room, "/help");
  await driver.until(() => driver.seenBy(anna, undefined).find(({ text }) => text === "Secret"));
  driver.setPrivateOpen(anna, false);
  await driver.say(anna, room, "/help");
  const hint = await driver.until(() => driver.seenBy(anna, room).find(({ buttons }) => buttons.length === 1));
  expect(hint.text).not.toContain("Secret");
  expect(running.talk.failures).toEqual([]);
});

test("5xx after the effect doubles nothing, and before it loses nothing", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  const room = driver.addRoom("club", [anna]);
  const running = run(driver, {
    script: (talk) => {
      talk.onHear = async ({ answer, text }) => answer.openly(say(text));
    },
  });
  await online(running);
  for (const when of ["before", "after"] as const) {
    driver.fail({ method: "POST", path: /\/callback$/ }, { status: 502, when, times: 1 });
    driver.fail({ method: "PATCH", path: /@original$/ }, { status: 502, when, times: 1 });
    await driver.say(anna, room, `/search ${when}`);
    await driver.until(() => driver.seenBy(anna, room).find(({ text }) => text === `/search ${when}`));
    driver.fail({ method: "POST", path: /\/channels\/\d+\/messages$/ }, { status: 502, when, times: 1 });
    await running.port.post(room.id, say(`posted ${when}`), `nonce-${when}`);
  }
  const texts = driver.seenBy(anna, room).map(({ text }) => text);
  expect(texts.sort()).toEqual(["/search after", "/search before", "posted after", "posted before"]);
  expect(running.talk.failures).toEqual([]);
});

test("a fresh session catches up again; dropped, invalidated and told to reconnect, the bot goes on", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  const room = driver.addRoom("club", [anna]);
  const running = run(driver, {
    script: (talk) => {
      talk.onHear = async ({ answer, text }) => answer.openly(say(text));
    },
  });
  await online(running);
  const goesOn = async (word: string) => {
    await driver.online();
    await driver.say(anna, room, `/search ${word}`);
    await driver.until(() => driver.seenBy(anna, room).find(({ text }) => text === `/search ${word}`));
  };
  driver.sendReconnect();
  await driver.until(() => (driver.connections() === 0 ? true : undefined));
  await goesOn("op7");
  driver.dropGateway();
  await goesOn("dropped");
  driver.invalidateSession(false);
  await running.talk.until("review", 2);
  await goesOn("op9");
  driver.dropGateway(4010);
  await running.talk.until("review", 3);
  await goesOn("rebuilt");
});

test("Discord away at the start: the bot waits and comes when Discord does", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  driver.addRoom("club", [anna]);
  driver.fail({ method: "GET", path: /\/gateway\/bot$/ }, { status: 503, when: "before", times: 5 });
  driver.fail({ method: "PUT", path: /\/commands$/ }, { status: 503, when: "before", times: 5 });
  const running = run(driver);
  await online(running);
  expect(driver.commands()).toHaveLength(15);
  expect(running.log.join("")).toContain("cannot be reached");
});

test("a wrong token and refused intents end with one sentence; no token is ever logged", async () => {
  const driver = await prepare();
  const wrong = run(driver, { token: "wrong.token.value" });
  const outcome = await wrong.outcome;
  expect(outcome).toBeInstanceOf(AdapterProblem);
  expect((outcome as AdapterProblem).sentence).toContain("DISCORD_TOKEN");
  expect(wrong.log.join("")).not.toContain("wrong.token");
});

test("the gateway refuses the token or an intent later: one sentence, and without members where these were the reason", async () => {
  for (const [code, word] of [
    [4004, "DISCORD_TOKEN"],
    [4014, "Intent"],
  ] as const) {
    const driver = await prepare();
    const running = run(driver);
    await online(running);
    driver.dropGateway(code);
    const outcome = await running.outcome;
    expect(outcome).toBeInstanceOf(AdapterProblem);
    expect((outcome as AdapterProblem).sentence).toContain(word);
  }
  const driver = await prepare();
  driver.setFlags(1 << 15);
  const running = run(driver);
  await online(running);
  driver.dropGateway(4014);
  await running.talk.until("review", 2);
  await driver.online();
});

test("a gateway that falls silent is left for a new connection", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  const room = driver.addRoom("club", [anna]);
  driver.setGateway({ heartbeatMs: 100 });
  const running = run(driver, {
    script: (talk) => {
      talk.onHear = async ({ answer, text }) => answer.openly(say(text));
    },
  });
  await online(running);
  driver.goSilent();
  await driver.until(() => (driver.connections() === 0 ? true : undefined));
  await driver.online();
  await driver.say(anna, room, "/search alive");
  await driver.until(() => driver.seenBy(anna, room).find(({ text }) => text === "/search alive"));
});

test("a connection that is cut loses no answer and doubles none", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  const room = driver.addRoom("club", [anna]);
  const running = run(driver, {
    script: (talk) => {
      talk.onHear = async ({ answer, text }) => answer.openly(say(text));
    },
  });
  await online(running);
  for (const when of ["before", "after"] as const) {
    driver.fail({ method: "PATCH", path: /@original$/ }, { cut: true, when });
    await driver.say(anna, room, `/search ${when}`);
    await driver.until(() => driver.seenBy(anna, room).find(({ text }) => text === `/search ${when}`));
    driver.fail({ method: "POST", path: /\/channels\/\d+\/messages$/ }, { cut: true, when });
    await running.port.post(room.id, say(`posted ${when}`), `nonce-${when}`);
  }
  expect(driver.seenBy(anna, room)).toHaveLength(4);
  expect(running.talk.failures).toEqual([]);
});

test("members are heard of when the application may, else they are asked for", async () => {
  const driver = await prepare();
  const anna = driver.addPerson("Anna");
  const ben = driver.addPerson("Ben");
  const room = driver.addRoom("club", [anna, ben]);
  driver.setFlags(1 << 15);
  const running = run(driver);
  await online(running);
  await driver.leave(ben, room);
  expect(await running.talk.until("lose")).toEqual([["lose", room.id, ben.id]]);
});

test("told to stop, it stops, also while Discord is silent", async () => {
  const driver = await prepare();
  const running = run(driver);
  await online(running);
  driver.goSilent();
  const startedAt = performance.now();
  expect(await running.stop()).toBe(0);
  // Half a second is what it takes; a wait that was forgotten would be ten at least.
  expect(performance.now() - startedAt).toBeLessThan(8_000);
});

test("told to stop while a gateway does not even greet, it leaves no connection behind", async () => {
  const gateway = createServer().listen(0, "127.0.0.1");
  await once(gateway, "listening");
  const url = `ws://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  const limits = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 };
  const api = createHttpServer((request, response) => {
    response.writeHead(request.url?.endsWith("/gateway/bot") ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify({ url, shards: 1, session_start_limit: limits }));
  }).listen(0, "127.0.0.1");
  await once(api, "listening");
  const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}/api`;
  const stopping = new AbortController();
  const log = pino({ level: "silent" });
  const tongueOf = () => tongue;
  const adapter = createDiscord({
    token: "a.b.c",
    apiUrl,
    makeTalk: createFakeTalk,
    clock: systemClock,
    log,
    tongueOf,
  });
  const outcome = adapter.run(stopping.signal);
  const [socket] = (await once(gateway, "connection")) as [Socket];
  socket.on("error", () => undefined).resume();
  const left = once(socket, "close");
  stopping.abort();
  expect(await outcome).toBe(0);
  await left;
  for (const server of [gateway, api]) server.close();
  // The library itself would give up after 30 s.
}, 15_000);
