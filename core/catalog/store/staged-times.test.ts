import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/database.ts";
import type { Database } from "../../platform/db.ts";
import { openDatabase } from "../../platform/db.ts";
import { createStage } from "./stage.ts";
import { createStagedTimes } from "./staged-times.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let one: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  one = openDatabase(database.address, 1);
});
afterAll(async () => {
  await one.close();
  await database.close();
});

test("times reach the folders that have none, and no others", async () => {
  const stage = await createStage(one);
  const times = createStagedTimes(one);
  const known = new Date("2024-01-02T03:04:05Z");
  const folder = { root: "", filesHash: null, isWhole: true, files: [] };
  for (const path of ["", "a", 'it\'s {a}, "b"\\', "c"]) await stage.add({ ...folder, path, modifiedAt: null });
  await stage.add({ ...folder, path: "known", modifiedAt: known });
  const at = new Date("2025-06-07T08:09:10Z");
  await times.add([{ path: "a", modifiedAt: at }]);
  await times.add(['it\'s {a}, "b"\\', "known", "nowhere"].map((path) => ({ path, modifiedAt: at })));
  await stage.end();
  await times.write();
  const rows = await one.sql`select path, modified_at as at from stage_directory order by path collate "C"`;
  expect(rows.map(({ path, at: found }) => [path, found === null ? null : new Date(found).getTime()])).toEqual([
    ["", null],
    ["a", at.getTime()],
    ["c", null],
    ['it\'s {a}, "b"\\', at.getTime()],
    ["known", known.getTime()],
  ]);
});
