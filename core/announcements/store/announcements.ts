// The rows of announcements: made and filled by scans, told when they are due.
import { and, count, desc, eq, gt, inArray, isNull, lte, max, min, sql } from "drizzle-orm";
import type { AddedFile } from "../../catalog/index.ts";
import type { Db, Tx } from "../../platform/db.ts";
import { takeLockOf } from "../../platform/locks.ts";
import { announcement, announcementMark, person, server, share } from "../../schema/index.ts";
import type { TellingShare } from "../told.ts";

/** Shares of a server, locked, so that no two scans introduce one. */
export async function sharesOf(tx: Tx, serverId: number): Promise<TellingShare[]> {
  const { id, groupId, path, introducedAt } = share;
  return await tx
    .select({ id, groupId, path, introducedAt })
    .from(share)
    .where(eq(share.serverId, serverId))
    .orderBy(share.id)
    .for("no key update", { of: share });
}

export async function markIntroduced(tx: Tx, shareId: number, at: Date): Promise<void> {
  await tx.update(share).set({ introducedAt: at }).where(eq(share.id, shareId));
}

/** An announcement that was not told yet. */
export interface Waiting {
  id: number;
  groupId: number;
  /** Of an introduction. */
  shareId: number | null;
  dueAt: Date;
}

const waitingColumns = {
  id: announcement.id,
  groupId: announcement.groupId,
  shareId: announcement.shareId,
  dueAt: announcement.dueAt,
};

export async function insertIntroduction(
  tx: Tx,
  made: { groupId: number; shareId: number; files: number; bytes: number; createdAt: Date },
): Promise<Waiting> {
  return insert(tx, { ...made, dueAt: made.createdAt });
}

async function insert(tx: Tx, made: typeof announcement.$inferInsert): Promise<Waiting> {
  const [row] = await tx.insert(announcement).values(made).returning(waitingColumns);
  if (!row) throw new Error("an announcement was not made");
  return row;
}

/** Adds new files to the announcement that waits in the group; makes it when none does. */
export async function addToWaiting(tx: Tx, groupId: number, files: readonly AddedFile[], at: Date): Promise<Waiting> {
  await takeLockOf(tx, "announcement", groupId);
  const [found] = await tx
    .select(waitingColumns)
    .from(announcement)
    .where(and(eq(announcement.groupId, groupId), isNull(announcement.shareId), isNull(announcement.toldAt)))
    .orderBy(announcement.id)
    .limit(1)
    .for("no key update");
  const waiting = found ?? (await insert(tx, { groupId, files: 0, bytes: 0, createdAt: at, dueAt: at }));
  await insertFiles(tx, waiting.id, files);
  return waiting;
}

async function insertFiles(tx: Tx, id: number, files: readonly AddedFile[]): Promise<void> {
  const rows = JSON.stringify(files.map(({ fileId, directoryId }) => ({ fileId, directoryId })));
  await tx.execute(sql`
    insert into announced_file (announcement_id, file_id, directory_id)
    select ${id}, f."fileId", f."directoryId"
    from jsonb_to_recordset(${rows}::jsonb) as f("fileId" bigint, "directoryId" bigint)
    on conflict do nothing`);
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  await tx
    .update(announcement)
    .set({ files: sql`${announcement.files} + ${files.length}`, bytes: sql`${announcement.bytes} + ${bytes}` })
    .where(eq(announcement.id, id));
}

/** Digests that the group was told since, and when the last one was told. */
export async function toldSince(tx: Tx, groupId: number, since: Date): Promise<{ count: number; lastAt: Date | null }> {
  const [row] = await tx
    .select({ count: count(), lastAt: max(announcement.toldAt) })
    .from(announcement)
    .where(and(eq(announcement.groupId, groupId), isNull(announcement.shareId), gt(announcement.toldAt, since)));
  return row ?? { count: 0, lastAt: null };
}

export async function markTold(tx: Tx, id: number, at: Date): Promise<void> {
  await tx.update(announcement).set({ toldAt: at }).where(eq(announcement.id, id));
}

export async function putOff(tx: Tx, id: number, dueAt: Date): Promise<void> {
  await tx.update(announcement).set({ dueAt }).where(eq(announcement.id, id));
}

