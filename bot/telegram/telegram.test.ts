// The adapter against the strict stand-in of Telegram.
import { describe, expect, it } from "vitest";
import type { ShownMessage } from "../../test/chat/driver.ts";
import type { TelegramDriver } from "../../test/chat/telegram/driver.ts";
import { AdapterProblem } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import { systemClock } from "../clock.ts";
import { idOf, onStage, pollsOf, says } from "./fake-talk.ts";

type Look = Parameters<TelegramDriver["seenBy"]>;

const newest = (driver: TelegramDriver, ...who: Look): Promise<ShownMessage> =>
  driver.until(() => driver.seenBy(...who).at(-1));
const saidTo = (driver: TelegramDriver, text: string, ...who: Look) =>
  driver.until(() => driver.seenBy(...who).find((message) => message.text.includes(text)));
const again = async () => idOf("again");
/** Waits that would be long are short. */
const quickClock: Clock = { now: systemClock.now, wait: (ms, signal) => systemClock.wait(Math.min(ms, 20), signal) };

describe("commands and answers", () => {
  it("hears a command in a group and answers there, as a reply, in the topic", () =>
    onStage(async ({ driver, script, told }) => {
      const anna = driver.addPerson("Anna", "fr");
      const room = driver.addRoom("Friends", [anna]);
      script.hear = ({ answer, text }) => answer.openly(says(`heard ${text}`));
      await driver.say(anna, room, "/search summer");
      const message = await saidTo(driver, "heard /search summer", anna, room);
      expect(told).toContainEqual([
        "hear",
        {
          actor: { platform: "telegram", userId: anna.id, displayName: "Anna", language: "fr" },
          place: expect.objectContaining({ roomId: room.id, kind: "group", title: "Friends" }),
          requestId: expect.stringMatching(/^telegram:\d+$/),
          text: "/search summer",
        },
      ]);
      expect(driver.seenBy(anna, room).find(({ id }) => id === message.id)?.replyTo).toBeDefined();

      await driver.makeForum(room);
      const topic = driver.addThread(room, "Music");
      await driver.say(anna, topic, "/search live");
      await saidTo(driver, "heard /search live", anna, topic);
      const moves = told.findIndex(([name]) => name === "move");
      expect(told.findLastIndex(([name]) => name === "hear")).toBeGreaterThan(moves);
      expect(told.findLast(([name]) => name === "hear")).toMatchObject([
        "hear",
        { place: { roomId: topic.id.replace("/", ":"), parentId: room.id } },
      ]);
      expect(driver.violations()).toEqual([]);
    }));

  it("answers privately, and leads there whoever has not opened a private chat", () =>
    onStage(async ({ driver, script, told }) => {
      const [anna, ben] = [driver.addPerson("Anna"), driver.addPerson("Ben")];
      const room = driver.addRoom("Friends", [anna, ben]);
      await driver.say(anna, undefined, "hello");
      script.hear = ({ answer }) => answer.privately(says("Only for you."), again);
      await driver.say(anna, room, "/transfers");
      await saidTo(driver, "Only for you.", anna, undefined);
      expect(driver.seenBy(anna, room)).toEqual([]);

      await driver.say(ben, room, "/transfers");
      const sign = await saidTo(driver, "Ben, I answer that in private.", ben, room);
      expect(sign.text).not.toContain("Only for you");
      script.press = ({ answer }) => answer.privately(says("Now for you."), again);
      await driver.press(ben, sign, "Open our private chat");
      await saidTo(driver, "Now for you.", ben, undefined);
      expect(told.at(-1)).toMatchObject(["press", { buttonId: idOf("again"), place: { kind: "private" } }]);
      expect(driver.violations()).toEqual([]);
    }));

  it("refuses nobody's mistakes in markup: names stay text, and ring nobody", () =>
    onStage(async ({ driver, script }) => {
      const [anna, ben] = [driver.addPerson("Anna"), driver.addPerson("Ben")];
      const room = driver.addRoom("Friends", [anna, ben]);
      const text = `<b>@${ben.username} /leave #x readme.md & ${"y".repeat(5000)}`;
      script.hear = ({ answer }) => answer.openly(says(text));
      await driver.say(anna, room, "/search x");
      const message = await newest(driver, anna, room);
      expect(message.text).toContain(`<b>@${ben.username} /leave #x readme.md & yyy`);
      expect(message.mentions).toEqual([]);
      expect(driver.violations()).toEqual([]);
    }));

  it("sends a document as a file", () =>
    onStage(async ({ driver, script }) => {
      const anna = driver.addPerson("Anna");
      const room = driver.addRoom("Friends", [anna]);
      const message = says("", {}, ["Done"]);
      message.reply.blocks = [{ kind: "document", name: "fonshare.json", text: '{"name":"Anna"}' }];
      script.hear = ({ answer }) => answer.openly(message);
      await driver.say(anna, room, "/privacy export");
      const shown = await driver.until(() => driver.seenBy(anna, room).at(-1));
      expect([shown.document?.name, String(shown.document?.content)]).toEqual(["fonshare.json", '{"name":"Anna"}']);
      expect(shown.buttons.map(({ label }) => label)).toEqual(["Done"]);
      expect(driver.violations()).toEqual([]);
    }));
});

