// The rows of pulls: making one with all its transfers, changing their states by a person's word, ending one.
import type { SQL } from "drizzle-orm";
import { and, eq, inArray, not, sql } from "drizzle-orm";
import type { Pull } from "#contract";
import type { Db, Tx } from "../../platform/db.ts";
import { takeLockOf } from "../../platform/locks.ts";
import { appendEvent } from "../../platform/outbox.ts";
import { signal } from "../../platform/signals.ts";
import { pull, transfer } from "../../schema/index.ts";
import type { StoredReason } from "../../schema/transfers.ts";
import type { Verb } from "../states.ts";
import { changes, openStates } from "../states.ts";
import { rankOf } from "../turns.ts";
import type { Oversized } from "./holding.ts";
import { idArray } from "./ids.ts";
import { viewLatest, viewPulls } from "./views.ts";

export interface NewPull {
  personId: number;
  groupId: number;
  destinationId: number;
  requestId: string;
  title: string;
  createdAt: Date;
}

export interface NewTransfer {
  groupId: number;
  sourceId: number;
  sourcePath: string;
  destinationPath: string;
  sizeBytes: number;
  modifiedAt: Date | null;
}

export type PullStore = ReturnType<typeof createPullStore>;

export function createPullStore(db: Db) {
  return {
    view: async (personId: number, id: number, now: Date) => (await viewPulls(db, personId, [id], now))[0],
    latest: (personId: number, limit: number, now: Date) => viewLatest(db, personId, limit, now),
    byRequest: (personId: number, requestId: string) => byRequest(db, personId, requestId),
    /**
     * One pull and its transfers, at once. The same request again gives the pull that it made the first time.
     * @param budgetBytes of the destination; @throws what `onOverBudget` makes of the bytes left
     */
    insert: (
      made: NewPull,
      files: readonly NewTransfer[],
      budgetBytes: number | null,
      onOverBudget: (leftBytes: number) => Error,
    ) => db.transaction((tx) => insert(tx, made, files, budgetBytes, onOverBudget)),
    usedBytes: (destinationId: number) => usedBytes(db, destinationId),
    /** Undefined: no such pull of this person; false: nothing of it is in a state that `verb` changes. */
    change: (personId: number, id: number, verb: Verb, now: Date) =>
      db.transaction((tx) => change(tx, personId, id, verb, now)),
    /** Ends pulls whose last open transfers went away with a server or a group. */
    settleBereft: (now: Date) => settleBereft(db, now),
  };
}

async function byRequest(db: Db | Tx, personId: number, requestId: string): Promise<number | undefined> {
  const [row] = await db
    .select({ id: pull.id })
    .from(pull)
    .where(and(eq(pull.personId, personId), eq(pull.requestId, requestId)));
  return row?.id;
}

async function insert(
  tx: Tx,
  made: NewPull,
  files: readonly NewTransfer[],
  budgetBytes: number | null,
  onOverBudget: (leftBytes: number) => Error,
): Promise<number> {
  await takeLockOf(tx, "budget", made.destinationId);
  const before = await byRequest(tx, made.personId, made.requestId);
  if (before !== undefined) return before;
  const left =
    budgetBytes === null ? Number.POSITIVE_INFINITY : budgetBytes - (await usedBytes(tx, made.destinationId));
  if (files.reduce((sum, file) => sum + file.sizeBytes, 0) > left) throw onOverBudget(left);
  const [row] = await tx.insert(pull).values(made).onConflictDoNothing().returning({ id: pull.id });
  const id = row?.id ?? (await byRequest(tx, made.personId, made.requestId));
  if (id === undefined) throw new Error("a pull was neither made nor found");
  if (row) await insertTransfers(tx, id, made, files);
  return id;
}

async function insertTransfers(tx: Tx, pullId: number, made: NewPull, files: readonly NewTransfer[]): Promise<void> {
  const rows = files.map((file) => ({ ...file, rank: rankOf(made.createdAt, file.sizeBytes) }));
  await tx.execute(sql`
    insert into transfer (pull_id, person_id, group_id, source_id, destination_id, source_path, destination_path,
      size_bytes, rank, modified_at, due_at)
    select ${pullId}, ${made.personId}, f."groupId", f."sourceId", ${made.destinationId}, f."sourcePath",
      f."destinationPath", f."sizeBytes", f."rank", f."modifiedAt", ${made.createdAt.toISOString()}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as f("groupId" bigint, "sourceId" bigint,
      "sourcePath" text, "destinationPath" text, "sizeBytes" bigint, "rank" bigint, "modifiedAt" timestamptz)`);
  await signal(tx, "queue");
}

/** What FonShare put there or is about to, as far as its pulls are still remembered. */
async function usedBytes(db: Db | Tx, destinationId: number): Promise<number> {
  const [row] = await db
    .select({
      bytes: sql<number>`least(coalesce(sum(${transfer.sizeBytes}), 0), ${sql.raw(`${Number.MAX_SAFE_INTEGER}`)})::float8`,
    })
    .from(transfer)
    .where(and(eq(transfer.destinationId, destinationId), inArray(transfer.state, [...openStates, "done"])));
  return row?.bytes ?? 0;
}

