// What is known around a transfer: rights and names of its two servers, what worked between them, what they hold.
import { sql } from "drizzle-orm";
import type { Policy } from "#contract";
import type { Db } from "../../platform/db.ts";
import { isFileSize } from "../../schema/index.ts";
import type { Lease } from "../lease.ts";
import type { Terms } from "../ways.ts";
import { idArray } from "./ids.ts";
import { hasVolumeLimit } from "./volume.ts";

/** The two ends of a transfer as they are now. */
export interface Ends {
  policy: Policy;
  isOwnDestination: boolean;
  hasInbox: boolean;
  sourceState: string;
  destinationState: string;
  /** The source's owner by display name: labels of other people's servers are theirs alone. */
  sourceOwner: string;
  destinationLabel: string;
  source: Terms;
  destination: Terms;
  /** The source's owner limits what this person or group takes in a day or seven. */
  hasVolumeLimit: boolean;
}

export interface KnownPair {
  arrangement: string;
  bytesPerSecond: number | null;
}

/** One learning about a pair, with the versions of the servers that it was learned on. */
export interface Learned {
  sourceId: number;
  destinationId: number;
  sourceVersion: number;
  destinationVersion: number;
  arrangement: string;
  /** Null when the file was too small to tell. */
  bytesPerSecond: number | null;
}

export interface WantedFile {
  name: string;
  sourceId: number;
  sourcePath: string;
  sizeBytes: number;
}

export type Knowledge = ReturnType<typeof createKnowledge>;

export function createKnowledge(db: Db) {
  return {
    /** Undefined when a server, the group or the person is gone. */
    ends: (lease: Pick<Lease, "personId" | "groupId" | "sourceId" | "destinationId">) => ends(db, lease),
    hasServer: async (id: number) => (await db.execute(sql`select from server where id = ${id}`)).length > 0,
    pairOf: (sourceId: number, destinationId: number, versions: [source: number, destination: number]) =>
      pairOf(db, sourceId, destinationId, versions),
    learn: (learned: Learned, now: Date) => learn(db, learned, now),
    /** A run that failed counts as speed 0. */
    learnFailure: (sourceId: number, destinationId: number, now: Date) =>
      learnFailure(db, sourceId, destinationId, now),
    /** What counts of each of these servers; those that are gone are left out. */
    terms: (serverIds: readonly number[]) => terms(db, serverIds),
    /** Bytes per second into `destinationId`, by source; only what was learned on the servers as they are. */
    speedsInto: (destinationId: number) => speedsInto(db, destinationId),
    /** Indexes of `files` that the catalog knows at the destination: same name, same size. */
    heldAt: (destinationId: number, files: readonly WantedFile[]) => heldAt(db, destinationId, files),
    /** Indexes of `files` that an earlier pull brought to the destination. */
    broughtTo: (destinationId: number, files: readonly WantedFile[]) => broughtTo(db, destinationId, files),
  };
}

/** The terms of a row of `server`, as JSON. */
export const termsOf = (row: string) =>
  sql.raw(`jsonb_build_object('allowsRelay', ${row}.allows_relay, 'allowsClear', ${row}.allows_clear,
    'security', ${row}.security, 'features', ${row}.features, 'bytesPerSecond', ${row}.bytes_per_second)`);

async function terms(db: Db, serverIds: readonly number[]): Promise<Map<number, Terms>> {
  const rows = await db.execute<{ id: number; terms: Terms }>(sql`
    select s.id::float8 as "id", ${termsOf("s")} as "terms" from server s where s.id = any(${idArray(serverIds)})`);
  return new Map(rows.map((row) => [row.id, row.terms]));
}

async function ends(db: Db, lease: Pick<Lease, "personId" | "groupId" | "sourceId" | "destinationId">) {
  interface Row extends Record<string, unknown>, Ends {}
  const [row] = await db.execute<Row>(sql`
    select g.policy as "policy", d.owner_id = ${lease.personId} as "isOwnDestination", d.has_inbox as "hasInbox",
      s.state as "sourceState", d.state as "destinationState", o.display_name as "sourceOwner",
      d.label as "destinationLabel", ${termsOf("s")} as "source", ${termsOf("d")} as "destination",
      s.owner_id <> ${lease.personId} and ${hasVolumeLimit("s")} as "hasVolumeLimit"
    from server s join person o on o.id = s.owner_id, server d, share_group g
    where s.id = ${lease.sourceId} and d.id = ${lease.destinationId} and g.id = ${lease.groupId}`);
  return row as Ends | undefined;
}

