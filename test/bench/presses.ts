// How soon everybody is acknowledged when 1,000 people in 100 rooms press a button at once: a real bot process on a real
// core, against the stand-ins with the platforms' limits. `npx node test/bench/presses.ts [discord|telegram]`.
// Not a test: it prints figures. The pressing crowd and the stand-in share one process, which is part of what is measured.
import { setTimeout as delay } from "node:timers/promises";
import PQueue from "p-queue";
import { words } from "../../bot/words/index.ts";
import type { DiscordDriver } from "../chat/discord/driver.ts";
import { createDiscordDriver } from "../chat/discord/driver.ts";
import type { ChatPerson, ChatRoom, Driver, ShownMessage } from "../chat/driver.ts";
import type { TelegramDriver } from "../chat/telegram/driver.ts";
import { createTelegramDriver } from "../chat/telegram/driver.ts";
import type { ChatWorld } from "../chat/world.ts";
import { contextOf, createChatWorld } from "../chat/world.ts";

const roomCount = 100;
const peoplePerRoom = 10;
const typistCount = 100;
const settleMs = 240_000;
const patienceMs = 180_000;
/** Within which each platform wants its first answer. */
const limitMs = { discord: 3000, telegram: 15_000 };
const button = words.en["button.browse"];

interface Place {
  room: ChatRoom;
  guests: ChatPerson[];
}

/** What one kind of press took: milliseconds until each was acknowledged, and until each answer was sent. */
interface Figures {
  name: string;
  asked: number;
  limitMs: number;
  acknowledged: readonly (number | undefined)[];
  answered: readonly number[];
}

/** One group in each room; a host with one small server, who shares it everywhere. */
async function seed<D extends Driver>({ driver, core, addHome, enrol }: ChatWorld<D>): Promise<Place[]> {
  const { api } = core();
  const host = driver.addPerson("Host");
  driver.setPrivateOpen(host, true);
  const places = Array.from({ length: roomCount }, (_, r) => {
    const guests = Array.from({ length: peoplePerRoom }, (_, p) => driver.addPerson(`Guest ${r * peoplePerRoom + p}`));
    for (const guest of guests) driver.setPrivateOpen(guest, true);
    return { room: driver.addRoom(`Room ${r}`, [host, ...guests]), guests };
  });
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`Songs/song ${i}.mp3`, `content ${i}`]));
  const { link } = await api.servers.enrol(contextOf(driver, host), {});
  await enrol(link, await addHome("shelf", files));
  const queue = new PQueue({ concurrency: 8 });
  for (const { room, guests } of places) {
    void queue.add(async () => {
      await api.groups.create(contextOf(driver, host, room, true), { name: room.title });
      for (const guest of guests) await api.groups.join(contextOf(driver, guest, room), {});
    });
  }
  await queue.onIdle();
  for (const { room } of places) await api.shares.add(contextOf(driver, host, room), { path: "", name: "shelf" });
  // Told in order: when everybody knows of the share, the bot is at rest.
  await waitUntil(() => places.every(({ room }) => offerIn(driver, host, room) !== undefined), settleMs);
  return places;
}

const offerIn = (driver: Driver, person: ChatPerson, room: ChatRoom): ShownMessage | undefined =>
  driver.seenBy(person, room).find(({ buttons }) => buttons.some(({ label }) => label === button));

async function pressAll<D extends Driver>(
  driver: D,
  places: readonly Place[],
  sentSince: (at: number) => readonly number[],
): Promise<number[]> {
  const offers = places.map(({ room, guests }) => offerIn(driver, guests[0] as ChatPerson, room) as ShownMessage);
  const startedAt = Date.now();
  await Promise.all(
    places.flatMap(({ guests }, r) => guests.map((guest) => driver.press(guest, offers[r] as ShownMessage, button))),
  );
  const asked = places.length * peoplePerRoom;
  await waitUntil(() => sentSince(startedAt).length >= asked, patienceMs);
  return sentSince(startedAt).map((at) => at - startedAt);
}

/** Looks now and then, so as not to be in the way; gives up silently: the figures show it. */
async function waitUntil(isSo: () => boolean, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  while (!isSo() && Date.now() < until) await delay(250);
}

