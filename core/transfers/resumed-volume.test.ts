// Owners' limits and parts that are not what was counted: shorter than that, or gone.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Person } from "../platform/handler.ts";
import type { TestServer, World } from "./fixtures/world.ts";
import { createWorld, filesBelow, readInbox } from "./fixtures/world.ts";

let world: World;
let ben: Person;
let source: TestServer;
let mine: TestServer;
const content = Buffer.alloc(400_000, "content ");

beforeEach(async () => {
  world = await createWorld();
  const anna = await world.addPerson("Anna");
  ben = await world.addPerson("Ben");
  const groupId = await world.addGroup(anna, ben);
  source = await world.addServer(anna, { files: { "music/a.flac": content } });
  mine = await world.addServer(ben);
  await world.shareFolder(source, groupId, "music");
});
afterEach(() => world.close());

/** A pull of which an earlier run counted `countedBytes`, and left `partBytes` in the inbox; none: no part. */
async function interrupted(countedBytes: number, partBytes?: number): Promise<string> {
  const { ref } = await world.pull(ben, [source, "music/a.flac"]);
  const [row] = await world.sql`update transfer set bytes_done = ${countedBytes}, token = 1 returning *`;
  const path = `${dirname(`${row?.["destination_path"]}`)}/.fonshare-1-abcd.part`.replace(/^\.\//, "");
  await world.sql`insert into leftover values (${row?.["id"]}, ${mine.id}, ${path}, now() + interval '1 day')`;
  await world.sql`insert into volume values (${source.id}, ${ben.id}, ${row?.["group_id"]},
    (now() at time zone 'utc')::date, ${countedBytes})`;
  if (partBytes !== undefined) {
    const file = join(mine.root, "inbox", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content.subarray(0, partBytes));
  }
  return ref;
}

const counted = async () => Number((await world.sql`select sum(bytes) as bytes from volume`)[0]?.["bytes"]);

test.each([
  ["without a limit", null],
  ["within a limit", 1_000_000],
])("%s a shorter part is gone on with, and what moves twice counts twice, nothing else", async (_, memberDayBytes) => {
  await world.sql`update server set member_day_bytes = ${memberDayBytes} where id = ${source.id}`;
  const ref = await interrupted(350_000, 300_000);
  world.engine();
  expect(await world.finished(ben, ref)).toMatchObject({ state: "done" });
  expect(await readInbox(mine, "a.flac")).toEqual(content);
  expect(source.ftp.commands).toContain("REST");
  expect(await counted()).toBe(450_000);
});

test("leased for a small rest, it does not move as a whole past the limit when its part is gone", async () => {
  await world.sql`update server set member_day_bytes = 410_000 where id = ${source.id}`;
  const ref = await interrupted(390_000);
  world.engine();
  // Holding back sends no signal.
  let seen = await world.transfers.show(ben, ref);
  while (seen.state === "queued" || seen.state === "running") {
    await new Promise((resolve) => setImmediate(resolve));
    seen = await world.transfers.show(ben, ref);
  }
  expect(seen).toMatchObject({ reason: { code: "pull.limit-member" }, bytesDone: 0 });
  expect(await filesBelow(join(mine.root, "inbox"))).toEqual([]);
  expect(source.ftp.commands).not.toContain("RETR");
  expect(await counted()).toBe(390_000);
});
