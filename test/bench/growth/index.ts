// Part Growth of `npm run bench`: what FonShare costs as people, servers and cores become more. Each file beside measures
// one thing; their small versions share one world.
import type { DiscordDriver } from "../../chat/discord/driver.ts";
import { createDiscordDriver } from "../../chat/discord/driver.ts";
import type { Driver } from "../../chat/driver.ts";
import { createTelegramDriver } from "../../chat/telegram/driver.ts";
import type { ChatWorld, MakeDriver } from "../../chat/world.ts";
import { createChatWorld } from "../../chat/world.ts";
import type { Part, Pieces, Size, Table } from "../report.ts";
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
import { measureQueue } from "./queue.ts";
import { watchTelegram } from "./telegram-times.ts";

type Tell = (line: string) => void;

export const part: Part = {
  name: "growth",
  pieces: ["announcements", "discord", "telegram", "idle", "cores", "queue"],
  async measure(size, tell, pieces) {
    await (size === "smoke" ? measureSmall(tell, pieces) : measureFull(tell, pieces));
    return [];
  },
};

/**
 * One core, one room, two people on Discord; another core alone, and one on a PostgreSQL outside of it. Side by side: what
 * counts here is that there are figures.
 */
async function measureSmall(tell: Tell, pieces: Pieces): Promise<void> {
  const inWorld = async () => {
    if (!pieces.wants("announcements") && !pieces.wants("discord")) return;
    await withWorld(createDiscordDriver, async (world) => {
      await pieces.measure("announcements", () => measureAnnouncements(world, "smoke", tell));
      await pieces.measure("discord", () => measureDiscord(world, "smoke", tell));
    });
  };
  await Promise.all([
    inWorld(),
    pieces.measure("idle", () => measureIdle("smoke", tell)),
    pieces.measure("cores", () => measureCores("smoke", tell, pieces.keep)),
    pieces.measure("queue", () => measureQueue("smoke", tell)),
  ]);
}

async function measureFull(tell: Tell, pieces: Pieces): Promise<void> {
  await pieces.measure("announcements", () =>
    withWorld(createDiscordDriver, (world) => measureAnnouncements(world, "full", tell)),
  );
  await pieces.measure("discord", () => withWorld(createDiscordDriver, (world) => measureDiscord(world, "full", tell)));
  await pieces.measure("telegram", () =>
    withWorld(
      () => createTelegramDriver(),
      async (world) => [
        crowdTable(await measureCrowd(await gather(world, crowdSizes.full), watchTelegram(world.driver), tell)),
      ],
    ),
  );
  await pieces.measure("idle", () => measureIdle("full", tell));
  await pieces.measure("cores", () => measureCores("full", tell, pieces.keep));
  await pieces.measure("queue", () => measureQueue("full", tell));
}

async function measureDiscord(world: ChatWorld<DiscordDriver>, size: Size, tell: Tell): Promise<Table[]> {
  const crowd = await gather(world, crowdSizes[size]);
  tell(`${crowdSizes[size].rooms} rooms are full`);
  const figures = await measureCrowd(crowd, watchDiscord(world.driver), tell);
  figures.push(await measureCompletion(world.driver, crowd.places));
  const calls = await measureCalls(crowd, size);
  const core = world.core().pid;
  const bot = findProcess([process.pid], /bot\/main\.ts/);
  const memory = readMemory({ core, database: findDatabase(core), bot });
  return [crowdTable(figures), calls, memoryTable(memory, crowdSizes[size])];
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
