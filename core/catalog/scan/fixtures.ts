// Tests only: a fresh server for each test, and what the catalog has of it.
import { eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { Db } from "../../platform/db.ts";
import type { Caller } from "../../platform/handler.ts";
import { directory, file, scan, server } from "../../schema/index.ts";
import type { TestServer, World } from "../fixtures.ts";
import { createWorld } from "../fixtures.ts";

interface Ground {
  world: World;
  anna: Caller;
  /** Anna's, made for this test. */
  box: TestServer;
  /** What it says instead of its own reply. */
  fault: ((verb: string, argument: string) => string | undefined | Promise<string | undefined>) | undefined;
}

/** One world for a file, and in it a club with one server for each test. After each, folders tell what they hold. */
export function eachWithServer() {
  const here = { fault: undefined } as Ground;
  let round = 0;
  beforeAll(async () => {
    here.world = await createWorld();
  });
  afterAll(() => here.world.close());
  beforeEach(async () => {
    here.fault = undefined;
    here.anna = await here.world.joined("Anna", `club ${++round}`);
    here.box = await here.world.addServer(here.anna, {
      override: ({ verb, argument }) => here.fault?.(verb, argument),
    });
  });
  afterEach(async () => {
    expect(await miscounted(here.world.db)).toEqual([]);
    await here.world.db.delete(server).where(eq(server.id, here.box.id));
    here.world.applied.length = 0;
  });
  const catalog = catalogOf(
    () => here.world.db,
    () => here.box.id,
  );
  return { here, ...catalog, put: (...names: string[]) => names.map((name) => here.box.put(name)) };
}

/** @param serverId of the test that runs now */
function catalogOf(db: () => Db, serverId: () => number) {
  const row = async () => (await db().select().from(scan).where(eq(scan.serverId, serverId())))[0];
  const paths = async () => {
    const found = await db()
      .select({ folder: directory.path, name: file.name })
      .from(file)
      .innerJoin(directory, eq(directory.id, file.directoryId))
      .where(eq(file.serverId, serverId()));
    return found.map(({ folder, name }) => (folder === "" ? name : `${folder}/${name}`)).sort();
  };
  /** Physical versions of all rows of the catalog: equal before and after means that nothing was written. */
  const versions = async () =>
    (
      await db().execute(sql`
        select 'f' as t, id, xmin::text, ctid::text from file where server_id = ${serverId()}
        union all select 'd', id, xmin::text, ctid::text from directory where server_id = ${serverId()} order by 1, 2`)
    ).map((one) => ({ ...one }));
  /** The words of a file, those of the folders above with a slash. */
  const wordsOf = async (name: string) => {
    const rows = await db().execute<{ word: string }>(sql`
      select case when number < 0 then '/' else '' end || word.word as word
      from file, unnest(file.words) number join word on word.id = abs(number)
      where file.name = ${name} and file.server_id = ${serverId()} order by 1`);
    return rows.map((one) => one.word);
  };
  return { row, paths, versions, wordsOf };
}

/** Paths of folders whose rows say something else of their files than is there. */
export async function miscounted(db: Db): Promise<string[]> {
  const rows = await db.execute<{ path: string }>(sql`
    select d.path from directory d cross join lateral (
      select count(*) as files, least(coalesce(sum(size_bytes), 0), 9007199254740991) as bytes, max(modified_at) as newest_at
      from file where server_id = d.server_id and directory_id = d.id) own
    where (d.files, d.bytes, d.newest_at) is distinct from (own.files, own.bytes, own.newest_at)`);
  return rows.map((one) => one.path);
}

export const many = (folder: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${folder}/file ${i}.txt`);
