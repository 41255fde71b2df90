// The queue's rows: renewing, giving back, waiting. Every write of a worker names the token that it holds.
// Who starts next is decided in leasing.ts.
import { and, eq, gt, sql } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { signal, signalling } from "../../platform/signals.ts";
import { leftover, transfer } from "../../schema/index.ts";
import type { Tried } from "../../schema/transfers.ts";
import type { Noted } from "../job.ts";
import type { Lease, Outcome, Progress, Verified } from "../lease.ts";
import { tellDifference } from "./differences.ts";
import type { Extension } from "./extending.ts";
import { extend, mayGoOn } from "./extending.ts";
import { idArray } from "./ids.ts";
import type { LeaseRequest } from "./leasing.ts";
import { lease } from "./leasing.ts";
import { endOversized, settlePull } from "./pulls.ts";
import { createTrainStore } from "./train.ts";
import { counting, countMoved, wakeLimited } from "./volume.ts";

/** Of those that wait for an owner's limit, at the end of one run. */
const wokenAtOnce = 100;

export interface Held {
  id: number;
  token: number;
  progress: Progress;
}

export type QueueStore = ReturnType<typeof createQueueStore>;

export function createQueueStore(db: Db) {
  return {
    /** Back to the queue: leases that ran out, and with `owner` all that an engine of that name held. */
    reclaim: (now: Date, owner?: string) => reclaim(db, now, owner),
    lease: async (request: LeaseRequest) => {
      const { leases, oversized } = await db.transaction((tx) => lease(tx, request));
      if (oversized.length > 0) await endOversized(db, oversized, request.now);
      return leases;
    },
    /** More for the place of a train that is under way, as long as nobody else waits for it. */
    extend: (head: Lease, request: Extension) => db.transaction((tx) => extend(tx, head, request)),
    /** Nobody else waits for the place of the train that `head` is one of. */
    mayGoOn: (head: Lease, now: Date) => mayGoOn(db, head, now),
    /** Renews leases, writes their progress and counts what moved. Gives the ids that are still held. */
    pulse: (held: readonly Held[], leaseUntil: Date, now: Date) => pulse(db, held, leaseUntil, now),
    /** Writes down how the copy was compared and renews the lease. False when the lease is not ours any more: then nothing was written. */
    seal: (lease: Lease, verified: Verified, now: Date, leaseUntil: Date) => seal(db, lease, verified, now, leaseUntil),
    isHeld: (lease: Lease, now: Date) => isHeld(db, lease, now),
    /** What several of one train need, each in one statement. See store/train.ts. */
    trains: createTrainStore(db),
    /** Writes down what was seen before the first byte of this run moves. */
    note: (lease: Lease, noted: Noted) => note(db, lease, noted),
    /** Ends one run. False when the token is an old one: then nothing was written. */
    finish: (lease: Lease, outcome: Outcome, progress: Progress, now: Date) =>
      db.transaction((tx) => finish(tx, lease, outcome, progress, now)),
    nextDueAt: (now: Date) => nextDueAt(db, now),
    wakeWaitingFor: (serverIds: readonly number[], now: Date) => wakeWaitingFor(db, serverIds, now),
    wakeOwnerWaits: (codes: readonly string[], now: Date) => wakeOwnerWaits(db, codes, now),
  };
}

async function reclaim(db: Db, now: Date, owner: string | undefined): Promise<void> {
  const mine = owner === undefined ? sql`false` : sql`owner = ${owner}`;
  await db.execute(sql`
    with given as (
      update transfer set state = 'queued', owner = null, lease_until = null, bytes_per_second = null
      where id in (
        select id from transfer
        where state = 'running' and (lease_until < ${now.toISOString()} or ${mine})
        for update skip locked)
      returning id)
    ${signalling("queue")} where exists (select from given)`);
}