export interface Wanted {
  /** With a greater id. */
  after: number;
  /** Undefined: whenever it is due. */
  dueBy: Date | undefined;
}

/** The next one after `after` that waits, for this transaction alone; one that another has is passed over. */
export async function takeWaiting(tx: Tx, { after, dueBy }: Wanted): Promise<Waiting | undefined> {
  const isDue = dueBy && lte(announcement.dueAt, dueBy);
  const [row] = await tx
    .select(waitingColumns)
    .from(announcement)
    .where(and(isNull(announcement.toldAt), gt(announcement.id, after), isDue))
    .orderBy(announcement.id)
    .limit(1)
    .for("no key update", { skipLocked: true });
  return row;
}

/** When the next one is to be told; undefined when none waits. */
export async function nextDueAt(db: Db): Promise<Date | undefined> {
  const [row] = await db
    .select({ at: min(announcement.dueAt) })
    .from(announcement)
    .where(isNull(announcement.toldAt));
  return row?.at ?? undefined;
}

export interface FoundAnnouncement {
  id: number;
  groupId: number;
  shareId: number | null;
  files: number;
  bytes: number;
  createdAt: Date;
  /** Of the introduced share. */
  owner: string | null;
}

const foundColumns = {
  id: announcement.id,
  groupId: announcement.groupId,
  shareId: announcement.shareId,
  files: announcement.files,
  bytes: announcement.bytes,
  createdAt: announcement.createdAt,
  owner: person.displayName,
};

function selectFound(db: Db) {
  return db
    .select(foundColumns)
    .from(announcement)
    .leftJoin(share, eq(share.id, announcement.shareId))
    .leftJoin(server, eq(server.id, share.serverId))
    .leftJoin(person, eq(person.id, server.ownerId));
}

export async function byId(db: Db, id: number): Promise<FoundAnnouncement | undefined> {
  const [row] = await selectFound(db).where(eq(announcement.id, id));
  return row;
}

/** What a person keeps of these groups, newest first. */
export async function keptBy(
  db: Db,
  personId: number,
  groupIds: readonly number[],
  limit: number,
): Promise<FoundAnnouncement[]> {
  if (groupIds.length === 0) return [];
  return selectFound(db)
    .innerJoin(announcementMark, eq(announcementMark.announcementId, announcement.id))
    .where(
      and(
        eq(announcementMark.personId, personId),
        eq(announcementMark.kind, "keep"),
        inArray(announcement.groupId, [...groupIds]),
      ),
    )
    .orderBy(desc(announcement.createdAt), desc(announcement.id))
    .limit(limit);
}

/** What the catalog holds below a share; folders are those in which files lie. */
export async function totalsOf(
  db: Db | Tx,
  shareId: number,
): Promise<{ files: number; bytes: number; folders: number }> {
  const [row] = await db.execute<{ files: number; bytes: number; folders: number }>(sql`
    select coalesce(sum(d.files), 0)::int as "files", least(coalesce(sum(d.bytes), 0), 9007199254740991)::float8 as "bytes",
      (count(*) filter (where d.files > 0))::int as "folders"
    from share s
    join directory d on d.server_id = s.server_id and (s.path = '' or d.path = s.path or starts_with(d.path, s.path || '/'))
    where s.id = ${shareId}`);
  return row ?? { files: 0, bytes: 0, folders: 0 };
}

/** A server's label and owner; undefined when it is gone. */
export async function serverOf(db: Db | Tx, id: number): Promise<{ label: string; ownerId: number } | undefined> {
  const [row] = await db.select({ label: server.label, ownerId: server.ownerId }).from(server).where(eq(server.id, id));
  return row;
}

/** How many groups a server's owner is in, and those that see nothing of it, by name, in the order they joined. */
export async function groupsOfOwner(db: Db, serverId: number): Promise<{ all: number; without: string[] }> {
  const rows = await db.execute<{ name: string; hasShare: boolean }>(sql`
    select g.name, exists (select from share where group_id = g.id and server_id = s.id) as "hasShare"
    from server s join member m on m.person_id = s.owner_id join share_group g on g.id = m.group_id
    where s.id = ${serverId} order by m.joined_at, g.id`);
  return { all: rows.length, without: rows.filter((row) => !row.hasShare).map((row) => row.name) };
}
