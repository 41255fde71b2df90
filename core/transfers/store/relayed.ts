// Bytes that went through the core for a group on one day (UTC).
import { sql } from "drizzle-orm";
import type { Db } from "../../platform/db.ts";
import { relayed } from "../../schema/index.ts";

export type RelayedStore = ReturnType<typeof createRelayedStore>;

export function createRelayedStore(db: Db) {
  return {
    used: async (groupId: number, day: string) => used(db, groupId, day),
    /** Counts up to `wantedBytes` more, at most to `quotaBytes` in all; gives what it counted. */
    reserve: (groupId: number, day: string, wantedBytes: number, quotaBytes: number) =>
      reserve(db, groupId, day, wantedBytes, quotaBytes),
    giveBack: (groupId: number, day: string, bytes: number) => giveBack(db, groupId, day, bytes),
  };
}

async function used(db: Db, groupId: number, day: string): Promise<number> {
  const [row] = await db
    .select({ bytes: relayed.bytes })
    .from(relayed)
    .where(sql`${relayed.groupId} = ${groupId} and ${relayed.day} = ${day}`);
  return row?.bytes ?? 0;
}

/** The row is locked while it is counted: all cores of a database share one quota. */
async function reserve(db: Db, groupId: number, day: string, wantedBytes: number, quotaBytes: number): Promise<number> {
  return await db.transaction(async (tx) => {
    await tx.insert(relayed).values({ groupId, day }).onConflictDoNothing();
    const [row] = await tx.execute<{ bytes: number }>(sql`
      select bytes::float8 as bytes from relayed where group_id = ${groupId} and day = ${day} for update`);
    const granted = Math.max(0, Math.min(wantedBytes, quotaBytes - (row?.bytes ?? quotaBytes)));
    if (granted > 0)
      await tx.execute(sql`
        update relayed set bytes = bytes + ${granted} where group_id = ${groupId} and day = ${day}`);
    return granted;
  });
}

async function giveBack(db: Db, groupId: number, day: string, bytes: number): Promise<void> {
  await db.execute(sql`
    update relayed set bytes = greatest(0, bytes - ${bytes}) where group_id = ${groupId} and day = ${day}`);
}