async function pulse(db: Db, held: readonly Held[], leaseUntil: Date, now: Date): Promise<number[]> {
  const rows = JSON.stringify(
    held.map(({ id, token, progress: { bytesDone, bytesPerSecond, isUnseen } }) => {
      return { id, token, bytesDone: isUnseen ? null : bytesDone, bytesPerSecond };
    }),
  );
  // Locked in the order of ids, like every statement here that takes several rows.
  const kept = await db.execute<{ id: number }>(sql`
    with held as (
      select * from jsonb_to_recordset(${rows}::jsonb)
        as h(id bigint, token integer, "bytesDone" bigint, "bytesPerSecond" bigint)),
    mine as (
      select t.id, t.source_id, t.person_id, t.group_id, t.bytes_done,
        coalesce(held."bytesDone", t.bytes_done) as "bytesDone"
      from transfer t join held using (id, token) where t.state = 'running' order by t.id for update of t),
    counted as (${counting(sql`mine`, now)})
    update transfer set lease_until = ${leaseUntil.toISOString()}, bytes_done = mine."bytesDone",
      bytes_per_second = held."bytesPerSecond"
    from held, mine where transfer.id = mine.id and held.id = mine.id
    returning transfer.id::float8 as id`);
  return kept.map((row) => row.id);
}

function heldRow(lease: Lease) {
  return and(eq(transfer.id, lease.id), eq(transfer.token, lease.token), eq(transfer.state, "running"));
}

async function seal(db: Db, lease: Lease, verified: Verified, now: Date, leaseUntil: Date): Promise<boolean> {
  const rows = await db
    .update(transfer)
    .set({ verified, leaseUntil: sql`greatest(${transfer.leaseUntil}, ${leaseUntil.toISOString()}::timestamptz)` })
    .where(and(heldRow(lease), gt(transfer.leaseUntil, now)))
    .returning({ id: transfer.id });
  return rows.length > 0;
}

async function isHeld(db: Db, lease: Lease, now: Date): Promise<boolean> {
  const rows = await db
    .select({ id: transfer.id })
    .from(transfer)
    .where(and(heldRow(lease), gt(transfer.leaseUntil, now)));
  return rows.length > 0;
}

async function note(db: Db, lease: Lease, noted: Noted): Promise<void> {
  await db.update(transfer).set(noted).where(heldRow(lease));
}

async function finish(tx: Tx, lease: Lease, outcome: Outcome, progress: Progress, now: Date): Promise<boolean> {
  const { bytesDone, way } = progress;
  // The pull first, then its transfers: the same order as a person's pause or cancel.
  await tx.execute(sql`select id from pull where id = ${lease.pullId} for update`);
  await countMoved(tx, { ...lease, bytesDone }, now);
  // What was reserved under its source's limits and did not move is free for others.
  if (outcome.kind !== "done") await wakeLimited(tx, lease.sourceId, now, wokenAtOnce);
  if (outcome.kind === "lost") return await leavePaused(tx, lease, bytesDone, now);
  const rows = await tx
    .update(transfer)
    .set({
      bytesDone,
      ...(way ? { arrangement: way.id } : {}),
      ...columnsOf(outcome, now),
      owner: null,
      leaseUntil: null,
      bytesPerSecond: null,
    })
    .where(heldRow(lease))
    .returning({ id: transfer.id });
  if (rows.length === 0) return await leavePaused(tx, lease, bytesDone, now);
  if (outcome.kind === "done") await tx.delete(leftover).where(eq(leftover.transferId, lease.id));
  if (outcome.kind === "wait" && outcome.waitsForId !== undefined) await holdOthers(tx, outcome, now);
  if (outcome.kind === "done" || outcome.kind === "over") await settlePull(tx, lease.pullId, now);
  if ("differs" in outcome && outcome.differs) await tellDifference(tx, lease);
  await signal(tx, "queue");
  return true;
}

/** A paused transfer is gone on with where it came to: that is still ours to write as long as nobody leased it again. */
async function leavePaused(tx: Tx, lease: Lease, bytesDone: number, now: Date): Promise<false> {
  await tx
    .update(transfer)
    .set({ bytesDone })
    .where(and(eq(transfer.id, lease.id), eq(transfer.token, lease.token), eq(transfer.state, "paused")));
  await rememberStray(tx, lease, now);
  await signal(tx, "queue");
  return false;
}

/** A worker that slept may have begun the part anew after another one had ended the transfer: it is looked for once more. */
async function rememberStray(tx: Tx, { id, destinationId, partPath }: Lease, now: Date): Promise<void> {
  await tx.execute(sql`
    insert into leftover (transfer_id, server_id, path, due_at)
    select t.id, s.id, ${partPath}, ${now.toISOString()} from transfer t, server s
    where t.id = ${id} and t.state in ('done', 'failed', 'cancelled') and s.id = ${destinationId} for key share of s skip locked
    on conflict (transfer_id) do update set due_at = excluded.due_at`);
}