describe("buttons", () => {
  async function posted(driver: TelegramDriver, post: () => Promise<unknown>, ...who: Look) {
    await post();
    return saidTo(driver, "Press", ...who);
  }

  it("changes the pressed message, and says short private things as a notice", () =>
    onStage(async ({ driver, script, port }) => {
      const anna = driver.addPerson("Anna");
      const room = driver.addRoom("Friends", [anna]);
      const message = await posted(
        driver,
        () => port.post(room.id, says("Press", {}, ["a", "b", "c"]), "n"),
        anna,
        room,
      );
      script.press = ({ answer }) => answer.inPlace(says("Pressed", {}, ["b"]));
      await driver.press(anna, message, "a");
      await driver.until(() =>
        driver.seenBy(anna, room).find(({ id, text }) => id === message.id && text === "Pressed"),
      );

      script.press = ({ answer }) => answer.privately(says("Not yours.", { isPrivate: true, tone: "error" }), again);
      await driver.press(anna, message, "b");
      await driver.until(() => driver.notices().find(({ text, isAlert }) => text === "Not yours." && isAlert));
      expect(driver.seenBy(anna, room)).toHaveLength(1);
      expect(driver.answersToCallbacks()).toEqual([expect.any(Number), expect.any(Number)]);
      expect(driver.violations()).toEqual([]);
    }));

  it("opens the private chat of somebody who has none, without a message in the room", () =>
    onStage(async ({ driver, script, port, told }) => {
      const ben = driver.addPerson("Ben");
      const room = driver.addRoom("Friends", [ben]);
      const message = await posted(driver, () => port.post(room.id, says("Press", {}, ["a"]), "n"), ben, room);
      const secret = says("A plan with buttons", { isPrivate: true }, ["Pull"]);
      script.press = ({ answer }) => answer.privately(secret, again);
      await driver.press(ben, message, "a");
      await saidTo(driver, "A plan with buttons", ben, undefined);
      expect(told.at(-1)).toMatchObject(["press", { buttonId: idOf("again") }]);
      expect(driver.seenBy(ben, room)).toHaveLength(1);

      await driver.press(ben, message, "a");
      await driver.until(() => driver.noticesFor(ben).find((text) => text.includes("private chat")));
      expect(driver.violations()).toEqual([]);
    }));

  it("acknowledges within its patience, also what takes long and what the same person asked before", () =>
    onStage(async ({ driver, script, port }) => {
      const anna = driver.addPerson("Anna");
      const room = driver.addRoom("Friends", [anna]);
      const message = await posted(driver, () => port.post(room.id, says("Press", {}, ["a"]), "n"), anna, room);
      let finish: () => void = () => undefined;
      const slow = new Promise<void>((resolve) => {
        finish = resolve;
      });
      script.press = async ({ answer }) => {
        await slow;
        await answer.privately(says("Late.", { isPrivate: true }), again);
      };
      await driver.press(anna, message, "a");
      await driver.press(anna, message, "a");
      await driver.until(() =>
        driver.answersToCallbacks().filter((ms) => ms !== undefined).length === 2 ? 1 : undefined,
      );
      finish();
      await saidTo(driver, "I answer that in private", anna, room);
      expect(driver.violations()).toEqual([]);
    }));

  it("does not mind a press that is too old to be answered", () =>
    onStage(async ({ driver, script, port }) => {
      const anna = driver.addPerson("Anna");
      const room = driver.addRoom("Friends", [anna]);
      await driver.say(anna, undefined, "hello");
      const message = await posted(driver, () => port.post(room.id, says("Press", {}, ["a"]), "n"), anna, room);
      driver.fail({ method: /answerCallbackQuery/ }, { status: 400, when: "before", times: 1 });
      script.press = ({ answer }) => answer.privately(says("Still said.", { isPrivate: true }), again);
      await driver.press(anna, message, "a");
      await saidTo(driver, "Still said.", anna, undefined);
    }));
});

