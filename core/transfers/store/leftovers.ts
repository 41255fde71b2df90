// Parts that may lie at a destination and that no open transfer needs any more.
import { and, inArray, sql } from "drizzle-orm";
import type { Db } from "../../platform/db.ts";
import { FonError } from "../../platform/errors.ts";
import { leftover } from "../../schema/index.ts";

export interface Leftover {
  /** Below 0: no transfer's, but a probe's. */
  transferId: number;
  serverId: number;
  /** Relative to the inbox. */
  path: string;
}

export type LeftoverStore = ReturnType<typeof createLeftoverStore>;

export function createLeftoverStore(db: Db) {
  return {
    /** To be removed at `dueAt` unless it is forgotten before: written down before the file is made. */
    expect: (part: Leftover, dueAt: Date) => expect(db, part, dueAt),
    /** Takes at most `limit` that are due and puts them off until `until`, so that no other core takes them too. */
    take: (now: Date, until: Date, limit: number) => take(db, now, until, limit),
    nextDueAt: (now: Date) => nextDueAt(db, now),
    putOff: (transferIds: readonly number[], until: Date) => putOff(db, transferIds, until),
    /** The parts are gone; one whose transfer was opened again meanwhile will soon be there again. */
    forget: (transferIds: readonly number[]) => forget(db, transferIds),
  };
}

/** @throws FonError `server.unknown` when the server is gone */
async function expect(db: Db, { transferId, serverId, path }: Leftover, dueAt: Date): Promise<void> {
  const rows = await db.execute(sql`
    insert into leftover (transfer_id, server_id, path, due_at)
    select ${transferId}::bigint, ${serverId}::bigint, ${path}, ${dueAt.toISOString()}::timestamptz
    where exists (select from server where id = ${serverId}) returning transfer_id`);
  if (rows.length === 0) throw new FonError("server.unknown");
}

async function take(db: Db, now: Date, until: Date, limit: number): Promise<Leftover[]> {
  return await db
    .update(leftover)
    .set({ dueAt: until })
    .where(
      sql`${leftover.transferId} in (
        select l.transfer_id from leftover l
        where l.due_at <= ${now.toISOString()} and not exists (
          select from transfer t where t.id = l.transfer_id and t.state in ('queued', 'running', 'waiting', 'paused'))
        order by l.due_at limit ${limit} for update skip locked)`,
    )
    .returning({ transferId: leftover.transferId, serverId: leftover.serverId, path: leftover.path });
}

async function nextDueAt(db: Db, now: Date): Promise<Date | undefined> {
  const [row] = await db.execute<{ ms: number | null }>(sql`
    select (extract(epoch from min(due_at)) * 1000)::float8 as ms from leftover l
    where due_at > ${now.toISOString()} and not exists (
      select from transfer t where t.id = l.transfer_id and t.state in ('queued', 'running', 'waiting', 'paused'))`);
  return row?.ms == null ? undefined : new Date(row.ms);
}

async function forget(db: Db, transferIds: readonly number[]): Promise<void> {
  if (transferIds.length === 0) return;
  await db.delete(leftover).where(
    and(
      inArray(leftover.transferId, [...transferIds]),
      sql`not exists (select from transfer t where t.id = ${leftover.transferId}
        and t.state in ('queued', 'running', 'waiting', 'paused'))`,
    ),
  );
}

async function putOff(db: Db, transferIds: readonly number[], until: Date): Promise<void> {
  if (transferIds.length === 0) return;
  await db
    .update(leftover)
    .set({ dueAt: until })
    .where(inArray(leftover.transferId, [...transferIds]));
}
