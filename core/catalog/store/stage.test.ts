import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/database.ts";
import { openDatabase } from "../../platform/db.ts";
import { createStage } from "./stage.ts";

const folderOf = (path: string, count: number) => ({
  ...{ path, root: "", modifiedAt: null, filesHash: null, isWhole: true },
  files: Array.from({ length: count }, (_, index) => ({
    ...{ name: `${path} ${index}.txt`, sizeBytes: 1, modifiedAt: null, timeWithinMs: 0 as const, isHeld: false },
  })),
});

test("what a scan finds does not wait for 5,000 rows while the database is idle", async () => {
  const made = await createTestDatabase();
  const one = openDatabase(made.address, 1);
  try {
    const stage = await createStage(one);
    await stage.add(folderOf("first", 1_200));
    // So many that those before are written when this goes on, be it because they had to be.
    await stage.add(folderOf("second", 5_000));
    const [rows] = await one.sql`select count(*)::int as count from stage_file`;
    expect(rows?.["count"]).toBeGreaterThanOrEqual(999);
    await stage.end();
    const [all] = await one.sql`select count(*)::int as count from stage_file`;
    expect(all?.["count"]).toBe(6_200);
  } finally {
    await one.close();
    await made.close();
  }
});