describe("rooms and people", () => {
  it("tells of coming, going, moving and losing", () =>
    onStage(async ({ driver, told, port, until }) => {
      const [anna, ben, carl] = [driver.addPerson("Anna"), driver.addPerson("Ben", "fr"), driver.addPerson("Carl")];
      const room = driver.addRoomWithoutBot("Friends", [anna, ben, carl]);
      const find = (...start: unknown[]) =>
        until(() => told.find((entry) => start.every((value, index) => entry[index] === value)));
      await driver.addBot(room, anna);
      expect(await find("arrive")).toMatchObject(["arrive", { roomId: room.id, title: "Friends" }, "en"]);
      await driver.leave(ben, room);
      await find("lose", room.id, ben.id);
      await driver.setBotAdmin(room, true);
      await driver.leave(carl, room, true);
      await find("lose", room.id, carl.id);
      expect(await port.isPresent({ roomId: room.id }, carl.id)).toBe(false);
      expect(await port.isPresent({ roomId: room.id }, anna.id)).toBe(true);
      expect([
        await port.isAdmin({ roomId: room.id }, anna.id),
        await port.isAdmin({ roomId: room.id }, ben.id),
      ]).toEqual([true, false]);
      await driver.removeBot(room);
      await find("depart", room.id);
      expect(await port.isThere(room.id)).toBe(false);
      expect(await port.post(room.id, says("x"), "n")).toBe("gone");
    }));

  it("follows a group that becomes a supergroup, told or not, and keeps it bound", () =>
    onStage(async ({ driver, told, port, until }) => {
      const anna = driver.addPerson("Anna");
      const room = driver.addRoom("Friends", [anna]);
      const before = room.id;
      await driver.migrate(room);
      const spot = await port.post(before, says("After the move"), "n");
      expect(spot).toMatchObject({ chatId: room.id });
      await until(() => (told.filter(([name]) => name === "move").length >= 2 ? true : undefined));
      expect(told.filter(([name]) => name === "move").every(([, from, to]) => from === before && to === room.id)).toBe(
        true,
      );
      expect(told.filter(([name]) => name === "depart")).toEqual([]);
      await saidTo(driver, "After the move", anna, room);
    }));

  it("pulls by a thumb, and by nothing else", () =>
    onStage(async ({ driver, told, port, until }) => {
      const anna = driver.addPerson("Anna");
      const room = driver.addRoom("Friends", [anna]);
      await driver.setBotAdmin(room, true);
      await port.post(room.id, says("New files"), "n");
      const message = await newest(driver, anna, room);
      await driver.react(anna, message, "🔥");
      await driver.react(anna, message, "👍");
      await driver.react(anna, message, "👍", false);
      await driver.say(anna, room, "/search x");
      await until(() => told.find(([name]) => name === "hear"));
      expect(told.filter(([name]) => name === "react")).toEqual([
        [
          "react",
          expect.objectContaining({
            messageId: message.id.split(":").at(-1),
            reaction: "pull",
            isOn: true,
            isLate: false,
          }),
        ],
      ]);
    }));

  it("closes the way to whoever blocked the bot, and tells of a topic that is gone", () =>
    onStage(async ({ driver, told, port }) => {
      const anna = driver.addPerson("Anna");
      const room = driver.addRoom("Friends", [anna]);
      await driver.makeForum(room);
      expect(await port.postPrivately(anna.id, says("x"), "n")).toBe("closed");
      driver.setPrivateOpen(anna, true);
      const spot = await port.postPrivately(anna.id, says("Pull"), "n");
      expect(spot).toMatchObject({ chatId: anna.id });
      driver.setPrivateOpen(anna, false);
      expect(await port.postPrivately(anna.id, says("x"), "n")).toBe("closed");
      expect(await port.post(`${room.id}:999`, says("x"), "n")).toBe("gone");
      expect(told).toContainEqual(["depart", `${room.id}:999`]);
    }));
});

describe("edits", () => {
  it("are done when nothing changes, sent once, and gone with the message", () =>
    onStage(async ({ driver, port }) => {
      const anna = driver.addPerson("Anna");
      const room = driver.addRoom("Friends", [anna]);
      const spot = await port.post(room.id, says("One", {}, ["a"]), "n");
      if (spot === "gone") throw new Error("not shown");
      const edits = () => driver.requests().filter(({ method }) => method === "editMessageText").length;
      expect(await port.edit(spot, says("One", {}, ["a"]))).toBe("done");
      expect(edits()).toBe(0);
      expect(await Promise.all([port.edit(spot, says("Two")), port.edit(spot, says("Three"))])).toEqual([
        "done",
        "done",
      ]);
      expect((await newest(driver, anna, room)).text).toBe("Three");
      expect(await port.edit({ ...spot, messageId: "99999" }, says("x"))).toBe("gone");
      expect(driver.violations()).toEqual([]);
    }));
});

