// The order of events under concurrent transactions, and that a rolled-back change tells nothing.
import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestDatabase } from "../../test/database.ts";
import { outbox, person } from "../schema/index.ts";
import type { Db } from "./db.ts";
import { appendEvent } from "./outbox.ts";
import { createSignals } from "./signals.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Db;
let personId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  const [row] = await db.insert(person).values({ displayName: "Anna", language: "en" }).returning();
  personId = row?.id ?? 0;
});
afterAll(() => database.close());
beforeEach(() => db.delete(outbox));

const joined = (key: string) => ({
  key,
  personId,
  telling: { kind: "member.joined" as const, name: "Ben", group: "Club" },
});
const keys = async () => (await db.select().from(outbox).orderBy(asc(outbox.id))).map((row) => row.key);

it("writes a key once", async () => {
  await appendEvent(db, joined("a"));
  await appendEvent(db, joined("a"));
  expect(await keys()).toEqual(["a"]);
});

it("tells nothing of a change that was rolled back", async () => {
  const heard = signalOnce();
  const broken = db.transaction(async (tx) => {
    await appendEvent(tx, joined("lost"));
    throw new Error("no");
  });
  await expect(broken).rejects.toThrow("no");
  await appendEvent(db, joined("kept"));
  await heard;
  expect(await keys()).toEqual(["kept"]);
});

it("makes ids visible in growing order: a later writer waits for an earlier one to commit", async () => {
  const first = Promise.withResolvers<void>();
  const holding = Promise.withResolvers<void>();
  const one = db.transaction(async (tx) => {
    await appendEvent(tx, joined("first"));
    holding.resolve();
    await first.promise;
  });
  await holding.promise;
  const seen: string[] = [];
  const two = db
    .transaction(async (tx) => {
      seen.push("begun");
      await appendEvent(tx, joined("second"));
    })
    .then(() => seen.push("written"));
  await blockedWriter();
  expect(seen).toEqual(["begun"]);
  expect(await keys()).toEqual([]);
  first.resolve();
  await Promise.all([one, two]);
  expect(await keys()).toEqual(["first", "second"]);
});

it("never lets a reader that follows by id miss a row, with many writers at once", async () => {
  let last = 0;
  const read: string[] = [];
  const look = async () => {
    const rows = await db.select().from(outbox).orderBy(asc(outbox.id));
    for (const row of rows.filter((found) => found.id > last)) {
      read.push(row.key);
      last = row.id;
    }
  };
  const writers = Array.from({ length: 30 }, (_, n) =>
    db.transaction(async (tx) => {
      await appendEvent(tx, joined(`k${n}`));
      await tx.select().from(person).where(eq(person.id, personId));
    }),
  );
  let isOver = false;
  const over = Promise.all(writers).then(() => {
    isOver = true;
  });
  while (!isOver) await look();
  await over;
  await look();
  expect(read.toSorted()).toEqual(Array.from({ length: 30 }, (_, n) => `k${n}`).toSorted());
});

async function signalOnce(): Promise<void> {
  const signals = createSignals(database.sql);
  await new Promise<void>((resolve) => signals.on("outbox", resolve));
  await signals.close();
}

/** Resolves when some session of this database waits for a lock. */
async function blockedWriter(): Promise<void> {
  for (;;) {
    const waiting = await database.sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    if (waiting.length > 0) return;
  }
}
