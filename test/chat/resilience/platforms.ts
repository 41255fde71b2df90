// Both platforms by the same words: the stand-in, its faults, and what the bot needs to work there.

import type { DiscordDriver } from "../discord/driver.ts";
import { createDiscordDriver } from "../discord/driver.ts";
import type { ChatPerson, ChatRoom, Driver, ShownMessage } from "../driver.ts";
import type { TelegramDriver } from "../telegram/driver.ts";
import { createTelegramDriver } from "../telegram/driver.ts";

export interface Trouble {
  /** 200: the true answer, late. */
  status: number;
  when?: "before" | "after";
  times?: number;
  /** Seconds, for 429. */
  retryAfter?: number;
  delayMs?: number;
  cut?: boolean;
}

/** What a request is for. `hello`: the first one of a start. */
export type Purpose = "hello" | "post" | "edit" | "acknowledge";

export interface Platform<D extends Driver = Driver> {
  driver: D;
  break(purpose: Purpose, trouble: Trouble): void;
  refuseConnections(refuses: boolean): void;
  /** Requests of that purpose so far. */
  count(purpose: Purpose): number;
  /** Resolves when the bot hears what people say. */
  online(): Promise<void>;
  roomOf(room: ChatRoom): { platform: "discord" | "telegram"; roomId: string };
  token: string;
}

const discordPaths: Record<Purpose, { method: string; path: RegExp }> = {
  hello: { method: "GET", path: /^\/gateway\/bot$/ },
  post: { method: "POST", path: /^\/channels\/\d+\/messages$/ },
  edit: { method: "PATCH", path: /\/messages\/[^/]+$/ },
  acknowledge: { method: "POST", path: /\/callback$/ },
};

const telegramMethods: Record<Purpose, RegExp> = {
  hello: /^getMe$/,
  post: /^sendMessage$/,
  edit: /^editMessageText$/,
  acknowledge: /^answerCallbackQuery$/,
};

export async function makeDiscord(): Promise<Platform<DiscordDriver>> {
  const driver = await createDiscordDriver();
  return {
    driver,
    token: driver.token,
    break(purpose, { status, ...trouble }) {
      driver.fail(discordPaths[purpose], status === 200 ? trouble : { ...trouble, status });
    },
    refuseConnections: driver.refuseConnections,
    count: (purpose) =>
      driver
        .requests()
        .filter(({ method, path }) => method === discordPaths[purpose].method && discordPaths[purpose].path.test(path))
        .length,
    online: async () => {
      await driver.until(() => (driver.commands().length > 0 && driver.connections() > 0 ? true : undefined));
    },
    roomOf: ({ id }) => ({ platform: "discord", roomId: id }),
  };
}

export async function makeTelegram(): Promise<Platform<TelegramDriver>> {
  const driver = await createTelegramDriver();
  return {
    driver,
    token: driver.env["TELEGRAM_BOT_TOKEN"] ?? "",
    break: (purpose, trouble) =>
      driver.fail({ method: telegramMethods[purpose] }, { when: "before", times: 1, ...trouble }),
    refuseConnections: driver.refuseConnections,
    count: (purpose) => driver.requests().filter(({ method }) => telegramMethods[purpose].test(method)).length,
    online: async () => {
      await driver.until(() => (driver.requests().some(({ method }) => method === "getUpdates") ? true : undefined));
    },
    roomOf: ({ id }) => ({ platform: "telegram", roomId: id.replace("/", ":") }),
  };
}

/** For `describe.each`. */
export const platforms = [
  ["discord", makeDiscord as () => Promise<Platform>],
  ["telegram", makeTelegram as () => Promise<Platform>],
] as const;

/** Signs without width that keep a platform from finding links and commands in a text. */
const joiners = /[\u2060\u200B\uFEFF]/g;
export const plain = ({ text }: Pick<ShownMessage, "text">) => text.replace(joiners, "").replace(/\s/gu, " ");

/** Messages that this person sees there and that hold the words. */
export function sees(driver: Driver, person: ChatPerson, room: ChatRoom | undefined, words: string): ShownMessage[] {
  return driver.seenBy(person, room).filter((message) => plain(message).includes(words));
}

/** The first message with these words, when it comes. */
export function reads(
  driver: Driver,
  person: ChatPerson,
  room: ChatRoom | undefined,
  words: string,
): Promise<ShownMessage> {
  return driver.until(() => sees(driver, person, room, words)[0]);
}
