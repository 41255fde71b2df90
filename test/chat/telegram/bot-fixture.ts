// The unmodified telegraf against the stand-in, for the tests of the stand-in itself.
import { Telegraf } from "telegraf";
import type { TelegramDriver, TelegramDriverOptions } from "./driver.ts";
import { createTelegramDriver } from "./driver.ts";

export type UpdateName = NonNullable<Telegraf.LaunchOptions["allowedUpdates"]>[number];

export const previewsOff = { link_preview_options: { is_disabled: true } };

/** An API root loses the last part of its path unless it ends in a slash. */
export function connect(driver: TelegramDriver): Telegraf {
  const bot = new Telegraf(driver.env["TELEGRAM_BOT_TOKEN"] ?? "", {
    telegram: { apiRoot: `${driver.env["TELEGRAM_API_ROOT"]}/` },
  });
  bot.catch((error) => void Promise.reject(error));
  return bot;
}

export interface RunningBot {
  bot: Telegraf;
  /** Ends with telegraf's polling: undefined when it was stopped, else what it threw. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** Resolves when the bot polls. */
export async function launch(
  driver: TelegramDriver,
  bot: Telegraf,
  allowedUpdates?: UpdateName[],
): Promise<RunningBot> {
  const before = countPolls(driver);
  const ended = bot.launch({ ...(allowedUpdates ? { allowedUpdates } : {}) }).then(
    () => undefined,
    (error: unknown) => error,
  );
  await driver.until(() => (countPolls(driver) > before ? true : undefined));
  return {
    bot,
    ended,
    async stop() {
      bot.stop();
      await ended;
    },
  };
}

const countPolls = (driver: TelegramDriver) => driver.requests().filter(({ method }) => method === "getUpdates").length;

export async function withDriver(
  run: (driver: TelegramDriver) => Promise<void>,
  options?: TelegramDriverOptions,
): Promise<void> {
  const driver = await createTelegramDriver(options);
  try {
    await run(driver);
  } finally {
    await driver.close();
  }
}

export const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("not there");
  return value;
};
