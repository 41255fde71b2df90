// The Telegram stand-in as the shared conversations and the tests of the adapter use it. See ../driver.ts for what every
// platform's driver promises; what Telegram alone has is added here.
import type { Language } from "#contract";
import type { ChatPerson, ChatRoom, Driver, ShownMessage } from "../driver.ts";
import type { Crowd } from "./crowd.ts";
import { createCrowd } from "./crowd.ts";
import type { Fault } from "./faults.ts";
import { createFaults } from "./faults.ts";
import type { Rates } from "./limits.ts";
import { menuFor } from "./methods-profile.ts";
import type { Rooms } from "./rooms.ts";
import { createRooms } from "./rooms.ts";
import type { RequestLog } from "./server.ts";
import { createApiServer } from "./server.ts";
import { describeShown, showMessage } from "./shown.ts";
import type { Document, Entity, Json, Message, Person } from "./state.ts";
import { addPerson, findMessage, isAdmin, isInChat, isPresent, privateChat } from "./state.ts";
import type { Notice, World } from "./world.ts";
import { createWorld, pressLivesMs } from "./world.ts";

export interface TelegramPerson extends ChatPerson {
  /** Without the @. */
  username: string;
}

export interface TelegramMessage extends ShownMessage {
  /** As the bot sent it, markup and all. */
  raw: string;
  /** Of the bot and those that Telegram finds in the text. */
  entities: Entity[];
  /** Label, `callback_data` and all, row by row. */
  keyboard: Json[][];
  document?: Document;
  /** The message that it answers. */
  replyTo?: string;
  /** Emoji by person id. */
  reactions: Record<string, string[]>;
}

export interface TelegramDriver extends Driver {
  addPerson(name: string, language?: Language): TelegramPerson;
  seenBy(person: ChatPerson, room: ChatRoom | undefined): TelegramMessage[];
  /** Says something as an answer to a message. */
  reply(person: ChatPerson, message: ShownMessage, line: string): Promise<void>;
  /** Such a room in which the bot never was; addBot brings it in. */
  addRoomWithoutBot(title: string, people: readonly ChatPerson[]): ChatRoom;
  /** Turns the room into a forum; a basic group becomes a supergroup first, with all that belongs to it. */
  makeForum(room: ChatRoom): Promise<void>;
  /** Group → supergroup. `room.id` is the new one afterwards; the old object and the old id go on working here. */
  migrate(room: ChatRoom): Promise<void>;
  setAdmin(person: ChatPerson, room: ChatRoom, isAdmin: boolean): Promise<void>;
  setBotAdmin(room: ChatRoom, isAdmin: boolean): Promise<void>;
  /** Goes or comes without any update, as while the bot is no admin or was down for long. */
  setPresent(person: ChatPerson, room: ChatRoom, isPresent: boolean): void;
  /** Joins, with the service message and, where the bot is admin, the update. */
  join(person: ChatPerson, room: ChatRoom): Promise<void>;
  setPremium(person: ChatPerson, isPremium: boolean): void;
  /** A press with any data, forged or of a keyboard that is gone. `message`: one of the room, else its newest. */
  pressDetached(press: {
    person: ChatPerson;
    room: ChatRoom | undefined;
    data: string;
    message?: ShownMessage;
  }): Promise<void>;
  /** Follows `t.me/<bot>?start=…` as a client does. */
  followLink(person: ChatPerson, url: string): Promise<void>;
  /** The last confirmed batch of updates once more, as after a crash. */
  repeatUpdates(): void;
  /** For the next calls of such methods. A poll that hangs ends empty, so that a fault of `getUpdates` comes at once. */
  fail(match: { method: RegExp }, what: Fault): void;
  /** The poll that hangs and the next ones are answered 409, as many as said. */
  conflict(times: number): void;
  refuseConnections(isOn: boolean): void;
  setLimits(rates: Partial<Rates> | "off"): void;
  /** Moves the stand-in's clock: presses grow old, windows of the limits pass. */
  moveClock(ms: number): void;
  /** For every answered press the milliseconds until the answer; a press without one is `undefined`. */
  answersToCallbacks(): (number | undefined)[];
  requests(): readonly RequestLog[];
  /** Updates that were made and not yet confirmed. */
  pendingUpdates(): number;
  notices(): readonly Notice[];
  /** The commands that this person's client offers there. */
  menuFor(person: ChatPerson, room: ChatRoom | undefined): { command: string; description: string }[];
  botUsername: string;
}

export interface TelegramDriverOptions {
  /** The API then lives below this path, as behind a proxy: "/telegram". */
  prefix?: string;
}

