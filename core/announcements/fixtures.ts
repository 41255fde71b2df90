// Tests only: two people, a group with a room, a server with a few files, and scans that are said to have happened.
import { sql } from "drizzle-orm";
import type { FonEvent, Platform, Room } from "#contract";
import { eventSchema } from "#contract";
import type { AddedFile, Applied } from "../catalog/index.ts";
import { createGroups } from "../groups/index.ts";
import { createMovableClock } from "../people/fixtures.ts";
import { createEventStream } from "../platform/event-stream.ts";
import { createLog } from "../platform/log.ts";
import { directory, file, room as roomTable } from "../schema/index.ts";
import type { TestServer } from "../transfers/fixtures/world.ts";
import { createWorld } from "../transfers/fixtures/world.ts";
import { createAnnouncements } from "./announcements.ts";

export const room: Room = { platform: "console", roomId: "main", kind: "group", title: "", isAdmin: false };

export type NewsWorld = Awaited<ReturnType<typeof createNewsWorld>>;

export async function createNewsWorld() {
  const world = await createWorld();
  const { db } = world;
  const clock = createMovableClock();
  const groups = createGroups({ db });
  const announcements = createAnnouncements({ ...world, clock, groups });
  world.late.announced = announcements.refsOf;
  const anna = await world.addPerson("Anna");
  const ben = await world.addPerson("Ben");
  const groupId = await world.addGroup(anna, ben);
  await bindRoom(groupId, "main");
  const files = {
    "shared/Album/01.flac": "one",
    "shared/Album/02.flac": "two!",
    "shared/old/a.txt": "a",
    "shared/old/b.txt": "bb",
    "private/diary.txt": "secret",
  };
  const source = await world.addServer(anna, { files });

  async function bindRoom(group: number, roomId: string, over: Partial<typeof roomTable.$inferInsert> = {}) {
    await db.insert(roomTable).values({ platform: "console", roomId, groupId: group, title: "x", ...over });
  }

  /** What a scan would say of these files, which the catalog has. */
  async function added(from: TestServer, ...paths: string[]): Promise<AddedFile[]> {
    const rows = await world.sql`
      select f.id, f.name, f.size_bytes, d.id as directory_id, d.path from file f
      join directory d on d.id = f.directory_id where f.server_id = ${from.id}`;
    return rows
      .filter((row) => paths.includes(`${row["path"]}/${row["name"]}`))
      .map((row) => ({
        fileId: Number(row["id"]),
        directoryId: Number(row["directory_id"]),
        directoryPath: String(row["path"]),
        name: String(row["name"]),
        sizeBytes: Number(row["size_bytes"]),
      }));
  }

  /** Makes a file in the catalog, in a folder of its own when it is new, as a scan would. */
  async function made(from: TestServer, path: string): Promise<AddedFile> {
    const [folder, name = ""] = [path.slice(0, path.lastIndexOf("/")), path.split("/").at(-1)];
    const values = { serverId: from.id, path: folder, files: 1, bytes: 10 };
    const target = [directory.serverId, directory.path];
    const set = { files: sql`${directory.files} + 1`, bytes: sql`${directory.bytes} + 10` };
    const [top] = await db.insert(directory).values(values).onConflictDoUpdate({ target, set }).returning();
    const directoryId = top?.id ?? 0;
    const [row] = await db.insert(file).values({ serverId: from.id, directoryId, name, sizeBytes: 10 }).returning();
    return { fileId: row?.id ?? 0, directoryId, directoryPath: folder, name, sizeBytes: 10 };
  }

  async function scanned(files: AddedFile[], more: Partial<Applied> = {}) {
    const applied: Applied = {
      serverId: source.id,
      at: clock.now(),
      complete: true,
      first: false,
      added: files,
      ...more,
    };
    await db.transaction((tx) => announcements.announce(tx, applied));
  }

  /** Everything that bots of these platforms would be told now, from the first event on. */
  async function events(platforms: Platform[] = ["console"]): Promise<FonEvent[]> {
    const stop = new AbortController();
    const log = createLog("silent", "test");
    const deps = { db, clock, log, signals: world.signals, fill: announcements.fill, quietMs: 1 };
    const told: FonEvent[] = [];
    for await (const event of createEventStream(deps).follow({ platforms, after: 0, signal: stop.signal })) {
      if (event === "quiet") stop.abort();
      else told.push(eventSchema.parse(event));
    }
    return told;
  }

  return {
    ...{ world, db, sql: world.sql, clock, groups, announcements, anna, ben, groupId, source },
    ...{ bindRoom, added, made, scanned, events },
    tellings: async () => (await events()).map((event) => event.telling),
    introduced: () => world.sql`update share set introduced_at = now()`,
    close: world.close,
  };
}
