// COPY on a connection that goes away in the middle: of a real PostgreSQL, and of a driver that says nothing about it.
import { Writable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/database.ts";
import type { Database } from "../../platform/db.ts";
import { isDatabaseAway, openDatabase } from "../../platform/db.ts";
import { copyRows } from "./copy.ts";
import { createRowWriter } from "./copy-rows.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let own: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  own = openDatabase(database.address, 1);
  await database.sql`create table copied (number integer not null)`;
});
afterAll(async () => {
  await own.close();
  await database.close();
});

function someRows() {
  const writer = createRowWriter();
  writer.begin(1);
  writer.int4(3);
  return { table: "copied", columns: ["number"], rows: writer.take() };
}

/** Resolves when that session waits for a lock. */
async function waits(pid: number): Promise<void> {
  for (;;) if ((await database.sql`select from pg_locks where pid = ${pid} and not granted`).length > 0) return;
}

test("a session that is ended before the rows are in: the database is away", async () => {
  const [session] = await own.sql`select pg_backend_pid() as pid`;
  const { error } = await database.sql.begin(async (tx) => {
    await tx`lock table copied`;
    const failing = copyRows(own, someRows()).catch((met: unknown) => met);
    await waits(session?.["pid"]);
    await database.sql`select pg_terminate_backend(${session?.["pid"]})`;
    return { error: await failing };
  });
  expect(isDatabaseAway(error)).toBe(true);
  expect(await database.sql`select from copied`).toHaveLength(0);
});

test("a driver that never says that the connection was lost is not waited for", async () => {
  const silent = new Writable({ write: () => undefined });
  const sql = (() => ({ writable: async () => silent })) as unknown as Database["sql"];
  const failing = copyRows({ sql, closed: Promise.resolve() }, someRows());
  expect(isDatabaseAway(await failing.catch((error: unknown) => error))).toBe(true);
});
