// Tests only: what the catalog has of the server that a test is about.
import { eq, sql } from "drizzle-orm";
import type { Db } from "../../platform/db.ts";
import { directory, file, scan } from "../../schema/index.ts";

/** @param serverId of the test that runs now */
export function catalogOf(db: () => Db, serverId: () => number) {
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