export async function createTelegramDriver(options: TelegramDriverOptions = {}): Promise<TelegramDriver> {
  const world = createWorld();
  const faults = createFaults();
  const crowd = createCrowd(world);
  const rooms = createRooms(world, crowd);
  const server = await createApiServer(world, faults, options.prefix ?? "");
  const waiting = new Set<() => void>();
  const find = (person: ChatPerson) => findPerson(world, person);

  return {
    platform: "telegram",
    env: { TELEGRAM_BOT_TOKEN: world.state.bot.token, TELEGRAM_API_ROOT: server.url },
    botUsername: world.state.bot.username,
    addPerson(name, language = "en") {
      const person = addPerson(world.state, name, language);
      return { id: String(person.id), name, language, username: person.username };
    },
    ...createRoomVerbs(world, crowd, rooms),
    ...createTalkVerbs(world, crowd, rooms),
    until: (look) => waitFor(world, waiting, look),
    setPrivateOpen(person, isOpen) {
      crowd.setPrivate(find(person), isOpen);
      world.changed();
    },
    setPremium(person, isPremium) {
      find(person).isPremium = isPremium;
    },
    repeatUpdates: () => world.updates.repeat(),
    fail(match, what) {
      faults.fail(match, what);
      if (match.method.test("getUpdates")) world.updates.release();
    },
    conflict: server.conflict,
    refuseConnections: server.refuse,
    setLimits: (rates) => world.limits.set(rates),
    moveClock: world.moveClock,
    answersToCallbacks: () => [...world.presses.values()].map((press) => press.answeredInMs),
    requests: () => server.log,
    pendingUpdates: () => world.updates.pending(),
    violations: () => [...world.sins, ...unanswered(world)],
    async close() {
      for (const give of waiting) give();
      world.updates.release();
      await server.close();
    },
  };
}

export function findPerson(world: World, person: ChatPerson): Person {
  const found = world.state.people.get(Number(person.id));
  if (!found) throw new Error(`${person.name} is not of this Telegram`);
  return found;
}

function createRoomVerbs(world: World, crowd: Crowd, rooms: Rooms) {
  const { state } = world;
  const find = (person: ChatPerson) => findPerson(world, person);
  const then = async (act: () => void) => {
    act();
    world.changed();
  };
  return {
    addRoom: (title: string, people: readonly ChatPerson[]) => rooms.add(title, people.map(find), true),
    addRoomWithoutBot: (title: string, people: readonly ChatPerson[]) => rooms.add(title, people.map(find), false),
    addThread: (room: ChatRoom, title: string) => rooms.addThread(room, title),
    makeForum: (room: ChatRoom) => then(() => rooms.makeForum(room)),
    migrate: (room: ChatRoom) => then(() => rooms.migrate(room)),
    addBot: (room: ChatRoom, by: ChatPerson) => then(() => crowd.addBot(rooms.chatOf(room), find(by))),
    removeBot: (room: ChatRoom) =>
      then(() => crowd.removeBot(rooms.chatOf(room), crowd.ownerOf(rooms.chatOf(room)), "kicked")),
    leave: (person: ChatPerson, room: ChatRoom, isBanned = false) =>
      then(() => crowd.leave(find(person), rooms.chatOf(room), isBanned)),
    join: (person: ChatPerson, room: ChatRoom) => then(() => crowd.enter(find(person), rooms.chatOf(room))),
    setAdmin: (person: ChatPerson, room: ChatRoom, isOn: boolean) =>
      then(() => {
        const chat = rooms.chatOf(room);
        crowd.setStanding(chat, crowd.ownerOf(chat), find(person).id, isOn ? "administrator" : "member");
      }),
    setBotAdmin: (room: ChatRoom, isOn: boolean) =>
      then(() => {
        const chat = rooms.chatOf(room);
        crowd.setStanding(chat, crowd.ownerOf(chat), state.bot.id, isOn ? "administrator" : "member");
      }),
    setPresent: (person: ChatPerson, room: ChatRoom, isThere: boolean) => {
      rooms.chatOf(room).members.set(find(person).id, isThere ? "member" : "left");
      world.changed();
    },
  };
}