async function pairOf(db: Db, sourceId: number, destinationId: number, [source, destination]: [number, number]) {
  interface Row extends Record<string, unknown>, KnownPair {}
  const [row] = await db.execute<Row>(sql`
    select arrangement as "arrangement", bytes_per_second::float8 as "bytesPerSecond" from pair
    where source_id = ${sourceId} and destination_id = ${destinationId} and source_version = ${source}
      and destination_version = ${destination}`);
  return row as KnownPair | undefined;
}

/** The speed is a moving average; a new version of a server starts it anew. */
async function learn(db: Db, learned: Learned, now: Date): Promise<void> {
  const { sourceId, destinationId, sourceVersion, destinationVersion, arrangement, bytesPerSecond } = learned;
  await db.execute(sql`
    insert into pair (source_id, destination_id, arrangement, bytes_per_second, source_version, destination_version,
      updated_at)
    select ${sourceId}::bigint, ${destinationId}::bigint, ${arrangement}, ${bytesPerSecond}::bigint,
      ${sourceVersion}::int, ${destinationVersion}::int, ${now.toISOString()}::timestamptz
    where exists (select from server where id = ${sourceId}) and exists (select from server where id = ${destinationId})
    on conflict (source_id, destination_id) do update set arrangement = excluded.arrangement,
      bytes_per_second = case
        when pair.source_version <> excluded.source_version or pair.destination_version <> excluded.destination_version
          or pair.bytes_per_second is null then excluded.bytes_per_second
        when excluded.bytes_per_second is null then pair.bytes_per_second
        else round(pair.bytes_per_second * 0.7 + excluded.bytes_per_second * 0.3) end,
      source_version = excluded.source_version, destination_version = excluded.destination_version,
      updated_at = excluded.updated_at`);
}

async function learnFailure(db: Db, sourceId: number, destinationId: number, now: Date): Promise<void> {
  await db.execute(sql`
    update pair set bytes_per_second = round(bytes_per_second * 0.7), updated_at = ${now.toISOString()}
    where source_id = ${sourceId} and destination_id = ${destinationId}`);
}

async function speedsInto(db: Db, destinationId: number): Promise<Map<number, number>> {
  const rows = await db.execute<{ sourceId: number; speed: number }>(sql`
    select p.source_id::float8 as "sourceId", p.bytes_per_second::float8 as "speed"
    from pair p join server s on s.id = p.source_id join server d on d.id = p.destination_id
    where p.destination_id = ${destinationId} and p.bytes_per_second > 0 and p.source_version = s.version
      and p.destination_version = d.version`);
  return new Map(rows.map((row) => [row.sourceId, row.speed]));
}

async function heldAt(db: Db, destinationId: number, files: readonly WantedFile[]): Promise<Set<number>> {
  const wanted = JSON.stringify(files.map(({ name, sizeBytes }, index) => ({ index, name, size: sizeBytes })));
  const rows = await db.execute<{ index: number }>(sql`
    select distinct w.index as "index" from jsonb_to_recordset(${wanted}::jsonb) as w(index int, name text, size bigint)
    join file f on ${isFileSize(sql`f.size_bytes`, sql`w.size`)} and f.name = w.name and f.server_id = ${destinationId}`);
  return new Set(rows.map((row) => row.index));
}

async function broughtTo(db: Db, destinationId: number, files: readonly WantedFile[]): Promise<Set<number>> {
  const wanted = JSON.stringify(
    files.map(({ sourceId, sourcePath, sizeBytes }, index) => ({ index, sourceId, sourcePath, sizeBytes })),
  );
  const rows = await db.execute<{ index: number }>(sql`
    select distinct w.index as "index"
    from jsonb_to_recordset(${wanted}::jsonb)
      as w(index int, "sourceId" bigint, "sourcePath" text, "sizeBytes" bigint)
    join transfer t on t.destination_id = ${destinationId} and t.state = 'done' and t.source_id = w."sourceId"
      and t.source_path = w."sourcePath" and t.size_bytes = w."sizeBytes"`);
  return new Set(rows.map((row) => row.index));
}
