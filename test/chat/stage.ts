// What a conversation is written with: people who say and press, and what they read because of it. Stands between the
// conversations and the driver of whichever platform; prepares through the core what a conversation is not about.
import type { Language } from "#contract";
import type { Tongue, WordKey } from "../../bot/words/index.ts";
import { createTongue, words } from "../../bot/words/index.ts";
import { until } from "../e2e/installation.ts";
import type { ConsoleDriver } from "./console-driver.ts";
import type { ChatPerson, ChatRoom, Driver, ShownMessage } from "./driver.ts";
import type { ChatWorld, Home } from "./world.ts";
import { contextOf } from "./world.ts";

type Where = ChatRoom | undefined;
type Look = RegExp | ((message: ShownMessage) => boolean);

export interface Stage {
  driver: Driver;
  world: ChatWorld;
  isConsole: boolean;
  addPerson(name: string, language?: Language): ChatPerson;
  addRoom(title: string, people: readonly ChatPerson[]): ChatRoom;
  /** A thread or topic where the platform has such, else another room. */
  addSecondRoom(room: ChatRoom, title: string, people: readonly ChatPerson[]): ChatRoom;
  /**
   * Does something, and resolves with what this person then reads: the newest message of the room or of their private
   * chat that came or changed and that matches, or a short notice.
   */
  hears(person: ChatPerson, room: Where, look: Look, act: () => Promise<unknown>): Promise<ShownMessage>;
  /** The same for a line that is said there. */
  asks(person: ChatPerson, room: Where, line: string, look: Look): Promise<ShownMessage>;
  /** The same for the button whose label holds these words. */
  presses(person: ChatPerson, room: Where, message: ShownMessage, label: string, look: Look): Promise<ShownMessage>;
  /** Asks in a room for what is answered in private, and goes there when the person is led there. */
  asksPrivately(person: ChatPerson, room: ChatRoom, line: string, look: Look): Promise<ShownMessage>;
  /** Messages that this person sees there now. */
  shown(person: ChatPerson, room: Where, look: Look): ShownMessage[];
  /** Everything that this person sees of the bot in private and in the room, for themselves or for all. */
  everything(person: ChatPerson, room: Where): ShownMessage[];
  /** Resolves when exactly so many messages of the room match. */
  reads(person: ChatPerson, room: Where, look: Look, times?: number): Promise<ShownMessage[]>;
  /** Makes the group of the room, with everybody in it. The bot may write to all of them in private. */
  gather(room: ChatRoom, [admin, ...others]: readonly ChatPerson[]): Promise<void>;
  /** A server of that person; all of it is shared with the room's group and can be searched when this resolves. */
  connect(person: ChatPerson, room: ChatRoom, label: string, files: Files, rateBytesPerS?: number): Promise<Home>;
  /** A server of that person that only receives. */
  enrolReceiver(person: ChatPerson, label: string): Promise<Home>;
  reindex(person: ChatPerson): Promise<void>;
  /** The conversation is over: nobody speaks any more. */
  dismiss(): Promise<void>;
  /** What must never be: refused requests and secrets in the open. */
  faults(): string[];
}

type Files = Record<string, Buffer | string>;

const tongues: Record<Language, Tongue> = { en: createTongue("en"), fr: createTongue("fr") };
const blank = "QQQ";

/** The words of a button in English. */
export const label = (
  key: Extract<WordKey, `button.${string}` | `chat.${string}` | `filter.${string}` | "plan.question">,
) => words.en[key] as string;

/** A sentence of the bot with anything in its blanks. */
export function says(key: WordKey, language: Language = "en"): RegExp {
  const sentence = words[language][key];
  // Through the tongue, because it calls commands by their names in that language.
  const simple = () => tongues[language].say(key, new Proxy({}, { get: () => blank }) as never);
  const forms = typeof sentence === "string" ? [simple()] : [sentence.one, sentence.other];
  const sources = forms.map((form) =>
    form
      .split(/QQQ|\{\w+\}/)
      .map(loosely)
      .join("[\\s\\S]*?"),
  );
  return new RegExp(sources.join("|"));
}

const loosely = (text: string) => text.split(/\s+/).map(RegExp.escape).join("\\s+");

/** Signs without width that keep a platform from finding links and commands in a text. */
const joiners = /[\u2060\u200B\uFEFF]/g;

export const textOf = ({ text }: Pick<ShownMessage, "text">) => text.replace(joiners, "");

export const hasButton =
  (words: string) =>
  ({ buttons }: ShownMessage): boolean =>
    buttons.some((button) => button.label.includes(words));

const fits = (look: Look) => (message: ShownMessage) =>
  typeof look === "function" ? look(message) : look.test(textOf(message));

