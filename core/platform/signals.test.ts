// Signals between connections: at commit only, and a look after every break of the line.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase } from "../../test/database.ts";
import { createSignals, signal } from "./signals.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

function createCounter() {
  let calls = 0;
  let arrived = () => {};
  return {
    look: () => {
      calls++;
      arrived();
    },
    calls: () => calls,
    async reach(wanted: number) {
      while (calls < wanted) {
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
    },
  };
}

it("looks once when listening begins, then at each signal of its channel", async () => {
  const signals = createSignals(database.sql);
  const queue = createCounter();
  signals.on("queue", queue.look);
  await queue.reach(1);
  const scan = createCounter();
  const off = signals.on("scan", scan.look);
  await signal(database.db, "queue");
  await queue.reach(2);
  await signal(database.db, "scan");
  await scan.reach(1);
  off();
  await signal(database.db, "scan");
  await signal(database.db, "queue");
  await queue.reach(3);
  expect(scan.calls()).toBe(1);
  await signals.close();
});

it("is sent at commit, and not by a transaction that rolled back", async () => {
  const signals = createSignals(database.sql);
  const rights = createCounter();
  signals.on("rights", rights.look);
  await rights.reach(1);
  const broken = database.db.transaction(async (tx) => {
    await signal(tx, "rights");
    throw new Error("no");
  });
  await expect(broken).rejects.toThrow("no");
  await database.db.transaction(async (tx) => {
    await signal(tx, "rights");
    await tx.execute("select 1");
    expect(rights.calls()).toBe(1);
  });
  await rights.reach(2);
  await signals.close();
});

it("looks again after the line broke, because something may have been missed", async () => {
  const signals = createSignals(database.sql);
  const outbox = createCounter();
  signals.on("outbox", outbox.look);
  await outbox.reach(1);
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()`;
  await outbox.reach(2);
  await signal(database.db, "outbox");
  await outbox.reach(3);
  await signals.close();
});
