// How long after a file appears at a real FTP server its room reads of it, and where the time goes: real core, real bot,
// the stand-in of Discord. The core is expected to scan every minute (FONSHARE_SCAN_EVERY=1m, the shortest allowed).
import { mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CallError } from "#contract";
import type { Database } from "../../../core/platform/db.ts";
import type { DiscordDriver } from "../../chat/discord/driver.ts";
import type { ChatWorld } from "../../chat/world.ts";
import { contextOf } from "../../chat/world.ts";
import { until } from "../../e2e/installation.ts";
import type { Size, Table } from "../report.ts";
import type { Place, Stage } from "./announcement-stage.ts";
import { openStage } from "./announcement-stage.ts";
import type { Course } from "./announcement-tables.ts";
import { courseTable, intervalTable } from "./announcement-tables.ts";
import { snowflakeMs } from "./discord-times.ts";

const plans = {
  smoke: { places: 1, scheduledRounds: 0 },
  full: { places: 6, scheduledRounds: 2 },
};
/** Files of one round appear one after the other within this, so that they meet the interval at all its points. */
const spreadMs = 12_000;
const lookMs = 10;
const hourMs = 3_600_000;

export async function measureAnnouncements(
  world: ChatWorld<DiscordDriver>,
  size: Size,
  tell: (line: string) => void,
): Promise<Table[]> {
  const { places: count, scheduledRounds } = plans[size];
  await using ends = new AsyncDisposableStack();
  const stage = await openStage(ends, world, size, count);
  const { places, software } = stage;
  tell(`${count} servers (${software}) are shared, each in a room of its own`);
  const asked: Course[] = [];
  // One at a time: how long the way takes when nothing else is on it.
  for (const place of places) asked.push(await follow(stage, place, hourMs, () => ask(world, place)));
  tell("new files were looked for because somebody asked");
  const held = size === "full" ? await measureHeld(world, stage) : {};
  const scheduled: Course[] = [];
  for (let round = 0; round < scheduledRounds; round += 1) {
    scheduled.push(...(await waitForSchedule(stage)));
    tell(`${count} new files were found by the schedule`);
  }
  const courses = { "at once": asked, ...held, "by schedule": scheduled };
  return [courseTable({ places: count, software }, courses), intervalTable([...asked, ...scheduled])];
}

/** News that have to wait although they were found at once. */
async function measureHeld(world: ChatWorld<DiscordDriver>, stage: Stage): Promise<Record<string, Course[]>> {
  const all = (ageMs: number) =>
    Promise.all(stage.places.map((place) => follow(stage, place, ageMs, () => ask(world, place))));
  await forgetDigests(stage);
  // The digest before it has just been told.
  await all(hourMs);
  const second = await all(hourMs);
  await forgetDigests(stage);
  return { "at once, 2nd digest": second, "at once, fresh file": await all(0) };
}

async function waitForSchedule(stage: Stage): Promise<Course[]> {
  const { places } = stage;
  await forgetDigests(stage);
  const drop = async (place: Place, index: number) => {
    await delay((spreadMs * index) / places.length);
    return follow(stage, place, hourMs, async () => undefined);
  };
  return await Promise.all(places.map(drop));
}

/** A scan that runs at this moment may have passed the place of the new file: then it is asked again after it. */
async function ask({ driver, core }: ChatWorld<DiscordDriver>, { host }: Place): Promise<void> {
  await until(async () => {
    try {
      return await core().api.catalog.reindex(contextOf(driver, host), {});
    } catch (error) {
      if (error instanceof CallError && error.code === "scan.running") return undefined;
      throw error;
    }
  });
}

/** Puts a file into the shared folder in one blow, that was last written to so many milliseconds ago. */
function addFile({ home, count }: Place, ageMs: number): void {
  const outside = join(home.root, `upload ${count}`);
  const folder = join(home.root, "Media", `New ${count}`);
  mkdirSync(folder);
  writeFileSync(outside, Buffer.alloc(2000, count));
  const writtenAt = new Date(Date.now() - ageMs);
  utimesSync(outside, writtenAt, writtenAt);
  renameSync(outside, join(folder, `new song ${count}.mp3`));
}

/** As if the groups had been left alone for an hour: their next news are told without being gathered. */
async function forgetDigests({ database: { sql } }: Stage): Promise<void> {
  await sql`update announcement set told_at = told_at - interval '1 hour'`;
}

interface Seen {
  dueMs: number;
  isRunning: boolean;
  /** The newest announcement of the group's new files. */
  newest: number;
  isTold: boolean;
}

async function look({ sql }: Database, serverId: number): Promise<Seen> {
  const [row] = await sql`
    select extract(epoch from scan.due_at) * 1000 as due, coalesce(scan.lease_until > now(), false) as running,
      coalesce(a.id, 0) as newest, a.told_at is not null as told
    from scan join share using (server_id)
    left join lateral (select id, told_at from announcement
      where group_id = share.group_id and share_id is null order by id desc limit 1) a on true
    where scan.server_id = ${serverId}`;
  if (!row) throw new Error("The server is not scanned.");
  const { due, running, newest, told } = row;
  return { dueMs: Number(due), isRunning: running, newest: Number(newest), isTold: told };
}

/** A file appears, `next` something happens, and it is followed until the room reads of it. */
async function follow(
  { driver, database }: Stage,
  place: Place,
  ageMs: number,
  next: () => Promise<void>,
): Promise<Course> {
  const { host, room, serverId } = place;
  const known = new Set(driver.seenBy(host, room).map(({ id }) => id));
  let before = await look(database, serverId);
  const { newest } = before;
  place.count += 1;
  const appearedAt = Date.now();
  addFile(place, ageMs);
  await next();
  const times: Times = { appearedAt, dueAt: before.dueMs, beganAt: Date.now(), appliedAt: 0, toldAt: 0 };
  for (;;) {
    const now = await look(database, serverId);
    // Only the last scan before the announcement counts.
    if (now.isRunning && !before.isRunning && now.newest === newest) {
      Object.assign(times, { dueAt: before.dueMs, beganAt: Date.now() });
    }
    if (now.newest > newest) times.appliedAt ||= Date.now();
    if (now.newest > newest && now.isTold) times.toldAt ||= Date.now();
    const message = driver.seenBy(host, room).find(({ id }) => !known.has(id));
    if (times.toldAt > 0 && message) return courseOf(times, snowflakeMs(message.id));
    before = now;
    await delay(lookMs);
  }
}

interface Times {
  appearedAt: number;
  dueAt: number;
  beganAt: number;
  appliedAt: number;
  toldAt: number;
}

function courseOf({ appearedAt, dueAt, beganAt, appliedAt, toldAt }: Times, shownAt: number): Course {
  const begins = Math.min(Math.max(appearedAt, dueAt), beganAt);
  return {
    wait: begins - appearedAt,
    start: beganAt - begins,
    scan: appliedAt - beganAt,
    gather: toldAt - appliedAt,
    // The message may be there before we see that it was told.
    delivery: Math.max(0, shownAt - toldAt),
  };
}
