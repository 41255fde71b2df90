// The stand-in with a whole bot on it: updates, who gets which, and every verb of the driver.
import type { Telegraf } from "telegraf";
import { describe, expect, test } from "vitest";
import type { ChatPerson, ChatRoom } from "../driver.ts";
import type { UpdateName } from "./bot-fixture.ts";
import { connect, found, launch, previewsOff, withDriver } from "./bot-fixture.ts";
import type { TelegramDriver } from "./driver.ts";

interface Stage {
  driver: TelegramDriver;
  bot: Telegraf;
  anna: ChatPerson;
  ben: ChatPerson;
  room: ChatRoom;
  /** The updates that arrived, as the bot got them. */
  got: Record<string, unknown>[];
}

/** A bot that writes down what it gets, in a group of Anna (its admin) and Ben. */
function onStage(run: (stage: Stage) => Promise<void>, allowed?: UpdateName[], prefix?: string) {
  return withDriver(
    async (driver) => {
      const anna = driver.addPerson("Anna", "fr");
      const ben = driver.addPerson("Ben");
      const room = driver.addRoom("Club", [anna, ben]);
      const bot = connect(driver);
      const got: Record<string, unknown>[] = [];
      bot.use((context, next) => {
        got.push(context.update as unknown as Record<string, unknown>);
        return next();
      });
      const stage = { driver, bot, anna, ben, room, got };
      addAnswers(bot);
      const running = await launch(driver, bot, allowed);
      try {
        await run(stage);
      } finally {
        await running.stop();
      }
    },
    prefix === undefined ? {} : { prefix },
  );
}

function addAnswers(bot: Telegraf): void {
  bot.start((context) => context.reply(`Welcome ${context.payload}`, previewsOff));
  bot.command("ask", (context) =>
    context.reply(`For ${context.from.first_name}`, {
      ...previewsOff,
      reply_markup: {
        inline_keyboard: [
          [
            { text: "Pull (3)", callback_data: "pull" },
            { text: "In private", callback_data: "private" },
            { text: "Open", url: `https://t.me/${context.me}?start=room-1` },
          ],
        ],
      },
    }),
  );
  bot.action("pull", async (context) => {
    await context.answerCbQuery("On its way", { show_alert: true });
    await context.editMessageText("Pulling", previewsOff);
  });
  bot.action("private", (context) => context.answerCbQuery(undefined, { url: `https://t.me/${context.me}?start=p-2` }));
}

const seen = (stage: Stage, person: ChatPerson, room: ChatRoom | undefined, text: string) =>
  stage.driver.until(() => stage.driver.seenBy(person, room).find((message) => message.text.startsWith(text)));
const arrived = (stage: Stage, kind: string) =>
  stage.driver.until(() => stage.got.find((update) => kind in update)?.[kind] as Record<string, unknown> | undefined);
/** Everything before this has arrived, too: updates come in order. */
async function settle(stage: Stage): Promise<void> {
  await stage.driver.say(stage.anna, undefined, "/start end");
  await seen(stage, stage.anna, undefined, "Welcome end");
}
const kinds = (stage: Stage) => stage.got.map((update) => Object.keys(update)[1]);

