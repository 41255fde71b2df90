// The conversations that every chat platform must be able to hold: people type, press and react, and what they read is
// looked at. One core, real bot processes and real FTP servers; the platform is a stand-in that is handed in.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { words } from "../../bot/words/index.ts";
import { until } from "../e2e/installation.ts";
import type { ChatPerson, ChatRoom, Driver, ShownMessage } from "./driver.ts";
import { cutBytes, garden, hostileNames, posters, shownWhole, songs } from "./samples.ts";
import type { Stage } from "./stage.ts";
import { createStage, englishIn, hasButton, label, says, textOf } from "./stage.ts";
import type { ChatWorld, MakeDriver } from "./world.ts";
import { contextOf, createChatWorld } from "./world.ts";

const link = /https?:\/\/[^\s`]+/;
const pullEmoji: Partial<Record<Driver["platform"], string>> = { discord: "⬇️", telegram: "👍", console: "⬇️" };
/** So that a bot can be killed and started again while a file is on its way. */
const slowBytesPerS = 100_000;
const slowBytes = 600_000;
/** What a person without rights is told that they lack. */
const rights = { discord: /Manage Channels/, telegram: /administrator of the group/, console: /admin/ };

export function describeConversations<D extends Driver>(name: string, makeDriver: MakeDriver<D>): void {
  describe(`conversations on ${name}`, { timeout: 90_000 }, () => {
    let world: ChatWorld;
    let stage: Stage;
    const isConsole = name === "console";

    beforeAll(async () => {
      world = await createChatWorld([makeDriver]);
      stage = createStage(world);
    });
    afterEach(async () => {
      expect(stage.faults()).toEqual([]);
      await stage.dismiss();
    });
    afterAll(() => world?.stop());

    test("a newcomer is led from the first button to a shared server", async () => {
      const { driver, hears, asks, presses, reads, asksPrivately } = stage;
      const anna = stage.addPerson("Anna");
      const ben = stage.addPerson("Ben");
      const room = stage.addRoom("Film club", [anna, ben]);
      const offer = await offerIn(stage, room, anna);
      const makeGroup = label("button.make-group");
      if (!isConsole) {
        const refusal = await presses(ben, room, offer, makeGroup, says("error.room.admin-only"));
        expect(textOf(refusal)).toMatch(rights[driver.platform]);
      }
      await presses(anna, room, offer, makeGroup, says("group.created"));

      const hello = await asks(ben, room, "/start", says("start.not-member"));
      await presses(ben, room, hello, label("button.join"), /Welcome to|You are in/);
      await reads(anna, room, /Ben joined/);
      const refusal = await asks(ben, room, "/group policy fxp-tls-only", /admin|right|Manage|administrator/i);
      expect(textOf(refusal)).toMatch(/[Oo]nly/);

      const invitation = await asksPrivately(ben, room, "/servers add", link);
      const [address = ""] = link.exec(textOf(invitation)) ?? [];
      expect(stage.shown(anna, room, link)).toEqual([]);
      const home = await world.addHome("attic", songs(3));
      const connected = await hears(ben, undefined, says("news.server-indexed"), () => world.enrol(address, home));
      expect(textOf(connected)).toContain("3 files");
      await presses(ben, undefined, connected, "Share with", says("share.added"));
      const [told] = await reads(anna, room, /Ben shares/);
      expect(textOf(told as ShownMessage)).toContain("3 files");
      expect(stage.shown(anna, room, /Ben joined|Ben shares/)).toHaveLength(2);
      expect(stage.shown(anna, room, link)).toEqual([]);
    });

    test("a search is one message that turns its pages and narrows in place", async () => {
      const { driver, asks, presses } = stage;
      const [carla, dan, eva] = ["Carla", "Dan", "Eva"].map((one) => stage.addPerson(one)) as Three;
      const room = stage.addRoom("Concerts", [carla, dan, eva]);
      await stage.gather(room, [carla, dan, eva]);
      const overture = randomBytes(5000);
      const library = { ...songs(11, "concert"), ...posters(3), "Both/Overture.flac": overture };
      await stage.connect(carla, room, "library", library);
      await stage.connect(dan, room, "shelf", { "Old/Overture.flac": overture });
      const before = stage.shown(eva, room, /./).length;
      const first = await asks(dan, room, "/search concert", /concert[\s\S]*14 results/);
      if (!isConsole) expect(stage.shown(eva, room, /./)).toHaveLength(before + 1);

      const second = await presses(dan, room, first, label("button.next"), /14 results/);
      expect(namesIn(second)).not.toEqual(namesIn(first));
      const back = await presses(dan, room, second, label("button.previous"), /14 results/);
      expect(namesIn(back)).toEqual(namesIn(first));
      if (!isConsole) {
        expect([second.id, back.id]).toEqual([first.id, first.id]);
        const narrowed = await presses(dan, room, back, label("filter.image"), /3 results/);
        expect(narrowed.id).toBe(first.id);
        expect(textOf(narrowed)).not.toContain(".mp3");
        const wide = await presses(dan, room, narrowed, label("filter.image"), /14 results/);
        expect(namesIn(wide)).toEqual(namesIn(first));
        await presses(eva, room, wide, label("button.next"), says("error.button.not-yours"));
        expect(textOf(last(driver.seenBy(dan, room).filter(({ id }) => id === first.id)))).toBe(textOf(wide));
        expect(stage.shown(carla, room, /./)).toHaveLength(before + 1);
      }

      const both = await asks(dan, room, "/search overture", /Overture\.flac/);
      expect(textOf(both)).toContain(words.en["item.yours"]);
      expect(textOf(both)).toContain("2 copies");
      await asks(dan, room, "/search qqqzzzxx", says("search.nothing"));
      await asks(dan, room, "/search overtrue", says("search.corrected"));
    });

    test("a pull is asked about in private, and followed in one message to its end", async () => {
      const { driver, asks, presses } = stage;
      const [finn, gwen] = ["Finn", "Gwen"].map((one) => stage.addPerson(one)) as Two;
      const room = stage.addRoom("Lectures", [finn, gwen]);
      await stage.gather(room, [finn, gwen]);
      const talk = randomBytes(30_000);
      const files = { "2024/astronomy.ogg": talk, "2025/slow botany.ogg": randomBytes(2_000_000) };
      await stage.connect(finn, room, "archive", files, slowBytesPerS);
      const home = await stage.enrolReceiver(gwen, "desk");
      const pulls = () => world.core().api.transfers.list(contextOf(driver, gwen), {});

      const found = await asks(gwen, room, "/search astronomy", /astronomy\.ogg/);
      const question = await presses(gwen, room, found, "1", says("plan.title"));
      if (!isConsole) expect(stage.shown(finn, room, says("plan.title"))).toEqual([]);
      await presses(gwen, room, question, label("button.cancel"), says("cancelled"));
      expect((await pulls()).pulls).toEqual([]);

      const again = await presses(gwen, room, found, "1", says("plan.title"));
      await presses(gwen, room, again, label("plan.question"), says("pull.done-line"));
      const path = home.inInbox("astronomy.ogg");
      expect(readFileSync(await until(async () => (existsSync(path) ? path : undefined))).equals(talk)).toBe(true);
      expect(stage.shown(finn, room, says("pull.done-line"))).toEqual([]);

      const slow = await asks(gwen, room, "/search botany", /slow botany\.ogg/);
      const running = isConsole
        ? await asks(gwen, room, "/pull 1 yes --no-wait", hasButton(label("button.pause")))
        : await presses(
            gwen,
            room,
            await presses(gwen, room, slow, "1", says("plan.title")),
            label("plan.question"),
            hasButton(label("button.pause")),
          );
      const paused = await presses(gwen, room, running, label("button.pause"), says("pull.paused-line"));
      const resumed = await pressesOn(stage, gwen, room, paused, "button.resume", hasButton(label("button.pause")));
      await pressesOn(stage, gwen, room, resumed, "button.cancel", says("pull.cancelled-line"));
      expect(existsSync(home.inInbox("slow botany.ogg"))).toBe(false);
      // Told of once, also a while later.
      const done = stage.everything(gwen, room).filter((message) => says("pull.done-line").test(textOf(message)));
      const told = done.map(({ id, edits, text }) => `${id}, ${edits} edits: ${text}`);
      expect(told).toEqual(told.slice(0, 1));
    });

    test("new files are told in one digest to every room, as loud as each group wants it", async () => {
      const { driver, asks, presses, reads } = stage;
      const [hugo, iris] = ["Hugo", "Iris"].map((one) => stage.addPerson(one)) as Two;
      const main = stage.addRoom("Garden", [hugo, iris]);
      const second = stage.addSecondRoom(main, "Garden news", [hugo, iris]);
      const counted = stage.addRoom("Only counts", [hugo, iris]);
      const silent = stage.addRoom("Silence", [hugo, iris]);
      for (const room of [main, counted, silent]) await stage.gather(room, [hugo, iris]);
      const { code } = await world.core().api.groups.code(contextOf(driver, hugo, main, true), { purpose: "room" });
      await asks(hugo, second, `/group link ${code}`, says("group.linked"));
      await asks(hugo, counted, "/group news count", says("group.news-set"));
      await asks(hugo, silent, "/group news off", says("group.news-set"));
      const source = await stage.connect(hugo, main, "shed", songs(2));
      const home = await stage.enrolReceiver(iris, "balcony");
      const { api } = world.core();
      // In this order: where the second is told of, the first has been read too.
      for (const room of [silent, counted])
        await api.shares.add(contextOf(driver, hugo, room), { path: "", name: "too" });
      await reads(iris, counted, /Hugo shares too/);
      await allowReactions(driver, main);

      source.write(garden(60));
      await stage.reindex(hugo);
      const [digest] = (await reads(iris, main, /60 new files/)) as [ShownMessage];
      await reads(iris, second, /60 new files/);
      const [short] = (await reads(iris, counted, /60 new files/)) as [ShownMessage];
      expect(textOf(digest)).toMatch(/bed \d/);
      expect(textOf(digest).split("\n").length).toBeLessThanOrEqual(16);
      expect(textOf(short)).not.toMatch(/bed \d/);
      expect(stage.shown(iris, silent, /\d new files/)).toEqual([]);
      expect(stage.shown(iris, main, /\d new files/)).toHaveLength(1);

      const list = await presses(iris, main, digest, "more", /60 files/);
      const next = await presses(iris, main, list, label("button.next"), /60 files/);
      expect(namesIn(next)).not.toEqual(namesIn(list));
      await presses(iris, main, digest, label("button.keep"), says("react.kept"));
      await presses(iris, main, digest, label("button.rate"), says("react.rated"));
      const kept = await asks(iris, main, "/new kept", says("new.kept-title"));
      expect(textOf(kept)).toMatch(/Hugo[\s\S]*60 files|60 files[\s\S]*Hugo/);
      await stage.hears(iris, main, says("pull.done-line"), () =>
        driver.react(iris, digest, pullEmoji[driver.platform] ?? ""),
      );
      expect(existsSync(home.inInbox("bed 1"))).toBe(true);

      await asks(hugo, main, "/group quiet 22:00-07:00 Europe/Paris", says("group.quiet-set"));
      const card = await asks(hugo, main, "/group", new RegExp(words.en["group.quiet"]));
      expect(textOf(card)).toMatch(/22:00[\s\S]*7:00[\s\S]*Europe\/Paris/);
    });

    test("somebody whose language is French is answered in French", async () => {
      const { asks } = stage;
      const jules = stage.addPerson("Jules");
      const chloe = stage.addPerson("Chloé", "fr");
      const room = stage.addRoom("Cuisine", [jules, chloe]);
      await stage.gather(room, [jules, chloe]);
      await stage.connect(jules, room, "recettes", songs(12, "tarte"));
      const { fr } = words;
      const name = (command: "search" | "help" | "servers" | "group" | "new" | "transfers" | "privacy" | "join") =>
        `/${fr[`command.${command}`]}`;
      const answers = [
        await asks(chloe, room, "/start", says("start.hello", "fr")),
        await asks(chloe, room, `${name("search")} tarte`, /12/),
        await asks(chloe, room, `${name("search")} qqqzzzxx`, says("search.nothing", "fr")),
        await asks(chloe, room, name("help"), says("help.intro", "fr")),
        await asks(chloe, room, name("servers"), says("servers.none", "fr")),
        await asks(chloe, room, name("group"), new RegExp(fr["group.members"])),
        await asks(chloe, room, `${name("group")} policy fxp`, /admin|droit/i),
        await asks(chloe, room, name("new"), new RegExp(fr["new.title"])),
        await asks(chloe, room, name("transfers"), says("transfers.none", "fr")),
        await asks(chloe, room, name("privacy"), says("privacy.what", "fr")),
        await asks(chloe, room, name("join"), says("error.group.already-member", "fr")),
        await asks(chloe, room, "/pull f1zzzz", says("error.catalog.unknown-ref", "fr")),
      ];
      expect(answers.flatMap(englishIn)).toEqual([]);
    });

    test("who leaves, and a room without the bot, have lost everything at once", async () => {
      const { driver, asks } = stage;
      const [kim, liam, mona] = ["Kim", "Liam", "Mona"].map((one) => stage.addPerson(one)) as Three;
      const room = stage.addRoom("Photos", [kim, liam, mona]);
      const other = stage.addRoom("Photos too", [kim, liam, mona]);
      await stage.gather(room, [kim, liam, mona]);
      const { api } = world.core();
      const { code } = await api.groups.code(contextOf(driver, kim, room, true), { purpose: "room" });
      await asks(kim, other, `/group link ${code}`, says("group.linked"));
      const source = await stage.connect(kim, room, "camera", songs(2, "holiday"));
      await stage.connect(liam, room, "phone", songs(2, "birthday"));
      await asks(kim, room, "/search birthday", /2 results/);

      await driver.leave(liam, room, !isConsole);
      await until(async () => ((await membersOf(stage, kim, other)).includes("Liam") ? undefined : true));
      await asks(kim, other, "/search birthday", says("search.nothing"));
      const heard = stage.everything(liam, undefined).length;
      source.write(garden(3));
      await stage.reindex(kim);
      await stage.reads(mona, room, /3 new files/);
      await stage.reads(mona, other, /3 new files/);
      expect(stage.everything(liam, undefined)).toHaveLength(heard);
      const refusal = await asks(liam, undefined, "/search holiday", /./);
      expect(textOf(refusal)).not.toMatch(/holiday \d/);

      if (isConsole) return;
      await driver.leave(mona, room);
      const nothing = await asks(mona, undefined, "/search holiday", /./);
      expect(textOf(nothing)).not.toMatch(/holiday \d/);
      await driver.removeBot(room);
      await until(async () => ((await roomsOf(stage, kim, other)).length === 1 ? true : undefined));
      await asks(kim, other, "/search holiday", /2 results/);
    });

    test("hostile names are shown as text and ring nobody", async () => {
      const { asks, presses, reads, driver } = stage;
      const nora = stage.addPerson("Nora");
      const mallory = stage.addPerson(
        isConsole ? "M*a_l<b>lory" : "@everyone **M** <b>l</b> `o` [r](http://a.example) ‮y",
      );
      const room = stage.addRoom("Zebras *and* _more_ <b>", [nora, mallory]);
      await stage.gather(room, [nora, mallory]);
      // What would ring her if it were taken for more than a name.
      const ringing = [`<@${nora.id}>`, `@${"username" in nora ? nora.username : nora.name}`];
      const names = [...hostileNames, ...ringing];
      const zebras = names.map((one, i) => [`${cutBytes(one, 250)}/${cutBytes(`zebra ${i} ${one}`, 246)}.txt`, `${i}`]);
      const source = await stage.connect(mallory, room, "safari", Object.fromEntries(zebras));
      await stage.enrolReceiver(nora, "den");
      const first = await asks(nora, room, "/search zebra", /results/);
      let read = textOf(first);
      for (let page = first; hasButton(label("button.next"))(page); ) {
        page = await presses(nora, room, page, label("button.next"), /results/);
        read += textOf(page);
      }
      for (const one of [...shownWhole, ...ringing]) expect(read).toContain(one);
      await asks(nora, room, "/browse", /safari/);
      const opened = await asks(nora, room, "/browse 1", /./);
      expect(textOf(opened)).not.toBe("");
      const everyone = await asks(nora, room, "/search everyone", /@everyone/);
      await presses(nora, room, everyone, "1", says("plan.title"));
      source.write(Object.fromEntries(names.map((one, i) => [`${cutBytes(`new ${one}`, 250)}/lion ${i}.txt`, "x"])));
      await stage.reindex(mallory);
      await reads(nora, room, new RegExp(`${names.length} new files`));
      const all = [...stage.everything(nora, room), ...stage.everything(mallory, room)];
      expect(all.flatMap(({ mentions }) => mentions)).toEqual([]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: looks for them
      expect(all.filter(({ text }) => /[\u202A-\u202E\u2066-\u2069\u0000-\u0008]/.test(text))).toEqual([]);
      expect(driver.violations()).toEqual([]);
    });

    test("a bot that is killed goes on where it was, and says so when the core is away", async () => {
      const { driver, asks, presses } = stage;
      const [olga, paul] = ["Olga", "Paul"].map((one) => stage.addPerson(one)) as Two;
      const room = stage.addRoom("Chess", [olga, paul]);
      await stage.gather(room, [olga, paul]);
      const files = { ...songs(12, "game"), "slow endgame.pgn": randomBytes(slowBytes) };
      await stage.connect(olga, room, "vault", files, slowBytesPerS);
      const home = await stage.enrolReceiver(paul, "club");
      const list = await asks(paul, room, "/search game", /12 results|13 results/);
      const found = await asks(paul, room, "/search endgame", /slow endgame\.pgn/);
      const running = isConsole
        ? await asks(paul, room, "/pull 1 yes --no-wait", hasButton(label("button.pause")))
        : await presses(
            paul,
            room,
            await presses(paul, room, found, "1", says("plan.title")),
            label("plan.question"),
            hasButton(label("button.pause")),
          );
      const isProgress = (message: ShownMessage) =>
        /slow endgame/.test(textOf(message)) && hasButton(label("button.pause"))(message);
      const progress = stage.everything(paul, room).findLast(isProgress) ?? running;
      // It is kept current from here on.
      const isOn = (message: ShownMessage) => message.id === progress.id && textOf(message) !== textOf(progress);
      if (!isConsole) await driver.until(() => stage.everything(paul, room).find(isOn));
      await world.killBot();
      const countBefore = stage.everything(paul, room).length;
      const end = says("pull.done-line");
      await stage.hears(paul, room, end, () => world.startBot());
      expect(readFileSync(home.inInbox("slow endgame.pgn"))).toHaveLength(slowBytes);
      if (!isConsole) {
        const ends = stage.everything(paul, room).filter((message) => end.test(textOf(message)));
        expect(ends.map(({ id }) => id)).toEqual([progress.id]);
        expect(stage.everything(paul, room)).toHaveLength(countBefore);
        expect((await presses(paul, room, list, label("button.next"), /results/)).id).toBe(list.id);
      }

      await world.killCore();
      await asks(paul, room, "/search game", says("error.core.unavailable"));
      await world.startCore();
      await until(async () => {
        const answer = await asks(paul, room, "/search game", /results|answer/);
        return /results/.test(textOf(answer)) ? true : undefined;
      });
      expect(driver.violations()).toEqual([]);
    });
  });
}

type Two = [ChatPerson, ChatPerson];
type Three = [ChatPerson, ChatPerson, ChatPerson];

/** The file names in a list, in their order. */
const namesIn = (message: ShownMessage) => textOf(message).match(/[\w ]+\.(?:mp3|jpg|flac|txt)/g) ?? [];

function last<T>(list: readonly T[]): T {
  const found = list.at(-1);
  if (found === undefined) throw new Error("There is none.");
  return found;
}

/** How the room is offered a group when the bot comes in; the console is in every room and offers it to who says hello. */
async function offerIn(stage: Stage, room: ChatRoom, admin: ChatPerson): Promise<ShownMessage> {
  const { driver, isConsole } = stage;
  if (isConsole) return stage.asks(admin, room, "/start", says("start.no-group"));
  // A Discord server tells the bot by itself that it is in.
  if (driver.platform === "telegram") await driver.addBot(room, admin);
  return driver.until(() => driver.seenBy(admin, room).find(hasButton(label("button.make-group"))));
}

/** Presses a button of the message as it is now. */
async function pressesOn(
  stage: Stage,
  person: ChatPerson,
  room: ChatRoom,
  { id }: ShownMessage,
  key: "button.resume" | "button.cancel",
  look: (RegExp & {}) | ((message: ShownMessage) => boolean),
): Promise<ShownMessage> {
  const now = await stage.driver.until(() =>
    stage.everything(person, room).find((message) => message.id === id && hasButton(label(key))(message)),
  );
  return stage.presses(person, room, now, label(key), look);
}

/** Telegram tells of reactions only to a bot that is an administrator. */
async function allowReactions(driver: Driver, room: ChatRoom): Promise<void> {
  if ("setBotAdmin" in driver) await (driver as Driver & Privileged).setBotAdmin(room, true);
}

interface Privileged {
  setBotAdmin(room: ChatRoom, isAdmin: boolean): Promise<void>;
}

async function membersOf({ driver, world }: Stage, person: ChatPerson, room: ChatRoom): Promise<string[]> {
  const { members } = await world.core().api.groups.show(contextOf(driver, person, room), {});
  return members.map(({ name }) => name);
}

async function roomsOf({ driver, world }: Stage, person: ChatPerson, room: ChatRoom): Promise<unknown[]> {
  return (await world.core().api.groups.show(contextOf(driver, person, room), {})).rooms;
}