export function createStage(world: ChatWorld, driver: Driver = world.driver): Stage {
  const people: ChatPerson[] = [];
  const rooms: ChatRoom[] = [];
  const isConsole = driver.platform === "console";

  const everything = (person: ChatPerson, room: Where) => [
    ...(room ? driver.seenBy(person, room) : []),
    ...driver.seenBy(person, undefined),
  ];
  const keyOf = ({ id, text, buttons }: ShownMessage) => JSON.stringify([id, text, buttons]);
  const noticesAfter = (person: ChatPerson, count: number): ShownMessage[] =>
    driver
      .noticesFor(person)
      .slice(count)
      .map((text) => ({ id: "notice", text, buttons: [], onlyFor: person, mentions: [], edits: 0 }));

  async function hears(
    person: ChatPerson,
    room: Where,
    look: Look,
    act: () => Promise<unknown>,
  ): Promise<ShownMessage> {
    const before = new Set(everything(person, room).map(keyOf));
    const noticed = driver.noticesFor(person).length;
    await act();
    return driver
      .until(() => {
        const fresh = [
          ...everything(person, room).filter((message) => !before.has(keyOf(message))),
          ...noticesAfter(person, noticed),
        ];
        return fresh.findLast(fits(look));
      })
      .catch((error: unknown) => {
        throw new Error(`${person.name} did not read ${look}: ${(error as Error).message}`);
      });
  }

  const asks: Stage["asks"] = (person, room, line, look) =>
    hears(person, room, look, () => driver.say(person, room, line));

  const connect: Stage["connect"] = async (person, room, name, files, rateBytesPerS) => {
    const home = await enrolHome(person, name, files, rateBytesPerS);
    const { api } = world.core();
    await api.shares.add(contextOf(driver, person, room), { path: "", name });
    await driver.until(() => driver.seenBy(person, room).find(fits(new RegExp(`shares ${name}`))));
    return home;
  };

  async function enrolHome(person: ChatPerson, name: string, files: Files, rateBytesPerS?: number): Promise<Home> {
    const home = await world.addHome(name, files, rateBytesPerS);
    const { link } = await world.core().api.servers.enrol(contextOf(driver, person), {});
    await world.enrol(link, home);
    return home;
  }

  return {
    driver,
    world,
    isConsole,
    everything,
    hears,
    asks,
    connect,
    addPerson(name, language) {
      const person = driver.addPerson(name, language);
      people.push(person);
      return person;
    },
    addRoom(title, members) {
      const room = driver.addRoom(title, members);
      rooms.push(room);
      return room;
    },
    addSecondRoom(room, title, members) {
      const second = isConsole ? driver.addRoom(title, members) : driver.addThread(room, title);
      rooms.push(second);
      return second;
    },
    presses(person, room, message, wanted, look) {
      const found = message.buttons.find((button) => button.label.includes(wanted));
      return hears(person, room, look, () => driver.press(person, message, found?.label ?? wanted));
    },
    async asksPrivately(person, room, line, look) {
      const isLed = hasButton(label("chat.open-private"));
      const first = await asks(person, room, line, (message) => fits(look)(message) || isLed(message));
      if (fits(look)(first)) return first;
      return hears(person, room, look, () => driver.press(person, first, label("chat.open-private")));
    },
    shown: (person, room, look) => driver.seenBy(person, room).filter(fits(look)),
    reads: (person, room, look, times = 1) =>
      driver.until(() => {
        const found = driver.seenBy(person, room).filter(fits(look));
        return found.length === times ? found : undefined;
      }),
    async gather(room, [admin, ...others]) {
      if (!admin) throw new Error("A group needs somebody.");
      for (const person of [admin, ...others]) driver.setPrivateOpen(person, true);
      // Answered, a process of the console also follows what is told.
      if (isConsole) await Promise.all([admin, ...others].map((person) => driver.say(person, room, "/start")));
      const { api } = world.core();
      await api.groups.create(contextOf(driver, admin, room, true), { name: room.title });
      for (const person of others) {
        await api.groups.join(contextOf(driver, person, room), {});
        const joined = tongues.en.say("news.joined", { name: person.name, group: room.title });
        await driver.until(() => driver.seenBy(admin, room).find(({ text }) => text.includes(joined)));
      }
    },
    async enrolReceiver(person, name) {
      const home = await enrolHome(person, name, {});
      await driver.until(() => driver.seenBy(person, undefined).find(fits(new RegExp(`${name}” is connected`))));
      return home;
    },
    async reindex(person) {
      const { api } = world.core();
      // A scan that runs already may have passed the new files.
      await until(() =>
        api.catalog.reindex(contextOf(driver, person), {}).then(
          () => true,
          () => undefined,
        ),
      );
    },
    async dismiss() {
      if ("dismiss" in driver) await (driver as ConsoleDriver).dismiss();
    },
    faults: () => [...driver.violations(), ...world.leaks(people, rooms)],
  };
}

/** Whole English sentences in it. */
export function englishIn(message: ShownMessage): string[] {
  const keys = Object.keys(words.en) as (keyof typeof words.en)[];
  return keys.filter((key) => {
    const sentence = words.en[key];
    const isTelling = typeof sentence === "string" && sentence.replace(/\{\w+\}/g, "").length >= 8;
    return isTelling && !key.startsWith("usage.") && sentence !== words.fr[key] && says(key).test(textOf(message));
  });
}
