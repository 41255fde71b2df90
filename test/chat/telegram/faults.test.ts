// The faults of the stand-in, with telegraf on the other end.
import { TelegramError } from "telegraf";
import { describe, expect, test } from "vitest";
import { connect, launch, previewsOff, withDriver } from "./bot-fixture.ts";
import type { TelegramDriver } from "./driver.ts";

const setUp = (driver: TelegramDriver) => {
  const anna = driver.addPerson("Anna");
  const room = driver.addRoom("Club", [anna]);
  const bot = connect(driver);
  const send = (text: string) => bot.telegram.sendMessage(room.id, text, previewsOff);
  const texts = () => driver.seenBy(anna, room).map((message) => message.text);
  return { anna, room, bot, send, texts };
};
const codeOf = (error: unknown) => (error instanceof TelegramError ? error.code : (error as Error).name);
const outcome = (call: Promise<unknown>) => call.then(() => "done", codeOf);

describe("an answer that is not true", () => {
  test("before the effect, after it, and as often as said", () =>
    withDriver(async (driver) => {
      const { send, texts } = setUp(driver);
      driver.fail({ method: /^sendMessage$/ }, { status: 502, when: "before", times: 2 });
      driver.fail({ method: /^sendMessage$/ }, { status: 500, when: "after", times: 1 });
      expect([await outcome(send("a")), await outcome(send("b")), await outcome(send("c"))]).toEqual([502, 502, 500]);
      expect(await outcome(send("d"))).toBe("done");
      expect(texts()).toEqual(["c", "d"]);
      expect(driver.requests().map(({ status }) => status)).toEqual([502, 502, 500, 200]);
    }));

  test("429 with a wait; who does not wait is noted", () =>
    withDriver(async (driver) => {
      const { send } = setUp(driver);
      driver.fail({ method: /^send/ }, { status: 429, when: "before", times: 1, retryAfter: 7 });
      const error: unknown = await send("a").catch((thrown: unknown) => thrown);
      expect((error as TelegramError).parameters).toEqual({ retry_after: 7 });
      driver.moveClock(3_000);
      await send("b");
      expect(driver.violations()).toEqual([expect.stringMatching(/^Called again [34]\d+ ms before/)]);
      driver.moveClock(5_000);
      await send("c");
      expect(driver.violations()).toHaveLength(1);
    }));

  test("a cut connection, before and after, and a late answer", () =>
    withDriver(async (driver) => {
      const { send, texts } = setUp(driver);
      driver.fail({ method: /send/ }, { status: 0, when: "before", times: 1, cut: true });
      driver.fail({ method: /send/ }, { status: 0, when: "after", times: 1, cut: true });
      driver.fail({ method: /send/ }, { status: 200, when: "before", times: 1, delayMs: 20 });
      expect([await outcome(send("a")), await outcome(send("b"))]).toEqual(["FetchError", "FetchError"]);
      expect(await outcome(send("c"))).toBe("done");
      expect(texts()).toEqual(["b", "c"]);
      expect(driver.requests()[0]?.status).toBe(0);
    }));

  test("nobody listens for a while", () =>
    withDriver(async (driver) => {
      const { bot, send } = setUp(driver);
      driver.refuseConnections(true);
      expect(await outcome(bot.launch())).toBe("FetchError");
      driver.refuseConnections(false);
      expect(await outcome(send("a"))).toBe("done");
      expect(driver.violations()).toEqual([]);
    }));
});

describe("polling", () => {
  test("a second poller ends the first with 409", () =>
    withDriver(async (driver) => {
      const first = await launch(driver, connect(driver));
      const second = await launch(driver, connect(driver));
      expect(codeOf(await first.ended)).toBe(409);
      await second.stop();
    }));

  test("409 and 502 on demand reach a poll that hangs", () =>
    withDriver(async (driver) => {
      const { bot } = setUp(driver);
      const running = await launch(driver, bot);
      driver.conflict(1);
      expect(codeOf(await running.ended)).toBe(409);
      driver.fail({ method: /getUpdates/ }, { status: 400, when: "before", times: 1 });
      const again = await launch(driver, connect(driver));
      expect(codeOf(await again.ended)).toBe(400);
    }));

  test("what was not confirmed comes again, to another process as well", () =>
    withDriver(async (driver) => {
      const { anna, room, bot } = setUp(driver);
      await driver.say(anna, room, "/one");
      await driver.say(anna, room, "/two");
      const poll = async (offset: number) =>
        (await bot.telegram.getUpdates(0, 100, offset, undefined)).map(({ update_id: id }) => id);
      const both = await poll(0);
      expect(both).toHaveLength(2);
      expect(await poll(0)).toEqual(both);
      expect(await poll(both[1] ?? 0)).toEqual(both.slice(1));
      expect(await poll((both[1] ?? 0) + 1)).toEqual([]);
      expect(driver.pendingUpdates()).toBe(0);
      driver.repeatUpdates();
      expect(await poll((both[1] ?? 0) + 1)).toEqual(both.slice(1));
    }));

  test("a running bot gets the last batch twice, under the same ids", () =>
    withDriver(async (driver) => {
      const { anna, room, bot } = setUp(driver);
      const ids: number[] = [];
      bot.command("one", async (context) => {
        ids.push(context.update.update_id);
        await context.reply(`${ids.length}`, previewsOff);
      });
      const running = await launch(driver, bot);
      await driver.say(anna, room, "/one");
      await driver.until(() => (driver.pendingUpdates() === 0 && ids.length === 1 ? true : undefined));
      driver.repeatUpdates();
      await driver.until(() => driver.seenBy(anna, room).find((message) => message.text === "2"));
      expect(ids[0]).toBe(ids[1]);
      await running.stop();
    }));

  test("allowed_updates is remembered, and an empty list is the default again", () =>
    withDriver(async (driver) => {
      const { anna, room, bot } = setUp(driver);
      const poll = async (allowed?: string[]) => {
        const updates = await bot.telegram.getUpdates(0, 100, -100, allowed as never);
        return updates.map((update) => Object.keys(update)[1]);
      };
      await poll(["my_chat_member"]);
      await driver.say(anna, room, "/lost");
      expect(await poll()).toEqual([]);
      await poll([]);
      await driver.say(anna, room, "/heard");
      expect(await poll()).toEqual(["message"]);
    }));
});

test("1,000 people press at once and each is answered", () =>
  withDriver(async (driver) => {
    const people = Array.from({ length: 1000 }, (_, index) => driver.addPerson(`Person ${index}`));
    const room = driver.addRoom("Stadium", people);
    const bot = connect(driver);
    bot.on("callback_query", (context) => context.answerCbQuery("ok"));
    await bot.telegram.sendMessage(room.id, "Press", {
      ...previewsOff,
      reply_markup: { inline_keyboard: [[{ text: "Go", callback_data: "go" }]] },
    });
    const running = await launch(driver, bot);
    const [message] = driver.seenBy(people[0] as (typeof people)[number], room);
    if (!message) throw new Error("nothing to press");
    await Promise.all(people.map((person) => driver.press(person, message, "Go")));
    await driver.until(() => (driver.answersToCallbacks().every((ms) => ms !== undefined) ? true : undefined));
    expect(driver.notices()).toHaveLength(1000);
    expect(driver.violations()).toEqual([]);
    await running.stop();
  }));