describe("talking", () => {
  test("a command, a press, a notice, an edit", () =>
    onStage(async (stage) => {
      const { driver, anna, ben, room } = stage;
      await driver.say(ben, room, "/ask");
      const message = await seen(stage, anna, room, "For Ben");
      expect(message.buttons.map(({ label }) => label)).toEqual(["Pull (3)", "In private", "Open"]);
      expect(message).toMatchObject({ edits: 0, mentions: [], raw: "For Ben" });
      await driver.press(anna, message, "Pull");
      const edited = await seen(stage, ben, room, "Pulling");
      expect(edited).toMatchObject({ id: message.id, buttons: [], edits: 1 });
      expect(driver.noticesFor(anna)).toEqual(["On its way"]);
      expect(driver.notices()[0]?.isAlert).toBe(true);
      expect(driver.noticesFor(ben)).toEqual([]);
      expect(driver.answersToCallbacks()[0]).toBeGreaterThan(0);
      await expect(driver.press(anna, message, "Pull")).rejects.toThrow("No button Pull");
      expect(driver.violations()).toEqual([]);
      const query = found((await arrived(stage, "callback_query"))["from"]);
      expect(query).toMatchObject({ id: Number(anna.id), first_name: "Anna", language_code: "fr" });
    }));

  test("a button with the bot's address and an answer with it both open the private chat", () =>
    onStage(async (stage) => {
      const { driver, anna, ben, room } = stage;
      await driver.say(anna, room, "/ask");
      const message = await seen(stage, anna, room, "For Anna");
      await driver.press(ben, message, "Open");
      expect((await seen(stage, ben, undefined, "Welcome room-1")).onlyFor?.id).toBe(ben.id);
      await driver.press(anna, message, "In private");
      await seen(stage, anna, undefined, "Welcome p-2");
      expect(driver.violations()).toEqual([]);
    }));

  test("forged presses arrive, stale and unanswered ones are told apart", () =>
    onStage(async (stage) => {
      const { driver, anna, room, bot } = stage;
      await driver.say(anna, room, "/ask");
      await seen(stage, anna, room, "For Anna");
      await driver.pressDetached({ person: anna, room, data: "forged" });
      const query = await arrived(stage, "callback_query");
      expect(query["data"]).toBe("forged");
      expect(driver.answersToCallbacks()).toEqual([undefined]);
      driver.moveClock(16_000);
      await expect(bot.telegram.answerCbQuery(String(query["id"]))).rejects.toThrow("query is too old");
      expect(driver.violations()).toEqual(["The press of Anna was never answered."]);
    }));

  test("privacy mode hides what people say in groups, not commands, answers, or anything from an admin", () =>
    onStage(async (stage) => {
      const { driver, anna, ben, room } = stage;
      await driver.say(ben, room, "hello all");
      await driver.say(ben, room, "/ask@other_bot");
      await driver.say(ben, room, `/ask@${driver.botUsername}`);
      const message = await seen(stage, anna, room, "For Ben");
      await driver.reply(anna, message, "thanks");
      await settle(stage);
      const texts = () => stage.got.map((update) => (update["message"] as { text?: string } | undefined)?.text);
      expect(texts()).toEqual([`/ask@${driver.botUsername}`, "thanks", "/start end"]);
      await driver.setBotAdmin(room, true);
      await driver.say(ben, room, "hello again");
      await driver.until(() => (texts().includes("hello again") ? true : undefined));
      expect((await arrived(stage, "message"))["entities"]).toEqual([{ type: "bot_command", offset: 0, length: 22 }]);
    }));

  test("an API root with a path works", () =>
    onStage(
      async (stage) => {
        expect(stage.driver.env["TELEGRAM_API_ROOT"]).toMatch(/\/behind\/proxy$/);
        await settle(stage);
      },
      undefined,
      "/behind/proxy",
    ));
});