function createTalkVerbs(world: World, crowd: Crowd, rooms: Rooms) {
  const { state } = world;
  const find = (person: ChatPerson) => findPerson(world, person);
  const place = (person: ChatPerson, room: ChatRoom | undefined) =>
    room ? rooms.placeOf(room) : { chat: privateChat(state, find(person)) };
  const shown = (person: ChatPerson, room: ChatRoom | undefined): TelegramMessage[] => {
    const { chat } = place(person, room);
    if (chat.type !== "private" && !isInChat(state, chat, find(person).id)) return [];
    return rooms.messagesOf(place(person, room)).map((message) => showMessage(state, message));
  };
  const say = (person: ChatPerson, room: ChatRoom | undefined, text: string, replyTo?: Message) => {
    const { chat, thread } = place(person, room);
    if (chat.type === "private") crowd.setPrivate(find(person), true);
    crowd.speak(find(person), chat, { text, ...(thread ? { thread } : {}), ...(replyTo ? { replyTo } : {}) });
    world.changed();
  };
  return {
    async say(person: ChatPerson, room: ChatRoom | undefined, line: string) {
      say(person, room, line);
    },
    async reply(person: ChatPerson, message: ShownMessage, line: string) {
      const replied = rooms.messageOf(message);
      const thread = replied.isTopic && replied.thread ? { thread: replied.thread } : {};
      crowd.speak(find(person), replied.chat, { text: line, replyTo: replied, ...thread });
      world.changed();
    },
    async press(person: ChatPerson, message: ShownMessage, label: string) {
      const current = rooms.messageOf(message);
      const button =
        current.keyboard?.flat().find(({ text }) => text === label) ??
        current.keyboard?.flat().find(({ text }) => text.startsWith(label));
      if (!button) throw new Error(`No button ${label} under ${describeShown([showMessage(state, current)])}`);
      if (button.callback_data !== undefined) crowd.press(find(person), current, button.callback_data);
      else if (isBotLink(world, button.url)) crowd.follow(find(person), button.url ?? "");
      world.changed();
    },
    async pressDetached({ person, room, data, message }: Parameters<TelegramDriver["pressDetached"]>[0]) {
      const newest = rooms.messagesOf(place(person, room)).at(-1);
      const target = message ? rooms.messageOf(message, true) : newest;
      if (!target) throw new Error("There is no message to press under");
      crowd.press(find(person), target, data);
      world.changed();
    },
    async followLink(person: ChatPerson, url: string) {
      crowd.follow(find(person), url);
      world.changed();
    },
    async react(person: ChatPerson, message: ShownMessage, emoji: string, isOn = true) {
      crowd.react(find(person), rooms.messageOf(message), emoji, isOn);
      world.changed();
    },
    seenBy: shown,
    noticesFor: (person: ChatPerson) =>
      world.notices.filter((notice) => notice.person.id === find(person).id).map(({ text }) => text),
    notices: () => world.notices,
    menuFor: (person: ChatPerson, room: ChatRoom | undefined) =>
      menuFor(world, find(person), place(person, room).chat) as { command: string; description: string }[],
  };
}

const isBotLink = (world: World, url = "") =>
  new RegExp(`^(https?://)?t(elegram)?\\.me/${world.state.bot.username}\\?start=`, "i").test(url);

function unanswered(world: World): string[] {
  return [...world.presses.values()]
    .filter((press) => press.answeredInMs === undefined && world.now() - press.at > pressLivesMs)
    .map((press) => `The press of ${press.person.name} was never answered.`);
}

const patienceMs = 30_000;

/** Looks now and after every change. */
function waitFor<T>(world: World, waiting: Set<() => void>, look: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (then: () => void) => {
      clearTimeout(timer);
      stop();
      waiting.delete(giveUp);
      then();
    };
    const fail = (why: string) => end(() => reject(new Error(`${why}\n${describeAll(world)}`)));
    const giveUp = () => fail("The stand-in was closed while a test waited. Shown:");
    const timer = setTimeout(() => fail(`Nothing came within ${patienceMs / 1000} s. Shown:`), patienceMs);
    const check = () => {
      try {
        const found = look();
        if (found !== undefined) end(() => resolve(found));
      } catch (error) {
        end(() => reject(error));
      }
    };
    const stop = world.onChange(check);
    waiting.add(giveUp);
    check();
  });
}

function describeAll(world: World): string {
  const chats = [...world.state.chats.values()].map((chat) => {
    const lines = [...chat.messages.keys()]
      .map((id) => findMessage(chat, id))
      .filter((message) => message !== undefined);
    const mark = isAdmin(chat.members.get(world.state.bot.id)) ? " (bot is admin)" : "";
    const without =
      chat.type !== "private" && !isPresent(chat.members.get(world.state.bot.id)) ? " (without the bot)" : "";
    return `${chat.type} ${chat.title}${mark}${without}\n${lines.map(describeLine).join("\n")}`;
  });
  return [...chats, ...world.sins].join("\n");
}

function describeLine(message: Message): string {
  const labels = message.keyboard?.flat().map(({ text }) => `[${text}]`) ?? [];
  const what = message.text || message.document?.name || JSON.stringify(message.service);
  return `  ${message.from === message.chat.id ? "person" : message.from}: ${what} ${labels.join(" ")}`;
}
