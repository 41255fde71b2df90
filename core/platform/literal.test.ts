// Statements of one message: values come back as they were, each statement has its rows, and one that fails takes all with it.
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../test/database.ts";
import { openDatabase, runTogether } from "./db.ts";
import { literal } from "./literal.ts";
import { taking } from "./locks.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test("values come back as they were, however plain quotes are read", async () => {
  const one = openDatabase(database.address, 1);
  const hostile = fc.string({ unit: fc.constantFrom("'", "\\", ";", "--", "$1", "E'", "é", "\n", "a") });
  try {
    for (const mode of ["on", "off"]) {
      await one.sql.unsafe(`set standard_conforming_strings = ${mode}`);
      const property = fc.asyncProperty(hostile, fc.maxSafeInteger(), fc.boolean(), async (text, n, is) => {
        const value = sql<{ text: string; n: number; is: boolean }>`
          select ${text} as text, (0 -${n})::float8 as n, ${is} as "is", ${null}::int as none`;
        const [first, second] = await one.db.transaction((tx) =>
          runTogether(tx, [value, sql`select ${text}::text as text`]),
        );
        expect(first).toEqual([{ text, n: 0 - n, is, none: null }]);
        expect([...second]).toEqual([{ text }]);
      });
      await fc.assert(property, { numRuns: 50 });
    }
  } finally {
    await one.close();
  }
});

test("what has no form of its own is refused", () => {
  for (const value of [new Date(0), Number.NaN, Number.POSITIVE_INFINITY, undefined, {}, ["a"], "a\0b"])
    expect(() => literal(value)).toThrow(TypeError);
});

test("each statement gives its rows, also none, and one that fails undoes those before", async () => {
  const { db } = database;
  const add = (word: string) => sql`insert into word (word) values (${word})`;
  const found = sql<{ word: string }>`select word from word order by word`;
  const [, before, nothing, after] = await db.transaction((tx) =>
    runTogether(tx, [sql`select from word`, found, sql`select 1 as n where false`, sql`select 2 as n`]),
  );
  expect([before, nothing, after].map((rows) => [...rows])).toEqual([[], [], [{ n: 2 }]]);
  const broken = db.transaction((tx) => runTogether(tx, [add("owl"), sql`select 1 / 0`]));
  await expect(broken).rejects.toThrow();
  expect([...(await db.execute(found))]).toEqual([]);
});

test("what stands behind a lock sees what was written while it was waited for", async () => {
  const { db } = database;
  const locked = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const first = db.transaction(async (tx) => {
    await runTogether(tx, [taking("linking"), sql`select 1`]);
    locked.resolve();
    await mayEnd.promise;
    await tx.execute(sql`insert into word (word) values ('heron')`);
  });
  await locked.promise;
  const second = db.transaction((tx) =>
    runTogether(tx, [taking("linking"), sql<{ word: string }>`select word from word`]),
  );
  for (let isWaiting = false; !isWaiting; ) {
    const [row] = await db.execute(
      sql`select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`,
    );
    isWaiting = row?.["n"] === 1;
  }
  mayEnd.resolve();
  await first;
  expect((await second)[1].map(({ word }) => word)).toEqual(["heron"]);
});
