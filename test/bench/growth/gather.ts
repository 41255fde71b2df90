// A crowd that a bot knows: people in rooms, a group in each, and one server that is shared with all of them.
import { setTimeout as delay } from "node:timers/promises";
import PQueue from "p-queue";
import { createApi } from "../../../bot/api.ts";
import { words } from "../../../bot/words/index.ts";
import type { ChatPerson, ChatRoom, Driver, ShownMessage } from "../../chat/driver.ts";
import type { ChatWorld } from "../../chat/world.ts";
import { contextOf } from "../../chat/world.ts";

export interface CrowdSize {
  rooms: number;
  peoplePerRoom: number;
  files: number;
}

export const crowdSizes: Record<"smoke" | "full", CrowdSize> = {
  smoke: { rooms: 1, peoplePerRoom: 2, files: 40 },
  full: { rooms: 100, peoplePerRoom: 10, files: 2000 },
};

export interface Place {
  room: ChatRoom;
  guests: ChatPerson[];
}

export interface Crowd<D extends Driver> {
  world: ChatWorld<D>;
  places: Place[];
}

/** Under what the rooms were told of the share. */
export const button = words.en["button.browse"];
export const shelf = "shelf";
const settleMs = 300_000;
const lookMs = 250;

/** One group in each room; a host with one server, who shares it everywhere. */
export async function gather<D extends Driver>(world: ChatWorld<D>, size: CrowdSize): Promise<Crowd<D>> {
  const { driver, core, addHome, enrol } = world;
  const { api } = core();
  const host = addPerson(driver, "Crowd host");
  const places = addPlaces(driver, host, size);
  const names = Array.from({ length: size.files }, (_, i) => `Songs/Album ${i % 100}/song ${i}.mp3`);
  const { link } = await api.servers.enrol(contextOf(driver, host), {});
  await enrol(link, await addHome(shelf, Object.fromEntries(names.map((name) => [name, name]))));
  // A thousand arrivals would be told one by one, at the platform's pace: the bot comes when everybody is there.
  const isLarge = places.length > 1;
  if (isLarge) await world.killBot();
  await fill(world, host, places);
  if (isLarge) await skipNews(world);
  if (isLarge) await world.startBot();
  for (const { room } of places) await api.shares.add(contextOf(driver, host, room), { path: "", name: shelf });
  // Told in order: when everybody knows of the share, the bot is at rest.
  await waitUntil(() => places.every((place) => offerIn(driver, place) !== undefined), settleMs);
  return { world, places };
}

function addPerson(driver: Driver, name: string): ChatPerson {
  const person = driver.addPerson(name);
  driver.setPrivateOpen(person, true);
  return person;
}

function addPlaces(driver: Driver, host: ChatPerson, { rooms, peoplePerRoom }: CrowdSize): Place[] {
  return Array.from({ length: rooms }, (_, r) => {
    const guests = Array.from({ length: peoplePerRoom }, (_unused, p) =>
      addPerson(driver, `Guest ${r * peoplePerRoom + p}`),
    );
    return { room: driver.addRoom(`Crowd ${r}`, [host, ...guests]), guests };
  });
}

async function fill<D extends Driver>({ driver, core }: ChatWorld<D>, host: ChatPerson, places: readonly Place[]) {
  const { groups } = core().api;
  const queue = new PQueue({ concurrency: 8 });
  const tasks = places.map(({ room, guests }) => async () => {
    await groups.create(contextOf(driver, host, room, true), { name: room.title });
    for (const guest of guests) await groups.join(contextOf(driver, guest, room), {});
  });
  await Promise.all(tasks.map((task) => queue.add(task)));
}

/** A bot that nobody knows begins with the newest event, and so shall the one that is there. */
async function skipNews<D extends Driver>({ driver, core }: ChatWorld<D>): Promise<void> {
  const api = createApi({ socketPath: core().apiAddress.replace(/^unix:/, "") });
  try {
    await api.moveCursor(driver.platform, await api.readCursor("newcomer"));
  } finally {
    await api.close();
  }
}

export function offerIn(driver: Driver, { room, guests: [guest] }: Place): ShownMessage | undefined {
  if (!guest) return undefined;
  const shown = driver.seenBy(guest, room);
  return shown.find(({ buttons }) => buttons.some(({ label }) => label === button));
}

/** Looks now and then, so as not to be in the way; gives up silently: the figures show it. */
export async function waitUntil(isSo: () => boolean, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  while (!isSo() && Date.now() < until) await delay(lookMs);
}
