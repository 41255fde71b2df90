// Where new files are followed: servers that are shared and scanned, each in a group and a room of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Database } from "../../../core/platform/db.ts";
import { openDatabase } from "../../../core/platform/db.ts";
import { findRunningDatabase } from "../../../core/platform/embedded-postgres.ts";
import type { DiscordDriver } from "../../chat/discord/driver.ts";
import type { ChatPerson, ChatRoom } from "../../chat/driver.ts";
import type { ChatWorld } from "../../chat/world.ts";
import { contextOf } from "../../chat/world.ts";
import { sendEnrolment, until, writeTree } from "../../e2e/installation.ts";
import type { Size } from "../report.ts";
import type { Home } from "./homes.ts";
import { startHomes } from "./homes.ts";

/** A group with its room, and a server of its own, so that the rooms' digests do not hold each other up. */
export interface Place {
  host: ChatPerson;
  room: ChatRoom;
  home: Home;
  serverId: number;
  /** Files so far. */
  count: number;
}

export interface Stage {
  driver: DiscordDriver;
  /** The core's own, to look at how far a file has come. */
  database: Database;
  software: string;
  places: Place[];
}

export async function openStage(
  ends: AsyncDisposableStack,
  world: ChatWorld<DiscordDriver>,
  size: Size,
  count: number,
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-growth-"));
  ends.defer(() => rmSync(folder, { recursive: true, force: true }));
  const homes = ends.use(await startHomes(size, count, folder));
  const address = await findRunningDatabase(dirname(dirname(world.core().apiAddress.replace(/^unix:/, ""))));
  if (!address) throw new Error("The core's database is not running.");
  const database = openDatabase(address, 1);
  ends.defer(database.close);
  const places = await Promise.all(homes.all.map((home, i) => settle(world, home, i)));
  for (const place of places) place.serverId = await serverOf(database, place);
  return { driver: world.driver, database, software: homes.software, places };
}

async function settle(world: ChatWorld<DiscordDriver>, home: Home, index: number): Promise<Place> {
  const { driver } = world;
  const { api } = world.core();
  const host = driver.addPerson(`Host ${index}`);
  const room = driver.addRoom(`Club ${index}`, [host, driver.addPerson(`Friend ${index}`)]);
  await api.groups.create(contextOf(driver, host, room, true), { name: `Club ${index}` });
  const files = Array.from({ length: 40 }, (_, i) => [`Media/Album ${i % 8}/song ${i}.mp3`, Buffer.alloc(1000, i)]);
  writeTree(home.root, Object.fromEntries(files));
  const { link } = await api.servers.enrol(contextOf(driver, host), {});
  const daemon = { ...home, fingerprint: undefined };
  const page = await sendEnrolment(link, { label: `box ${index}`, daemon, sharePath: "/Media" });
  if (page.status !== 200) throw new Error(`The enrolment page answered ${page.status}.`);
  await api.shares.add(contextOf(driver, host, room), { path: "", name: `shelf ${index}` });
  await until(async () => driver.seenBy(host, room).find(({ text }) => text.includes("40 files")));
  return { host, room, home, serverId: 0, count: 0 };
}

async function serverOf({ sql }: Database, { home, room }: Place): Promise<number> {
  const [row] = await sql`select server_id from share where name = ${room.title.replace("Club", "shelf")}`;
  if (!row) throw new Error(`Nothing is shared of ${home.username}.`);
  return Number(row["server_id"]);
}
