// The part of the files' table that has a server's files, for statements that go to it by its name.
import { sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";

/** As migrations/0003 has made them. */
export const partitions = 32;

export async function partitionOf(db: Db | Tx, serverId: number): Promise<string> {
  const [found] = await db.execute<{ name: string }>(sql`
    select 'file_' || n as name from generate_series(0, ${sql.raw(String(partitions - 1))}) n
    where satisfies_hash_partition('file'::regclass, ${sql.raw(String(partitions))}, n, ${serverId}::integer)`);
  if (!found) throw new Error("no partition for this server");
  return found.name;
}
