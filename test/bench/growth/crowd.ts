// People in rooms who press and ask all at once, or one after the other: how soon each is acknowledged and answered by a real
// bot on a real core, against the stand-ins with the platforms' own limits. Crowd, stand-in, bot and core share the machine.
import { setTimeout as delay } from "node:timers/promises";
import type { ChatPerson, ChatRoom, Driver } from "../../chat/driver.ts";
import type { Cell, Table } from "../report.ts";
import type { Crowd, Place } from "./gather.ts";
import { button, offerIn, waitUntil } from "./gather.ts";
import { quantile, rounded } from "./spread.ts";

/** Milliseconds since a person did something; undefined while there is none. */
export interface Answered {
  acknowledgedMs: number | undefined;
  /** Until the list that was asked for was sent. */
  answeredMs: number | undefined;
}

/** What a platform's stand-in tells of its own kind. */
export interface Watch {
  /** Remembers where its record stands; `since` then tells what became of everything later. */
  start(): { asked(guest: ChatPerson): void; since(): Answered[] };
  /** Where people of this platform ask the bot. */
  placeToAsk(room: ChatRoom): ChatRoom | undefined;
}

/** What one kind of doing took. */
export interface Figures {
  platform: string;
  what: string;
  asked: number;
  answers: Answered[];
}

const patienceMs = 90_000;
/** Between two of a thousand people who ask: 25 a second, which is less than each platform lets a bot send. */
const paceMs = 40;

/** Buttons at once and commands at once by those of the first room, then by everybody. */
export async function measureCrowd<D extends Driver>(
  { world: { driver }, places }: Crowd<D>,
  watch: Watch,
  tell: (line: string) => void,
): Promise<Figures[]> {
  const few = places.slice(0, 1);
  const figures = [await press(driver, few, watch), await ask(driver, few, watch, 0)];
  if (places.length > 1) {
    figures.push(await press(driver, places, watch));
    tell(`${driver.platform}: everybody has pressed a button`);
    figures.push(await ask(driver, places, watch, paceMs));
    tell(`${driver.platform}: everybody has searched`);
  }
  for (const sentence of driver.violations().slice(0, 5)) tell(`! ${sentence}`);
  return figures;
}

async function press(driver: Driver, places: readonly Place[], watch: Watch): Promise<Figures> {
  const offers = places.map((place) => offerIn(driver, place));
  const seen = watch.start();
  const presses = places.flatMap(({ guests }, index) =>
    guests.map((guest) => {
      const offer = offers[index];
      if (!offer) throw new Error("A room never heard of what is shared.");
      seen.asked(guest);
      return driver.press(guest, offer, button);
    }),
  );
  await Promise.all(presses);
  const asked = presses.length;
  return { platform: driver.platform, what: "button, at once", asked, answers: await whenAnswered(seen, asked) };
}

async function ask(driver: Driver, places: readonly Place[], watch: Watch, everyMs: number): Promise<Figures> {
  const seen = watch.start();
  const startedAt = performance.now();
  const guests = places.flatMap(({ room, guests: all }) => all.map((guest) => ({ room, guest })));
  for (const [index, { room, guest }] of guests.entries()) {
    const earlyMs = startedAt + index * everyMs - performance.now();
    if (earlyMs > 0) await delay(earlyMs);
    seen.asked(guest);
    await driver.say(guest, watch.placeToAsk(room), `/search song ${index % 40}`);
  }
  const asked = guests.length;
  const what = everyMs === 0 ? "/search, at once" : `/search, ${1000 / everyMs}/s`;
  return { platform: driver.platform, what, asked, answers: await whenAnswered(seen, asked) };
}

async function whenAnswered({ since }: ReturnType<Watch["start"]>, asked: number): Promise<Answered[]> {
  await waitUntil(() => since().filter(({ answeredMs }) => answeredMs !== undefined).length >= asked, patienceMs);
  return since();
}

const names: Record<string, string> = { discord: "Discord", telegram: "Telegram" };
const nameOf = (platform: string) => names[platform] ?? platform;

export function crowdTable(figures: readonly Figures[]): Table {
  const rows = figures.map(({ platform, what, asked, answers }): Cell[] => {
    const acknowledged = answers.flatMap(({ acknowledgedMs }) => acknowledgedMs ?? []);
    const answered = answers.flatMap(({ answeredMs }) => answeredMs ?? []);
    const pair = (times: readonly number[]) => [0.5, 0.95].map((share) => rounded(quantile(times, share) / 1000));
    const who = `${nameOf(platform)}, ${asked}: ${what}`;
    return [who, ...pair(acknowledged), ...pair(answered), acknowledged.length, answered.length];
  });
  const platforms = new Set(figures.map(({ platform }) => nameOf(platform)));
  return {
    title: `From a press or a command to its answer: ${[...platforms].join(", ")}`,
    note: "Seconds, each person's own, from the platform having it until the bot's acknowledgement and its list have reached the platform (stand-ins that refuse what exceeds the platforms' limits; a refusal counts as no answer). Rooms have ten people and one group each. A thousand lists at once are bound by what is let out: 50 requests a second by discord.js, 30 messages a second by Telegram; so the commands of a thousand come at 25 a second. Telegram's presses are acknowledged together with a short answer or after 1.5 s, and its commands have no acknowledgement.",
    columns: ["who, how many", "ack p50", "ack p95", "answer p50", "answer p95", "acks", "answers"],
    rows,
    plot: { kind: "bar", x: "who, how many", y: ["ack p95", "answer p95"], unit: "s" },
  };
}
