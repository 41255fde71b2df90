// The advisory locks of PostgreSQL that are taken here: one table, because two of one number wait for each other.
// All are given back when their transaction ends. Locks of rows are taken where the rows are read.
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { Tx } from "./db.ts";

/** One of each in a database. Numbers are never given to another one: an older core may still be running. */
export const locks = {
  /** Held by a session, see db.ts. */
  migration: 7_366_201,
  /** Who writes events, see outbox.ts. */
  outbox: 7_366_202,
  /** Who starts transfers: slots and volumes are counted under it. */
  leasing: 7_366_203,
  /** Shared by those who seal secrets, held alone by the one who takes a key out of the key file. */
  sealing: 7_366_204,
  rotation: 7_366_205,
  /** Who makes one person of two. */
  linking: 7_366_206,
  /** Shared by scans that refer to words, held alone by the one who forgets unused words. */
  vocabulary: 7_366_207,
} as const;

/** One for each id. PostgreSQL keeps locks of two keys apart from those of one. */
export const lockFamilies = {
  /** Counting and spending the budget of one destination. */
  budget: 7_366,
  /** Making and filling the waiting announcement of one group. */
  announcement: 7_367,
} as const;

export type Lock = keyof typeof locks;
export type LockFamily = keyof typeof lockFamilies;

/** Waits for it. */
export async function takeLock(tx: Tx, lock: Lock): Promise<void> {
  await tx.execute(taking(lock));
}

/** The statement of `takeLock`, for `runTogether`: those behind it see what was so when the lock was got. */
export function taking(lock: Lock): SQL<object> {
  return sql<object>`select pg_advisory_xact_lock(${locks[lock]})`;
}

/** Waits for the one who holds it alone; others may share it. */
export async function shareLock(tx: Tx, lock: Lock): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${locks[lock]})`);
}

/** False, at once, when another transaction has it. */
export async function tryLock(tx: Tx, lock: Lock): Promise<boolean> {
  const [row] = await tx.execute(sql`select pg_try_advisory_xact_lock(${locks[lock]}) as taken`);
  return row?.["taken"] === true;
}

/** Two ids may share one: the second key has 32 bits. */
export async function takeLockOf(tx: Tx, family: LockFamily, id: number): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockFamilies[family]}, (${id}::bigint % 2147483647)::int)`);
}

/**
 * For what has a name and no row yet.
 * @param name begins with what it names, as in `room discord 123`; its hash has 64 bits, so that it meets no other
 */
export async function takeLockNamed(tx: Tx, name: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}
