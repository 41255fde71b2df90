// The adapter with a talk that a test scripts, against the stand-in of Telegram.
import { EventEmitter, once } from "node:events";
import { PassThrough } from "node:stream";
import { pino } from "pino";
import type { TelegramDriver, TelegramDriverOptions } from "../../test/chat/telegram/driver.ts";
import { createTelegramDriver } from "../../test/chat/telegram/driver.ts";
import type { Adapter } from "../adapter.ts";
import type { Message, Port, Talk } from "../chat/port.ts";
import type { ChatTalk } from "../chat/talk.ts";
import type { Clock } from "../clock.ts";
import { systemClock } from "../clock.ts";
import type { Button, Reply } from "../reply.ts";
import { saySentence } from "../reply.ts";
import { createTongue } from "../words/index.ts";
import { createTelegram } from "./index.ts";

const tongues = { en: createTongue("en", "UTC"), fr: createTongue("fr", "UTC") };

export type Heard = Parameters<Talk["hear"]>[0];
export type Pressed = Parameters<Talk["press"]>[0];

export interface Script {
  hear?: (heard: Heard) => Promise<unknown>;
  press?: (pressed: Pressed) => Promise<unknown>;
}

export interface Stage {
  driver: TelegramDriver;
  port: Port;
  adapter: Adapter;
  /** What the adapter told, without answers: `["move", from, to]` and so on. */
  told: unknown[][];
  script: Script;
  /** Everything that was logged, as text. */
  logged: () => string;
  /** Looks after each thing told or logged; driver.until looks after each change of the chats. */
  until: <T>(look: () => T | undefined) => Promise<T>;
  stop: AbortController;
  /** The adapter's run. */
  running: Promise<number>;
}

export interface StageOptions extends TelegramDriverOptions {
  clock?: Clock;
  token?: string;
  /** Before the bot starts. */
  prepare?: (driver: TelegramDriver) => void;
}

/** Until the bot polls, unless it was prepared not to. */
export const pollsOf = (driver: TelegramDriver) =>
  driver.requests().filter(({ method }) => method === "getUpdates").length;

export async function onStage(play: (stage: Stage) => Promise<void>, options: StageOptions = {}): Promise<void> {
  const driver = await createTelegramDriver(options);
  options.prepare?.(driver);
  const stop = new AbortController();
  const output = new PassThrough();
  const chunks: Buffer[] = [];
  const changes = new EventEmitter();
  output.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    changes.emit("change");
  });
  const told: unknown[][] = [];
  const until = async <T>(look: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await once(changes, "change");
    }
  };
  const script: Script = {};
  let port: Port | undefined;
  const adapter = createTelegram({
    token: options.token ?? driver.env["TELEGRAM_BOT_TOKEN"] ?? "",
    apiRoot: driver.env["TELEGRAM_API_ROOT"],
    makeTalk: (made) => {
      port = made;
      return fakeTalk((...entry) => {
        told.push(entry);
        changes.emit("change");
      }, script);
    },
    clock: options.clock ?? systemClock,
    log: pino({ level: "trace" }, output),
    tongueOf: (language) => tongues[language],
    random: () => 0,
  });
  const running = adapter.run(stop.signal);
  running.catch(() => undefined);
  const logged = () => Buffer.concat(chunks).toString();
  try {
    if (!options.prepare) await driver.until(() => (pollsOf(driver) > 0 ? true : undefined));
    await play({ driver, port: port as Port, adapter, told, script, logged, until, stop, running });
  } finally {
    stop.abort();
    await running.catch(() => undefined);
    await driver.close();
  }
}

function fakeTalk(tell: (...entry: unknown[]) => void, script: Script): ChatTalk {
  const note =
    (name: string) =>
    async (...values: unknown[]): Promise<void> =>
      tell(name, ...values);
  return {
    hear: async (heard) => {
      const { answer: _, ...rest } = heard;
      tell("hear", rest);
      await script.hear?.(heard);
    },
    press: async (pressed) => {
      const { answer: _, ...rest } = pressed;
      tell("press", rest);
      await script.press?.(pressed);
    },
    react: note("react"),
    complete: async () => [],
    isOpen: () => false,
    arrive: note("arrive"),
    depart: note("depart"),
    move: note("move"),
    lose: note("lose"),
    recentAnnouncements: async () => [],
    review: note("review"),
    resume: note("resume"),
    tellRoom: async () => undefined,
    tellPerson: async () => undefined,
  };
}

/** A message of one sentence; each button's id is made of its label. */
export function says(text: string, more: Partial<Reply> = {}, labels: readonly string[] = []): Message {
  const buttons = labels.map((label): Button => ({ label, command: `/${label}`, role: "plain" }));
  return {
    reply: saySentence(text, { buttons, ...more }),
    tongue: tongues.en,
    buttons: labels.map((label) => ({ label, role: "plain", id: idOf(label) })),
  };
}

export const idOf = (label: string) => `n${label}${"-".repeat(24)}`.slice(0, 24);
