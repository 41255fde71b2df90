// The event stream over a real socket and database: order, resuming, audience at the moment of telling, cursors.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { Agent, fetch } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { FonEvent } from "#contract";
import { createTestDatabase } from "../../test/database.ts";
import { systemClock } from "../platform/clock.ts";
import { createEventStream } from "../platform/event-stream.ts";
import { createLog } from "../platform/log.ts";
import { appendEvent } from "../platform/outbox.ts";
import type { Signals } from "../platform/signals.ts";
import { createSignals } from "../platform/signals.ts";
import { botCursor, group, identity, outbox, person, room } from "../schema/index.ts";
import type { AllHandlers } from "./call.ts";
import type { ApiServer } from "./server.ts";
import { createApiServer } from "./server.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let signals: Signals;
let folder: string;
let server: ApiServer;
let agent: Agent;
let groupId: number;
let annaId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  signals = createSignals(database.sql);
});
afterAll(async () => {
  await signals.close();
  await database.close();
});
beforeEach(async () => {
  const { db } = database;
  await db.delete(outbox);
  await db.delete(botCursor);
  await db.delete(person);
  await db.delete(group);
  groupId = (await db.insert(group).values({ name: "Club" }).returning())[0]?.id ?? 0;
  annaId = (await db.insert(person).values({ displayName: "Anna", language: "fr" }).returning())[0]?.id ?? 0;
  await db.insert(room).values({ platform: "console", roomId: "main", groupId, title: "console" });
  await db.insert(room).values({ platform: "discord", roomId: "d1", groupId, title: "club" });
  await db.insert(identity).values({ platform: "console", userId: "anna", personId: annaId });
  folder = mkdtempSync(join(tmpdir(), "fonshare-events-"));
  const socket = join(folder, "api.sock");
  agent = new Agent({ connect: { socketPath: socket } });
  const log = createLog("silent", "test");
  server = createApiServer({
    address: { socket },
    // No procedure is called here.
    handlers: new Proxy({}, { get: () => new Proxy({}, { get: () => () => undefined }) }) as AllHandlers,
    recognise: () => Promise.reject(new Error("unused")),
    settleRoom: async (at) => at,
    events: createEventStream({ db, signals, clock: systemClock, log, quietMs: 20 }),
    log,
  });
  await server.listen();
});
afterEach(async () => {
  await server.close();
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
});

const joined = (key: string, to: { groupId: number } | { personId: number } = { groupId }) =>
  appendEvent(database.db, { key, ...to, telling: { kind: "member.joined", name: "Ben", group: "Club" } });

interface Reader {
  next(): Promise<FonEvent>;
  untilQuiet(): Promise<void>;
  close(): Promise<void>;
}

async function follow(platforms: string, lastId?: number): Promise<Reader> {
  const headers = lastId === undefined ? {} : { "last-event-id": String(lastId) };
  const response = await fetch(`http://core/v1/events?platforms=${platforms}`, { headers, dispatcher: agent });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const blocks = readBlocks(response.body as AsyncIterable<Uint8Array>);
  const until = async (wanted: RegExp) => {
    for (;;) {
      const block = await blocks.next();
      if (block.done) throw new Error("the stream ended");
      const match = wanted.exec(block.value);
      if (match) return match;
    }
  };
  return {
    next: async () => JSON.parse((await until(/^id: \d+\ndata: (.+)$/))[1] ?? "") as FonEvent,
    untilQuiet: async () => void (await until(/^: quiet$/)),
    close: async () => void (await blocks.return(undefined)),
  };
}

async function* readBlocks(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    yield* blocks;
  }
}

it("tells what is stored and then what comes, in order, to the rooms of the asked platforms", async () => {
  await joined("a");
  await joined("b");
  const reader = await follow("console");
  const first = await reader.next();
  expect(first).toMatchObject({ key: "a", rooms: [{ platform: "console", roomId: "main" }], people: [] });
  expect((await reader.next()).key).toBe("b");
  await reader.untilQuiet();
  await joined("c");
  expect((await reader.next()).key).toBe("c");
  await reader.close();
});

it("goes on after the last id that was told", async () => {
  for (const key of ["a", "b", "c"]) await joined(key);
  const reader = await follow("console");
  const first = await reader.next();
  await reader.close();
  const again = await follow("console", first.id);
  expect([(await again.next()).key, (await again.next()).key]).toEqual(["b", "c"]);
  await again.close();
});

it("tells a person in private, in their language, only where they can be reached", async () => {
  await joined("mine", { personId: annaId });
  const reader = await follow("console,discord");
  expect((await reader.next()).people).toEqual([{ platform: "console", userId: "anna", language: "fr" }]);
  await reader.close();
  await joined("all");
  const discord = await follow("discord");
  expect((await discord.next()).key).toBe("all");
  await discord.close();
});

it("asks who may hear it when it is told: an unbound room and an erased person hear nothing", async () => {
  await joined("group");
  await joined("mine", { personId: annaId });
  await database.db.delete(room).where(eq(room.groupId, groupId));
  await database.db.delete(person).where(eq(person.id, annaId));
  const reader = await follow("console");
  await reader.untilQuiet();
  await database.db.insert(room).values({ platform: "console", roomId: "new", groupId, title: "new" });
  await joined("later");
  expect((await reader.next()).key).toBe("later");
  await reader.close();
});

it("goes on when the line to the database broke", async () => {
  const reader = await follow("console");
  await reader.untilQuiet();
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()`;
  await joined("after");
  expect((await reader.next()).key).toBe("after");
  await reader.close();
});

it("refuses a platform it does not know", async () => {
  const response = await fetch("http://core/v1/events?platforms=irc", { dispatcher: agent });
  expect(await response.json()).toEqual({ error: { code: "request.invalid", params: { field: "platforms" } } });
});

it("ends open streams when it closes", async () => {
  const reader = await follow("console");
  await reader.untilQuiet();
  await server.close();
  await expect(reader.next()).rejects.toThrow();
});

it("starts a new bot at the newest event and moves its cursor only forward", async () => {
  await joined("old");
  const at = async (init?: object) => {
    const response = await fetch("http://core/v1/events/cursor?bot=console", { dispatcher: agent, ...init });
    return ((await response.json()) as { ok: { id: number } }).ok.id;
  };
  const move = (id: number) =>
    at({
      method: "POST",
      body: JSON.stringify({ bot: "console", id }),
      headers: { "content-type": "application/json" },
    });
  const newest = await at();
  const [row] = await database.db.select().from(outbox);
  expect(newest).toBe(row?.id);
  await joined("next");
  expect(await at()).toBe(newest);
  expect(await move(newest + 5)).toBe(newest + 5);
  expect(await move(1)).toBe(newest + 5);
});