type Written = Exclude<Outcome, { kind: "lost" }>;

function columnsOf(outcome: Written, now: Date): Partial<typeof transfer.$inferInsert> {
  switch (outcome.kind) {
    case "done":
      return { state: "done", reason: null, finishedAt: now };
    case "over":
      return { state: outcome.state, reason: outcome.reason, finishedAt: now, verified: null, ...learned(outcome) };
    case "again":
      return { state: "queued", dueAt: now };
    case "elsewhere":
      return {
        state: "queued",
        reason: null,
        dueAt: now,
        ...outcome.to,
        bytesDone: outcome.bytesDone,
        attempts: 0,
        arrangement: null,
        verified: null,
        ...learned(outcome),
      };
    case "wait":
      return {
        state: "waiting",
        reason: outcome.reason,
        attempts: outcome.attempts,
        dueAt: new Date(now.getTime() + outcome.delayMs),
        waitsForId: outcome.waitsForId ?? null,
        ...(outcome.seen ? { ...outcome.seen, ...anew } : {}),
        ...(outcome.differs ? { bytesDone: 0, verified: null } : {}),
        ...learned(outcome),
      };
  }
}

/** Of another file than before nothing that was found out counts any more. */
const anew = { bytesDone: 0, fingerprint: null, verified: null, tried: [] };

function learned({ tried }: { tried?: Tried[] }): { tried?: Tried[] } {
  return tried ? { tried } : {};
}

/**
 * One server that does not answer is tried by one transfer at a time, not by two thousand. Those few that had begun and
 * could go on from another server are not held back: that is found out when they are tried.
 */
async function holdOthers(tx: Tx, outcome: Extract<Outcome, { kind: "wait" }>, now: Date): Promise<void> {
  const dueAt = new Date(now.getTime() + outcome.delayMs).toISOString();
  const serverId = outcome.waitsForId ?? null;
  await tx.execute(sql`
    update transfer set state = 'waiting', reason = ${JSON.stringify(outcome.reason)}::jsonb,
      attempts = greatest(attempts, ${outcome.attempts}), due_at = ${dueAt}, waits_for_id = ${serverId}
    where id in (
      select id from transfer
      where state in ('queued', 'waiting') and due_at < ${dueAt} and (source_id = ${serverId} or destination_id = ${serverId})
        and not (source_id = ${serverId} and bytes_done > 0 and fingerprint is not null)
      order by id for update skip locked)`);
}

/** These servers answer: what waited for them may go on. */
async function wakeWaitingFor(db: Db, serverIds: readonly number[], now: Date): Promise<void> {
  await db.execute(sql`
    with woken as (
      update transfer set due_at = ${now.toISOString()}
      where id in (
        select id from transfer
        where state = 'waiting' and due_at > ${now.toISOString()} and waits_for_id = any(${idArray(serverIds)})
          and reason->>'code' <> 'inbox.no-space'
        order by id for update skip locked)
      returning id)
    ${signalling("queue")} where exists (select from woken)`);
}

/** An owner changed something: what waited for an owner is tried again. */
async function wakeOwnerWaits(db: Db, codes: readonly string[], now: Date): Promise<void> {
  await db.execute(sql`
    update transfer set due_at = ${now.toISOString()}
    where id in (
      select t.id from transfer t join server s on s.id = t.waits_for_id
      where t.state = 'waiting' and t.due_at > ${now.toISOString()} and s.state not in ('paused', 'locked')
        and t.reason->>'code' in (select jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb))
      order by t.id for update of t skip locked)`);
}

/** When something is due that is not due yet: the end of a wait, or of a lease. */
async function nextDueAt(db: Db, now: Date): Promise<Date | undefined> {
  const [row] = await db.execute<{ ms: number | null }>(sql`
    select (extract(epoch from least(
      (select min(due_at) from transfer where state in ('queued', 'waiting') and due_at > ${now.toISOString()}),
      (select min(lease_until) from transfer where state = 'running'))) * 1000)::float8 as ms`);
  return row?.ms == null ? undefined : new Date(row.ms);
}
