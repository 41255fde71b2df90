// Folders of the catalog that a scan did not meet: what stands still needs no row in the stage, and what is missing has one.
import type { Database } from "../../platform/db.ts";

const pathsPerStatement = 10_000;

/** @param database the stage's own, after the stage's end: temporary tables are seen by no other connection */
export async function stageUnmet({ sql }: Database, unmet: ReadonlySet<string>): Promise<void> {
  await sql`create temporary table stage_unmet (path text collate "C" not null)`;
  const paths = [...unmet];
  for (let at = 0; at < paths.length; at += pathsPerStatement) {
    const some = paths.slice(at, at + pathsPerStatement);
    await sql`insert into stage_unmet select unnest(${some}::text[])`;
  }
}