describe("updates", () => {
  test("reactions come to a bot that asked for them and is admin, one emoji a person", () =>
    onStage(
      async (stage) => {
        const { driver, anna, ben, room } = stage;
        await driver.say(anna, room, "/ask");
        const message = await seen(stage, anna, room, "For Anna");
        await driver.react(ben, message, "🔥");
        await settle(stage);
        expect(kinds(stage)).not.toContain("message_reaction");
        await driver.setBotAdmin(room, true);
        await driver.react(ben, message, "👍");
        const reaction = await arrived(stage, "message_reaction");
        expect(reaction).toMatchObject({
          old_reaction: [{ type: "emoji", emoji: "🔥" }],
          new_reaction: [{ type: "emoji", emoji: "👍" }],
        });
        await driver.react(ben, message, "👍", false);
        await driver.until(() =>
          kinds(stage).filter((kind) => kind === "message_reaction").length === 2 ? true : undefined,
        );
        await expect(driver.react(ben, message, "⭐")).rejects.toThrow("no reaction");
        driver.setPremium(ben, true);
        for (const emoji of ["👍", "🔥", "❤️", "🎉"]) await driver.react(ben, message, emoji);
        expect(driver.seenBy(ben, room).at(-1)?.reactions[ben.id]).toEqual(["🔥", "❤", "🎉"]);
      },
      ["message", "message_reaction"],
    ));

  test("reactions and members do not come unasked", () =>
    onStage(async (stage) => {
      const { driver, anna, ben, room } = stage;
      await driver.setBotAdmin(room, true);
      await driver.say(anna, room, "/ask");
      await driver.react(ben, await seen(stage, anna, room, "For Anna"), "👍");
      await driver.leave(ben, room);
      await settle(stage);
      expect(new Set(kinds(stage))).toEqual(new Set(["my_chat_member", "message"]));
      expect(driver.seenBy(ben, room)).toEqual([]);
      await expect(driver.say(ben, room, "/ask")).rejects.toThrow("not in");
    }));

  test("members come and go: a service message to all, an update to an admin who asked", () =>
    onStage(
      async (stage) => {
        const { driver, ben, room } = stage;
        const carl = driver.addPerson("Carl");
        await driver.join(carl, room);
        expect((await arrived(stage, "message"))["new_chat_members"]).toMatchObject([{ first_name: "Carl" }]);
        await driver.setBotAdmin(room, true);
        await driver.leave(ben, room, true);
        const gone = await arrived(stage, "chat_member");
        expect(gone).toMatchObject({ old_chat_member: { status: "member" }, new_chat_member: { status: "kicked" } });
        await settle(stage);
        expect(kinds(stage)).not.toContain("my_chat_member");
        expect(
          stage.got.map((update) => (update["message"] as { left_chat_member?: object })?.left_chat_member),
        ).toContainEqual(expect.objectContaining({ first_name: "Ben" }));
      },
      ["message", "chat_member"],
    ));

  test("the bot comes and goes, is blocked and let in again", () =>
    onStage(async (stage) => {
      const { driver, anna, room } = stage;
      await driver.addBot(room, anna);
      expect(await arrived(stage, "my_chat_member")).toMatchObject({ old_chat_member: { status: "left" } });
      await driver.until(() => (stage.got.length === 2 ? true : undefined));
      stage.got.length = 0;
      const other = driver.addRoomWithoutBot("Other", [anna]);
      await driver.say(anna, other, "/ask");
      await driver.addBot(other, anna);
      const came = await arrived(stage, "my_chat_member");
      expect(came).toMatchObject({
        chat: { title: "Other" },
        old_chat_member: { status: "left" },
        new_chat_member: { status: "member" },
      });
      await driver.removeBot(other);
      await settle(stage);
      driver.setPrivateOpen(anna, false);
      await driver.followLink(anna, `https://t.me/${driver.botUsername}?start=back`);
      await seen(stage, anna, undefined, "Welcome back");
      const standings = () =>
        stage.got.flatMap(
          (update) =>
            (update["my_chat_member"] as { new_chat_member?: { status: string } })?.new_chat_member?.status ?? [],
        );
      await driver.until(() => (standings().length === 4 ? true : undefined));
      expect(standings()).toEqual(["member", "kicked", "kicked", "member"]);
      expect(kinds(stage).slice(0, 4)).toEqual(["my_chat_member", "message", "my_chat_member", "message"]);
    }));

  test("a group becomes a supergroup: a new id, told thrice, and the room goes on", () =>
    onStage(async (stage) => {
      const { driver, anna, ben, room } = stage;
      await driver.say(anna, room, "/ask");
      await seen(stage, anna, room, "For Anna");
      const old = Number(room.id);
      await driver.migrate(room);
      expect(room.id).toMatch(/^-100\d{10}$/);
      await driver.say(ben, room, "/ask");
      await seen(stage, anna, room, "For Ben");
      expect(driver.seenBy(anna, room).map(({ text }) => text)).toEqual(["For Anna", "For Ben"]);
      const services = stage.got.map((update) => update["message"] ?? update["my_chat_member"]);
      expect(services.slice(1, 4)).toMatchObject([
        { chat: { id: Number(room.id), type: "supergroup" }, new_chat_member: { status: "member" } },
        { chat: { id: old }, migrate_to_chat_id: Number(room.id) },
        { chat: { id: Number(room.id) }, message_id: 1, migrate_from_chat_id: old },
      ]);
    }));

  test("a forum has topics, and its messages name them", () =>
    onStage(async (stage) => {
      const { driver, anna, room } = stage;
      const spoken = driver.addRoom("Spoken", [anna]);
      const id = spoken.id;
      await driver.say(anna, spoken, "hello");
      await driver.makeForum(spoken);
      expect(spoken.id).not.toBe(id);
      await settle(stage);
      expect(kinds(stage).slice(0, 3)).toEqual(["my_chat_member", "message", "message"]);
      stage.got.length = 0;
      const films = await driver.addThread(room, "Films");
      expect(films.parent).toBe(room);
      await driver.say(anna, films, "/ask");
      await seen(stage, anna, films, "For Anna");
      expect(driver.seenBy(anna, room)).toEqual([]);
      const thread = Number(films.id.split("/")[1]);
      expect(stage.got.map((update) => update["message"])).toMatchObject([
        { message_thread_id: thread, forum_topic_created: { name: "Films" } },
        {
          message_thread_id: thread,
          is_topic_message: true,
          text: "/ask",
          chat: { is_forum: true },
          reply_to_message: { message_id: thread },
        },
      ]);
    }));
});

test("until gives up when the stand-in closes, and says what was shown", async () => {
  let waiting: Promise<unknown> = Promise.resolve();
  await withDriver(async (driver) => {
    const anna = driver.addPerson("Anna");
    await driver.say(anna, driver.addRoom("Club", [anna]), "/search summer");
    waiting = driver.until(() => undefined).catch((error: Error) => error.message);
  });
  expect(await waiting).toContain("/search summer");
});