describe("trouble", () => {
  it("waits as long as 429 says and sends then; sends again after 5xx and cuts", () =>
    onStage(
      async ({ driver, port }) => {
        const anna = driver.addPerson("Anna");
        const room = driver.addRoom("Friends", [anna]);
        driver.setLimits("off");
        driver.fail({ method: /sendMessage/ }, { status: 429, when: "before", times: 2, retryAfter: 3 });
        driver.fail({ method: /sendMessage/ }, { status: 502, when: "before", times: 1 });
        driver.fail({ method: /sendMessage/ }, { status: 200, when: "before", times: 1, cut: true });
        await port.post(room.id, says("Arrived"), "n");
        expect(driver.seenBy(anna, room).map(({ text }) => text)).toEqual(["Arrived"]);
        expect(driver.requests().filter(({ method }) => method === "sendMessage")).toHaveLength(5);
      },
      { clock: quickClock },
    ));

  it("rejects when the platform stays away, so that it is told again later", () =>
    onStage(
      async ({ driver, port, logged }) => {
        const room = driver.addRoom("Friends", [driver.addPerson("Anna")]);
        driver.fail({ method: /sendMessage/ }, { status: 503, when: "before", times: 99 });
        await expect(port.post(room.id, says("x"), "n")).rejects.toMatchObject({ code: 503, method: "sendMessage" });
        expect(logged()).not.toContain(driver.env["TELEGRAM_BOT_TOKEN"]);
      },
      { clock: quickClock },
    ));

  it("polls through 409, 5xx, a cut connection and an unreachable start", () =>
    onStage(
      async ({ driver, script, logged, until }) => {
        await until(() => (logged().includes("cannot be reached") ? true : undefined));
        driver.refuseConnections(false);
        await driver.until(() => (pollsOf(driver) > 0 ? true : undefined));
        const anna = driver.addPerson("Anna");
        const room = driver.addRoom("Friends", [anna]);
        script.hear = ({ answer, text }) => answer.openly(says(text.slice(8)));
        driver.conflict(3);
        await driver.say(anna, room, "/search one");
        await saidTo(driver, "one", anna, room);
        driver.fail({ method: /getUpdates/ }, { status: 502, when: "before", times: 3 });
        driver.fail({ method: /getUpdates/ }, { status: 200, when: "before", times: 1, cut: true });
        await driver.say(anna, room, "/search two");
        await saidTo(driver, "two", anna, room);
        driver.repeatUpdates();
        await driver.say(anna, room, "/search three");
        await saidTo(driver, "three", anna, room);
        expect(driver.seenBy(anna, room).map(({ text }) => text)).toEqual(["one", "two", "three"]);
        expect(logged().match(/Another process polls/g)).toHaveLength(1);
        expect(logged()).not.toContain(driver.env["TELEGRAM_BOT_TOKEN"]);
      },
      {
        clock: quickClock,
        prepare: (driver) => {
          driver.refuseConnections(true);
          driver.fail({ method: /getMe/ }, { status: 502, when: "before", times: 2 });
        },
      },
    ));

  it.each(["7100000001:wrong-token-wrong-token-wrong-token-wrong", "nonsense"])(
    "ends with one sentence for a wrong token: %s",
    (token) =>
      onStage(
        async ({ running, logged }) => {
          const problem = await running.catch((error: unknown) => error);
          expect(problem).toBeInstanceOf(AdapterProblem);
          expect((problem as AdapterProblem).sentence).toMatch(
            /^Telegram does not accept TELEGRAM_BOT_TOKEN: .*BotFather/,
          );
          expect(`${logged()}${(problem as Error).stack}`).not.toContain(token);
        },
        { token, prepare: () => undefined },
      ),
  );

  it("sets its menus later when they cannot be set, and works meanwhile", () =>
    onStage(
      async ({ driver, script }) => {
        const anna = driver.addPerson("Anna", "fr");
        script.hear = ({ answer }) => answer.openly(says("works"));
        await driver.say(anna, undefined, "hello");
        await saidTo(driver, "works", anna, undefined);
        const menu = await driver.until(() => {
          const commands = driver.menuFor(anna, undefined);
          return commands.length > 0 ? commands : undefined;
        });
        expect(menu.map(({ command }) => command)).toContain("chercher");
        expect(driver.violations()).toEqual([]);
      },
      {
        clock: quickClock,
        prepare: (driver) => driver.fail({ method: /setMyCommands/ }, { status: 502, when: "before", times: 9 }),
      },
    ));

  it("ends at once, with the long poll, and confirms what it has heard", () =>
    onStage(async ({ driver, stop, running, told, until }) => {
      const anna = driver.addPerson("Anna");
      await driver.say(anna, undefined, "hello");
      await until(() => told.find(([name]) => name === "hear"));
      stop.abort();
      expect(await running).toBe(0);
      expect(driver.pendingUpdates()).toBe(0);
    }));

  it("works below a path", () =>
    onStage(
      async ({ driver, script }) => {
        const anna = driver.addPerson("Anna");
        script.hear = ({ answer }) => answer.openly(says("here"));
        await driver.say(anna, undefined, "hello");
        await saidTo(driver, "here", anna, undefined);
      },
      { prefix: "/telegram/api" },
    ));
});
