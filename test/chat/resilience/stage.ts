// One test's stage: a core that remembers, one or two platforms, and bots; everything is ended with the test.
import { afterEach } from "vitest";
import type { ChatPerson, ChatRoom, Driver } from "../driver.ts";
import type { RunningBot } from "./bot.ts";
import { startBot } from "./bot.ts";
import type { MemoryCore } from "./memory-core.ts";
import { startMemoryCore } from "./memory-core.ts";
import type { Platform } from "./platforms.ts";

const closers: (() => Promise<unknown>)[] = [];

/** Ended after the test, the last one first. */
export function endLater(close: () => Promise<unknown>): void {
  closers.push(close);
}

/** To be called once by each file of tests. */
export function endAfterEach(): void {
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
}

export interface Stage<D extends Driver> {
  core: MemoryCore;
  platform: Platform<D>;
  driver: D;
  anna: ChatPerson;
  ben: ChatPerson;
  /** Anna runs it. */
  room: ChatRoom;
  start(options?: { isHurried?: boolean; env?: Record<string, string> }): RunningBot;
  /** Started, and it hears what is said. */
  startOnline(options?: { isHurried?: boolean }): Promise<RunningBot>;
}

export async function openStage<D extends Driver>(make: () => Promise<Platform<D>>): Promise<Stage<D>> {
  const core = await startMemoryCore();
  endLater(() => core.close());
  const platform = await make();
  const { driver } = platform;
  endLater(() => driver.close());
  const [anna, ben] = [driver.addPerson("Anna"), driver.addPerson("Ben")];
  const room = driver.addRoom("Friends", [anna, ben]);
  const start: Stage<D>["start"] = ({ env = driver.env, ...options } = {}) => {
    const bot = startBot({ core, env, ...options });
    endLater(bot.stop);
    return bot;
  };
  return {
    core,
    platform,
    driver,
    anna,
    ben,
    room,
    start,
    async startOnline(options = {}) {
      const bot = start(options);
      await platform.online();
      // Once the events are followed, too, nothing of the start is under way any more that a test could trip over.
      await core.until(() => (core.resumedAfter.length > 0 ? true : undefined));
      return bot;
    },
  };
}
