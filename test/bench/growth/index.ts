// Part Growth of `npm run bench`: what FonShare costs as people, servers and cores become more. Each file beside measures
// one thing; their small versions share one world.
import type { DiscordDriver } from "../../chat/discord/driver.ts";
import { createDiscordDriver } from "../../chat/discord/driver.ts";
import type { Driver } from "../../chat/driver.ts";
import { createTelegramDriver } from "../../chat/telegram/driver.ts";
import type { ChatWorld, MakeDriver } from "../../chat/world.ts";
import { createChatWorld } from "../../chat/world.ts";
import type { Part, Size, Table } from "../report.ts";
import { measureAnnouncements } from "./announcements.ts";
import { measureCalls } from "./calls.ts";
import { measureCompletion } from "./completion.ts";
import { measureCores } from "./cores.ts";
import { crowdTable, measureCrowd } from "./crowd.ts";
import { watchDiscord } from "./discord-times.ts";
import { crowdSizes, gather } from "./gather.ts";
import { measureIdle } from "./idle.ts";
import { memoryTable, readMemory } from "./memory.ts";
import { findDatabase, findProcess } from "./processes.ts";
import { watchTelegram } from "./telegram-times.ts";

type Tell = (line: string) => void;

export const part: Part = {
  name: "growth",
  async measure(size, tell) {
    return size === "smoke" ? await measureSmall(tell) : await measureFull(tell);
  },
};

/**
 * One core, one room, two people on Discord; another core alone, and one on a PostgreSQL outside of it. Side by side: what
 * counts here is that there are figures.
 */
async function measureSmall(tell: Tell): Promise<Table[]> {
  const inWorld = withWorld(createDiscordDriver, async (world) => {
    const announced = await measureAnnouncements(world, "smoke", tell);
    const { figures, tables } = await measureDiscord(world, "smoke", tell);
    return [...announced, crowdTable(figures), ...tables];
  });
  const all = [inWorld, measureIdle("smoke", tell), measureCores("smoke", tell)];
  // When one fails, the others still end what they have started.
  await Promise.allSettled(all);
  return (await Promise.all(all)).flat();
}

async function measureFull(tell: Tell): Promise<Table[]> {
  const announced = await withWorld(createDiscordDriver, (world) => measureAnnouncements(world, "full", tell));
  const discord = await withWorld(createDiscordDriver, (world) => measureDiscord(world, "full", tell));
  const telegram = await withWorld(
    () => createTelegramDriver(),
    async (world) => measureCrowd(await gather(world, crowdSizes.full), watchTelegram(world.driver), tell),
  );
  const crowds = [crowdTable([...discord.figures, ...telegram]), ...discord.tables];
  return [...announced, ...crowds, ...(await measureIdle("full", tell)), ...(await measureCores("full", tell))];
}

async function measureDiscord(world: ChatWorld<DiscordDriver>, size: Size, tell: Tell) {
  const crowd = await gather(world, crowdSizes[size]);
  tell(`${crowdSizes[size].rooms} rooms are full`);
  const figures = await measureCrowd(crowd, watchDiscord(world.driver), tell);
  figures.push(await measureCompletion(world.driver, crowd.places));
  const calls = await measureCalls(crowd, size);
  const core = world.core().pid;
  const bot = findProcess([process.pid], /bot\/main\.ts/);
  return {
    figures,
    tables: [calls, memoryTable(readMemory({ core, database: findDatabase(core), bot }), crowdSizes[size])],
  };
}

/** Scans come at the shortest interval that is allowed. */
async function withWorld<D extends Driver, T>(
  make: MakeDriver<D>,
  work: (world: ChatWorld<D>) => Promise<T>,
): Promise<T> {
  const world = await createChatWorld([make], { coreEnv: { FONSHARE_SCAN_EVERY: "1m" } });
  try {
    return await work(world);
  } finally {
    await world.stop();
  }
}