async function measureDiscord(): Promise<Figures[]> {
  const world = await createChatWorld<DiscordDriver>([createDiscordDriver]);
  try {
    const { driver } = world;
    const places = await seed(world);
    const before = driver.acks().length;
    const answered = await pressAll(driver, places, (since) =>
      driver
        .requests()
        .filter(({ method, path, at }) => at >= since && method === "POST" && /^\/webhooks\/\d+\/[^/]+$/.test(path))
        .filter(({ status, body }) => status < 300 && status > 0 && isList(body))
        .map(({ at }) => at),
    );
    const presses = driver.acks().slice(before);
    const typed = await typeAll(driver, places);
    report(driver);
    return [
      figuresOf(
        "Discord: buttons",
        presses.length,
        limitMs.discord,
        presses.map(({ ms }) => ms),
        answered,
      ),
      figuresOf(
        "Discord: completion",
        typed.length,
        limitMs.discord,
        typed.map(({ ms }) => ms),
        typed.flatMap(({ count, ms = 0 }) => (count > 0 ? [ms] : [])),
      ),
    ];
  } finally {
    await world.stop();
  }
}

/** A refusal is one sentence without an embed. */
const isList = (body: unknown) => ((body as { embeds?: unknown[] } | undefined)?.embeds ?? []).length > 0;

/** A hundred people type one letter after the other, without waiting for what is offered. */
async function typeAll(
  driver: DiscordDriver,
  places: readonly Place[],
): Promise<{ ms: number | undefined; count: number }[]> {
  const typists = places.flatMap(({ room, guests }) => guests.slice(0, 1).map((guest) => ({ room, guest })));
  const typed: { ms: number | undefined; count: number }[] = [];
  for (const query of ["s", "so", "son", "song"]) {
    const round = typists.slice(0, typistCount).map(async ({ room, guest }) => {
      const startedAt = performance.now();
      const choices = await driver.complete(guest, room, `/search ${query}`).catch(() => undefined);
      typed.push({ ms: choices && performance.now() - startedAt, count: choices?.length ?? 0 });
    });
    await Promise.all(round);
  }
  return typed;
}

async function measureTelegram(): Promise<Figures[]> {
  const world = await createChatWorld<TelegramDriver>([() => createTelegramDriver()]);
  try {
    const { driver } = world;
    const places = await seed(world);
    const before = driver.answersToCallbacks().length;
    const answered = await pressAll(driver, places, (since) =>
      driver
        .requests()
        .filter(({ method, at, status }) => at >= since && /^sendMessage$/i.test(method) && status === 200)
        .filter(({ params }) => Number(params["chat_id"]) > 0)
        .map(({ at }) => at),
    );
    const presses = driver.answersToCallbacks().slice(before);
    report(driver);
    return [figuresOf("Telegram: buttons", presses.length, limitMs.telegram, presses, answered)];
  } finally {
    await world.stop();
  }
}

const figuresOf = (
  name: string,
  asked: number,
  limit: number,
  acknowledged: readonly (number | undefined)[],
  answered: readonly number[],
): Figures => ({ name, asked, limitMs: limit, acknowledged, answered });

function report(driver: Driver): void {
  for (const sentence of driver.violations().slice(0, 5)) process.stdout.write(`! ${sentence}\n`);
}

function tableOf(figures: readonly Figures[]): string {
  const rows = figures.map(({ name, asked, limitMs: limit, acknowledged, answered }) => {
    const times = acknowledged.filter((ms) => ms !== undefined);
    const inTime = times.filter((ms) => ms <= limit).length;
    return [
      name,
      `${inTime} of ${asked} within ${limit / 1000} s`,
      spread(times),
      `${answered.length} of ${asked}`,
      spread(answered),
    ];
  });
  const head = ["", "acknowledged", "p50 / p95 / max", "answered", "p50 / p95 / max"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return [at(0.5), at(0.95), at(1)].map((ms) => `${(ms / 1000).toFixed(2)} s`).join(" / ");
}

const measures: Record<string, () => Promise<Figures[]>> = { discord: measureDiscord, telegram: measureTelegram };
const wanted = process.argv.slice(2);
const figures: Figures[] = [];
for (const [name, measure] of Object.entries(measures)) {
  if (wanted.length === 0 || wanted.includes(name)) figures.push(...(await measure()));
}
process.stdout.write(`${tableOf(figures)}\n`);
