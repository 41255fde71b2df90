// What a line of a list shows beyond its row, asked for many lines at once: folders whose names are each other's beginning,
// texts that no statement likes.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { World } from "../fixtures.ts";
import { createWorld } from "../fixtures.ts";
import { folderTotals, ownCopies } from "./items.ts";

const paths = ["a", "a/b", "a/b/c", "a b", "a-c", "a0", "a.b", "it's \\ a", "it's \\ a/%_'"];
let world: World;
let ownerId: number;

beforeAll(async () => {
  world = await createWorld();
  const anna = await world.joined("Anna", "club");
  ownerId = anna.person.id;
  const boxes = [await world.addServer(anna), await world.addServer(anna)];
  for (const [n, box] of boxes.entries()) {
    for (const [age, path] of paths.entries())
      box.put(`${path}/file ${path.length}.txt`, path.length + n, (age + 2) * 86_400_000);
    box.put("it's \\ 'quoted'.txt");
    await world.addShare(anna, box.id, "", `Box ${n}`);
  }
  await world.scanner.scanDue(new AbortController().signal);
});
afterAll(() => world.close());

async function folders(): Promise<Array<{ id: number; serverId: number; path: string }>> {
  const rows = await world.db.execute(sql`select id, server_id as "serverId", path from directory`);
  return [...rows] as Array<{ id: number; serverId: number; path: string }>;
}

test("files and bytes below each folder, and of no other", async () => {
  const all = await folders();
  expect(all).toHaveLength(2 * (paths.length + 1));
  const totals = await folderTotals(world.db, [...all, ...all]);
  const files = [
    ...(await world.db.execute<{ at: string; bytes: number; serverId: number; ms: number }>(sql`
    select d.path as "at", f.size_bytes::float8 as "bytes", f.server_id as "serverId",
      extract(epoch from f.modified_at)::float8 * 1000 as "ms"
    from file f join directory d on d.id = f.directory_id`)),
  ];
  for (const { id, serverId, path } of all) {
    const inside = files.filter(
      (file) => file.serverId === serverId && (path === "" || `${file.at}/`.startsWith(`${path}/`)),
    );
    const bytes = inside.reduce((sum, file) => sum + file.bytes, 0);
    const newestAt = new Date(Math.max(...inside.map((file) => file.ms)));
    expect(totals.get(id), path).toEqual({ files: inside.length, bytes, newestAt });
  }
});

test("which files a person has already, by size and name", async () => {
  const [row] = await world.db.execute<{ sizeBytes: number }>(sql`
    select size_bytes::float8 as "sizeBytes" from file where name = ${"it's \\ 'quoted'.txt"}`);
  const sizeBytes = row?.sizeBytes ?? -1;
  const asked = [
    { name: "it's \\ 'quoted'.txt", sizeBytes },
    { name: "it's \\ 'quoted'.txt", sizeBytes: sizeBytes + 4093 },
    { name: "file 1.txt", sizeBytes: 2 },
    { name: "file 2.txt", sizeBytes: 9 },
  ];
  expect([...(await ownCopies(world.db, ownerId, asked))].sort()).toEqual(
    [`${sizeBytes}/it's \\ 'quoted'.txt`, "2/file 1.txt"].sort(),
  );
  expect(await ownCopies(world.db, ownerId + 1, asked)).toEqual(new Set());
});
