import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../test/database.ts";
import {
  announcement,
  announcementMark,
  botCursor,
  button,
  code,
  directory,
  file,
  group,
  lastList,
  message,
  outbox,
  person,
  pull,
  relayed,
  server,
  volume,
  word,
} from "../schema/index.ts";
import { forgetOld } from "./retention.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const now = new Date("2024-06-15T12:00:00Z");
const dayMs = 86_400_000;
const ago = (days: number) => new Date(now.getTime() - days * dayMs);

async function makeServer() {
  const { db } = database;
  const [{ id: personId } = { id: 0 }] = await db
    .insert(person)
    .values({ displayName: "A", language: "en" })
    .returning();
  const values = { ownerId: personId, label: "Box", security: "plain", state: "online" } as const;
  const [{ id: serverId } = { id: 0 }] = await db.insert(server).values(values).returning();
  const [{ id: groupId } = { id: 0 }] = await db.insert(group).values({ name: "g" }).returning();
  return { personId, serverId, groupId };
}

test("what is finished and old goes, what is open or fresh stays", async () => {
  const { db } = database;
  const { personId, serverId, groupId } = await makeServer();
  const pulls = { personId, groupId, destinationId: serverId };
  await db.insert(pull).values([
    { ...pulls, requestId: "old-done", title: "x", createdAt: ago(30), finishedAt: ago(8) },
    { ...pulls, requestId: "new-done", title: "x", createdAt: ago(30), finishedAt: ago(6) },
    { ...pulls, requestId: "old-open", title: "x", createdAt: ago(30) },
  ]);
  await db.insert(outbox).values([
    { key: "told", telling: {}, createdAt: ago(8) },
    { key: "fresh", telling: {}, createdAt: ago(1) },
    { key: "untold", telling: {}, createdAt: ago(8) },
    { key: "ancient", telling: {}, createdAt: ago(29) },
  ]);
  const [fresh] = await db.select().from(outbox).where(sql`key = 'fresh'`);
  await db.insert(botCursor).values([
    { bot: "a", eventId: fresh?.id ?? 0 },
    { bot: "b", eventId: (fresh?.id ?? 0) + 100 },
  ]);
  await db.insert(code).values([
    { hash: "expired", purpose: "join", personId, expiresAt: ago(0.1) },
    { hash: "valid", purpose: "join", personId, expiresAt: ago(-0.1) },
  ]);
  await db.insert(lastList).values({ personId, platform: "console", roomId: "r", refs: ["f1"], shownAt: ago(8) });
  await forgetOld(db, now, 7 * dayMs);
  expect((await db.select().from(pull)).map((one) => one.requestId).sort()).toEqual(["new-done", "old-open"]);
  expect((await db.select().from(outbox)).map((one) => one.key).sort()).toEqual(["fresh", "untold"]);
  expect((await db.select().from(code)).map((one) => one.hash)).toEqual(["valid"]);
  expect(await db.select().from(lastList)).toEqual([]);
});

test("announcements are forgotten when they were told, but for those that somebody kept", async () => {
  const { db } = database;
  const { personId, groupId } = await makeServer();
  const told = (days: number, toldAt: Date | null = ago(days)) => {
    return { groupId, files: days, bytes: 1, createdAt: ago(days), dueAt: ago(days), toldAt };
  };
  const rows = [told(9), told(8), told(6), told(10, null), told(29, null)];
  const made = await db.insert(announcement).values(rows).returning();
  const [rated = 0, kept = 0] = made.map((row) => row.id);
  await db.insert(announcementMark).values([
    { announcementId: rated, personId, kind: "rate" },
    { announcementId: kept, personId, kind: "keep" },
  ]);
  await forgetOld(db, now, 7 * dayMs);
  expect((await db.select().from(announcement)).map((row) => row.files).sort()).toEqual([10, 6, 8]);
});

test("buttons for everybody are pressed for 90 days, one's own as long as anything else, messages are found while they are fresh or followed", async () => {
  const { db } = database;
  const kept = (id: string, days: number, userId: string | null = null) => {
    return { platform: "console", id, command: "/help", room: {}, userId, keptAt: ago(days) };
  };
  await db
    .insert(button)
    .values([kept("old", 91), kept("fresh", 89), kept("own", 6, "anna"), kept("old own", 8, "anna")]);
  const shown = (key: string, days: number, follow: Record<string, unknown> | null = null) => {
    return { platform: "console", key, chatId: "r", messageId: "1", follow, changedAt: ago(days) };
  };
  await db
    .insert(message)
    .values([shown("old", 8), shown("fresh", 6), shown("followed", 13, {}), shown("abandoned", 15, {})]);
  await forgetOld(db, now, 7 * dayMs);
  expect((await db.select().from(button)).map((row) => row.id).sort()).toEqual(["fresh", "own"]);
  expect((await db.select().from(message)).map((row) => row.key).sort()).toEqual(["followed", "fresh"]);
});

test("words that no name has any more go within a day", async () => {
  const { db } = database;
  const { serverId } = await makeServer();
  const names = Array.from({ length: 60 }, (_, i) => `word${i}x`);
  const rows = await db
    .insert(word)
    .values([...names, "kept", "folder", "above"].map((one) => ({ word: one })))
    .returning();
  const idOf = (one: string) => rows.find((row) => row.word === one)?.id ?? 0;
  const inFolder = { serverId, path: "", words: [idOf("folder")] };
  const [top] = await db.insert(directory).values(inFolder).returning();
  const words = [-idOf("above"), idOf("kept")];
  await db.insert(file).values({ serverId, directoryId: top?.id ?? 0, name: "kept", sizeBytes: 1, words });
  await forgetOld(db, now, dayMs);
  const afterOne = (await db.select().from(word)).length;
  expect(afterOne).toBeGreaterThan(2);
  for (let hour = 0; hour < 24; hour++) await forgetOld(db, new Date(now.getTime() + hour * 3_600_000), dayMs);
  expect((await db.select().from(word)).map((one) => one.word).sort()).toEqual(["above", "folder", "kept"]);
});

test("what was taken goes when no limit of seven days can count it any more", async () => {
  const { db } = database;
  const { personId, serverId, groupId } = await makeServer();
  const days = ["2024-06-06", "2024-06-07", "2024-06-15"];
  await db.insert(volume).values(days.map((day) => ({ serverId, personId, groupId, day, bytes: 1 })));
  await db.insert(relayed).values(days.map((day) => ({ groupId, day, bytes: 1 })));
  await forgetOld(db, now, 7 * dayMs);
  expect((await db.select().from(volume)).map((row) => row.day)).toEqual(days.slice(1));
  expect((await db.select().from(relayed)).map((row) => row.day)).toEqual(days.slice(1));
});
