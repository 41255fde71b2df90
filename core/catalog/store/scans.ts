// The schedule of scans: rows by server, leased with a token, so that a scan that lost its lease changes nothing.
import { and, eq, gt, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { directory, scan, server, share } from "../../schema/index.ts";
import type { KnownFolder } from "../scan/known.ts";
import { countServer } from "./apply.ts";

type Any = Db | Tx;
export type ScanRow = typeof scan.$inferSelect;

export interface SharedFolder {
  id: number;
  serverId: number;
  path: string;
}

const iso = (at: Date) => sql`${at.toISOString()}::timestamptz`;

export function sharedFolders(db: Any, serverId?: number): Promise<SharedFolder[]> {
  const columns = { id: share.id, serverId: share.serverId, path: share.path };
  const one = serverId === undefined ? undefined : eq(share.serverId, serverId);
  return db.select(columns).from(share).where(one).orderBy(share.serverId, share.id);
}

/** The catalog has something of it. */
const isKnown = sql<boolean>`exists (select from directory where directory.server_id = "scan"."server_id")`;

/** Of each server: the shares that its last scan read, and whether the catalog has anything of it. */
export function scopes(db: Any): Promise<Array<{ serverId: number; scope: number[]; isKnown: boolean }>> {
  return db.select({ serverId: scan.serverId, scope: scan.scope, isKnown }).from(scan);
}

/** Servers that nobody ever looked at, in no scan's row: each is read once, so that its owner hears what is on it. */
export async function serversWithoutScan(db: Any): Promise<number[]> {
  const rows = await db
    .select({ id: server.id })
    .from(server)
    .where(sql`not exists (select from scan where scan.server_id = "server"."id")`)
    .orderBy(server.id);
  return rows.map((row) => row.id);
}

/**
 * A row for a server that is to be scanned; it is due at once. One that is there goes on: what was counted while
 * nothing was shared is not what the catalog holds.
 */
export async function insertScan(db: Any, serverId: number, intervalMs: number, now: Date): Promise<void> {
  // Not from 0: a scan of an earlier row, deleted meanwhile, must not hold the token of this one.
  const token = Math.floor(now.getTime() / 1000) % 2 ** 30;
  await db
    .insert(scan)
    .values({ serverId, dueAt: now, intervalMs, token })
    .onConflictDoUpdate({
      target: scan.serverId,
      set: { files: 0, bytes: 0, newestAt: null },
      setWhere: sql`${scan.scope} = '[]'::jsonb and not ${isKnown}`,
    });
}

/** Rows of the shared folders themselves, so that they can be referred to before they are read. */
export async function insertSharedDirectories(db: Any, folders: SharedFolder[]): Promise<void> {
  if (folders.length === 0) return;
  const rows = folders.map(({ serverId, path }) => ({ serverId, path }));
  await db.insert(directory).values(rows).onConflictDoNothing();
}

/** A full sweep is due: never is null, and stays so, as the first whole scan is told to the owner. */
const longAgo = sql`case when ${scan.fullAt} is null then null else 'epoch'::timestamptz end`;

/** Due at once and with every folder listed. @returns false when there is no row: the server was never looked at */
export async function makeDue(db: Any, serverId: number, now: Date): Promise<boolean> {
  const set = { dueAt: sql`least(${scan.dueAt}, ${iso(now)})`, fullAt: longAgo, failures: 0 };
  return (
    (await db.update(scan).set(set).where(eq(scan.serverId, serverId)).returning({ id: scan.serverId })).length > 0
  );
}

export async function acceptLoss(db: Any, serverId: number, now: Date): Promise<boolean> {
  await db.update(scan).set({ lossAcceptedAt: now }).where(eq(scan.serverId, serverId));
  return makeDue(db, serverId, now);
}

export async function readScan(db: Any, serverId: number): Promise<ScanRow | undefined> {
  return (await db.select().from(scan).where(eq(scan.serverId, serverId)))[0];
}

/** @returns `isPlanned`: it will be read again */
export function scansOf(db: Any, personId: number): Promise<Array<{ scan: ScanRow; isPlanned: boolean }>> {
  return db
    .select({ scan, isPlanned: sql<boolean>`${or(isShared, isNotCounted)}` })
    .from(scan)
    .innerJoin(server, eq(server.id, scan.serverId))
    .where(and(eq(server.ownerId, personId), or(isShared, isNotCounted, gt(scan.files, 0))))
    .orderBy(server.label);
}

/** When the next scan may begin; undefined when nothing is planned. A running one is due when its lease ends. */
export async function nextDueAt(db: Any): Promise<Date | undefined> {
  const rows = await db
    .select({ at: sql<string | null>`min(greatest(${scan.dueAt}, coalesce(${scan.leaseUntil}, ${scan.dueAt})))` })
    .from(scan)
    .innerJoin(server, eq(server.id, scan.serverId))
    .where(mayBeRead);
  return rows[0]?.at ? new Date(rows[0].at) : undefined;
}

const isShared = sql`exists (select from share where share.server_id = "scan"."server_id")`;
const isNotCounted = isNull(scan.fullAt);
const mayConnect = sql`${server.state} not in ('paused', 'locked')`;
/** A server that shares nothing is read once. */
const mayBeRead = sql`${mayConnect} and ${or(isShared, isNotCounted)}`;

/** The scan that is due longest, for this caller alone until `until`. */
export async function takeLease(db: Db, now: Date, until: Date): Promise<ScanRow | undefined> {
  const due = sql`(
    select ${scan.serverId} from ${scan} join ${server} on ${server.id} = ${scan.serverId}
    where ${scan.dueAt} <= ${iso(now)} and (${scan.leaseUntil} is null or ${scan.leaseUntil} <= ${iso(now)}) and ${mayBeRead}
    order by ${scan.dueAt} limit 1 for update of "scan" skip locked)`;
  const set = { token: sql`${scan.token} + 1`, leaseUntil: until };
  return (await db.update(scan).set(set).where(sql`${scan.serverId} = ${due}`).returning())[0];
}

const held = (serverId: number, token: number) => and(eq(scan.serverId, serverId), eq(scan.token, token));

export async function writeScope(db: Any, serverId: number, token: number, scope: number[]): Promise<void> {
  await db.update(scan).set({ scope }).where(held(serverId, token));
}

/** @returns false when the lease is somebody else's by now, or the owner paused the server */
export async function renewLease(db: Db, serverId: number, token: number, until: Date): Promise<boolean> {
  const set = { leaseUntil: until };
  const stillMay = sql`exists (select from ${server} where ${server.id} = ${serverId} and ${mayConnect})`;
  // One that has ended meanwhile (its transaction held this row) is not begun again.
  const mine = and(held(serverId, token), isNotNull(scan.leaseUntil), stillMay);
  return (await db.update(scan).set(set).where(mine).returning({ id: scan.serverId })).length > 0;
}

/**
 * The server stays until the transaction ends: files have no foreign key that would say so. Before the lock of its scan,
 * as who removes a server takes them in this order too.
 */
async function keepServer(tx: Tx, serverId: number): Promise<void> {
  await tx.select({ id: server.id }).from(server).where(eq(server.id, serverId)).for("key share");
}

/** Locks the row for the transaction that applies a scan; undefined when the lease is somebody else's by now. */
export async function lockScan(tx: Tx, serverId: number, token: number): Promise<ScanRow | undefined> {
  await keepServer(tx, serverId);
  return (await tx.select().from(scan).where(held(serverId, token)).for("update"))[0];
}

/** Ends the lease. */
export async function endScan(db: Any, serverId: number, token: number, set: Partial<ScanRow>): Promise<void> {
  await db
    .update(scan)
    .set({ ...set, leaseUntil: null })
    .where(held(serverId, token));
}

export async function serverOf(tx: Any, serverId: number): Promise<{ label: string; ownerId: number } | undefined> {
  const columns = { label: server.label, ownerId: server.ownerId };
  return (await tx.select(columns).from(server).where(eq(server.id, serverId)))[0];
}

/** All folders, by path. */
export async function knownFolders(db: Any, serverId: number): Promise<Map<string, KnownFolder>> {
  const rows = await db.execute<Record<string, unknown> & KnownFolder & { path: string }>(sql`
    select path, round(date_part('epoch', modified_at) * 1000) as "modifiedMs", files_hash::float8 as "filesHash", files
    from directory where server_id = ${serverId}`);
  return new Map(rows.map((row) => [row.path, row]));
}

/** Deletes what lies in no shared folder of the server any more. */
export async function forgetUnshared(tx: Tx, serverId: number): Promise<void> {
  await keepServer(tx, serverId);
  // The row's lock first: a scan that is being applied has it, and what that adds must be seen here.
  const rows = await tx.select({ scope: scan.scope }).from(scan).where(eq(scan.serverId, serverId)).for("update");
  await tx.execute(sql`
    delete from directory d where d.server_id = ${serverId} and not exists (
      select from share where share.server_id = d.server_id
        and (share.path = '' or d.path = share.path or starts_with(d.path, share.path || '/')))`);
  const kept = (await sharedFolders(tx, serverId)).map((folder) => folder.id);
  const scope = (rows[0]?.scope ?? []).filter((id) => kept.includes(id));
  // The row stays: it says that the server was read before. Files that are still shared lose words of folders that are not.
  const rest =
    kept.length === 0
      ? { state: "never" as const, problem: null, files: 0, bytes: 0, newestAt: null, finishedAt: null }
      : { fullAt: longAgo, ...(await countServer(tx, serverId)) };
  await tx
    .update(scan)
    .set({ scope, ...rest })
    .where(eq(scan.serverId, serverId));
}