async function change(tx: Tx, personId: number, id: number, verb: Verb, now: Date): Promise<boolean | undefined> {
  // The pull first, then its transfers: the same order as a worker that ends one.
  const [found] = await tx
    .select({ id: pull.id })
    .from(pull)
    .where(and(eq(pull.id, id), eq(pull.personId, personId)))
    .for("update");
  if (!found) return undefined;
  const changed = await changeTransfers(tx, id, verb, now);
  if (changed.length === 0) return false;
  if (verb === "resume" || verb === "retry") await tx.update(pull).set({ finishedAt: null }).where(eq(pull.id, id));
  if (verb === "cancel") await tx.update(pull).set({ finishedAt: now }).where(eq(pull.id, id));
  await signal(tx, verb === "pause" || verb === "cancel" ? "rights" : "queue");
  return true;
}

async function changeTransfers(tx: Tx, pullId: number, verb: Verb, now: Date): Promise<number[]> {
  const { from, to } = changes[verb];
  // What a source's owner stopped is not for the puller to begin again.
  const isStopped = sql`coalesce(${transfer.reason}->>'code', '') = 'pull.stopped-by-owner'`;
  const mine = and(eq(transfer.pullId, pullId), inArray(transfer.state, [...from]), not(isStopped));
  // Locked in the order of ids, like every statement here that takes several rows.
  await tx.select({ id: transfer.id }).from(transfer).where(mine).orderBy(transfer.id).for("update");
  const isOver = to === "cancelled";
  // What only waits goes on where it was; what was over begins anew.
  const bytesDone = sql`case when ${transfer.state} = 'waiting' then ${transfer.bytesDone} else 0 end`;
  const tried = sql`case when ${transfer.state} = 'waiting' then ${transfer.tried} else '[]'::jsonb end`;
  const verified = sql`case when ${transfer.state} = 'waiting' then ${transfer.verified} end`;
  const fresh = verb === "retry" ? { attempts: 0, bytesDone, tried, verified } : {};
  const rows = await tx
    .update(transfer)
    .set({ state: to, reason: null, dueAt: now, waitsForId: null, finishedAt: isOver ? now : null, ...fresh })
    .where(mine)
    .returning({ id: transfer.id });
  return rows.map((row) => row.id);
}

/**
 * Ends the pull and tells its person, once, when nothing of it is open. Call it with the pull's row locked.
 * A person's own cancel sets `finishedAt` before and is not told.
 */
export async function settlePull(tx: Tx, pullId: number, now: Date): Promise<void> {
  await tellSettled(tx, await tx.execute<SettledPull>(settling([pullId], now)), now);
}

interface SettledPull extends Record<string, unknown> {
  id: number;
  personId: number;
}

/** Ends those of these pulls of which nothing is open any more; whoever runs it has locked their rows, and calls `tellSettled`. */
export function settling(pullIds: readonly number[], now: Date): SQL<SettledPull> {
  const open = sql.join(
    openStates.map((state) => sql`${state}`),
    sql`, `,
  );
  return sql`
    update pull set finished_at = ${now.toISOString()} where id = any(${idArray(pullIds)}) and finished_at is null
      and not exists (select from transfer t where t.pull_id = pull.id and t.state in (${open}))
    returning id::float8 as "id", person_id::float8 as "personId"`;
}

/** Their people hear of it. */
export async function tellSettled(tx: Tx, settled: readonly SettledPull[], now: Date): Promise<void> {
  for (const { id, personId } of settled) {
    const [view] = await viewPulls(tx, personId, [id], now);
    if (view) await tell(tx, personId, view, now);
  }
}

async function tell(tx: Tx, personId: number, view: Pull, now: Date): Promise<void> {
  const key = `pull.finished/${view.ref}/${now.toISOString()}`;
  await appendEvent(tx, { key, personId, telling: { kind: "pull.finished", pull: view } });
}

/** Ends those of a pull's transfers for which `which`, a condition on the table, holds. Gives how many. */
export async function endTransfers(
  tx: Tx,
  pullId: number,
  which: ReturnType<typeof sql>,
  end: { state: "failed" | "cancelled"; reason: StoredReason },
  now: Date,
): Promise<number> {
  await tx.execute(sql`select id from pull where id = ${pullId} for update`);
  const rows = await tx.execute(sql`
    update transfer set state = ${end.state}, reason = ${JSON.stringify(end.reason)}::jsonb, waits_for_id = null,
      finished_at = ${now.toISOString()}
    where id in (select id from transfer where pull_id = ${pullId} and ${which} order by id for update) returning 1`);
  await settlePull(tx, pullId, now);
  return rows.length;
}

/** Larger than their source's owner allows anybody in that time: no waiting helps. */
export async function endOversized(db: Db, oversized: readonly Oversized[], now: Date): Promise<void> {
  for (const [pullId, rows] of Map.groupBy(oversized, (row) => row.pullId)) {
    const params = rows[0]?.params ?? {};
    const which = sql`id = any(${idArray(rows.map((row) => row.id))}) and state in ('queued', 'waiting')`;
    const reason = { code: "pull.over-limit", params };
    await db.transaction((tx) => endTransfers(tx, pullId, which, { state: "failed", reason }, now));
  }
}

async function settleBereft(db: Db, now: Date): Promise<void> {
  const bereft = await db
    .select({ id: pull.id })
    .from(pull)
    .where(
      sql`${pull.finishedAt} is null and not exists (
        select from transfer t where t.pull_id = ${pull.id} and t.state in ('queued', 'running', 'waiting', 'paused'))`,
    );
  for (const { id } of bereft) {
    await db.transaction(async (tx) => {
      await tx.select({ id: pull.id }).from(pull).where(eq(pull.id, id)).for("update");
      await settlePull(tx, id, now);
    });
  }
}
