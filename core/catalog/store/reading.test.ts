// Statements as text: nothing in a text ends it, settings end with the message, and nothing can be written.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/database.ts";
import { createMovableClock } from "../../people/fixtures.ts";
import { openDatabase } from "../../platform/db.ts";
import { textLiteral } from "../../platform/literal.ts";
import type { VisibleShare } from "../../shares/index.ts";
import { createCatalog } from "../catalog.ts";
import { readRows, readTogether } from "./reading.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test("a text comes back as it went, whatever is in it and however plain quotes are read", async () => {
  const hostile = fc.string({ unit: fc.constantFrom("'", "\\", ";", "--", "$$", "E'", "é", "\n", "a") });
  const one = openDatabase(database.address, 1);
  try {
    for (const mode of ["on", "off"]) {
      await one.sql.unsafe(`set standard_conforming_strings = ${mode}`);
      const property = fc.asyncProperty(fc.oneof(hostile, fc.string({ unit: "binary" })), async (text) => {
        const expected = text.replaceAll("\0", "");
        const rows = await readTogether(one.db, [`select ${textLiteral(expected)} as text`, "select 1 as n"]);
        expect(rows.map((some) => [...some])).toEqual([[{ text: expected }], [{ n: 1 }]]);
      });
      await fc.assert(property, { numRuns: 50 });
    }
  } finally {
    await one.close();
  }
});

test("settings are those of the message alone, and it can write nothing", async () => {
  const one = openDatabase(database.address, 1);
  try {
    const show = "select current_setting('enable_seqscan') as seq, current_setting('enable_indexscan') as index";
    expect(await readRows(one.db, show)).toEqual([{ seq: "off", index: "off" }]);
    expect(await readRows(one.db, show, "order")).toEqual([{ seq: "off", index: "on" }]);
    expect([...(await one.sql.unsafe(show))]).toEqual([{ seq: "on", index: "on" }]);
    await expect(readRows(one.db, "delete from word")).rejects.toMatchObject({ code: "25006" });
    expect([...(await one.sql.unsafe(show))]).toEqual([{ seq: "on", index: "on" }]);
  } finally {
    await one.close();
  }
});

test("many searches at a time get on with one connection", async () => {
  const one = openDatabase(database.address, 1);
  try {
    const share = { id: 1, groupId: 1, name: "Owls", path: "", serverId: 1, ownerId: 1, ownerName: "Anna" };
    const shares = { visible: async () => [share as unknown as VisibleShare] };
    const catalog = createCatalog({ db: one.db, clock: createMovableClock(), shares });
    const [person] = await one.sql`insert into person (display_name, language) values ('Anna', 'en') returning id`;
    const room = { platform: "console", roomId: "1", kind: "private", title: "", isAdmin: true } as const;
    const asking = { id: Number(person?.["id"]), displayName: "Anna", language: "en" } as const;
    await one.sql`insert into word (word) values ('owl')`;
    const searches = Array.from({ length: 30 }, () => catalog.search(asking, room, { query: "owl" }));
    expect((await Promise.all(searches)).map(({ total }) => total)).toEqual(searches.map(() => 0));
  } finally {
    await one.close();
  }
});
