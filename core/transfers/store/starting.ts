// Starting what was chosen: the rows of transfers become leases, and the parts that they may leave are written down.
import { randomBytes } from "node:crypto";
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { Tx } from "../../platform/db.ts";
import { partPath } from "../destination-path.ts";
import type { Lease } from "../lease.ts";
import { idArray } from "./ids.ts";
import type { DueRow } from "./lines.ts";

export interface Holder {
  owner: string;
  now: Date;
  leaseUntil: Date;
}

interface StartedRow extends Record<string, unknown>, Omit<Lease, "modifiedAt"> {
  modifiedAtMs: number | null;
}

/**
 * Rows that somebody is changing at this moment are left for the next time. The paths of the parts are named at the first
 * lease, and the same ever after.
 * @returns the others, by id
 */
export async function startRows(
  tx: Tx,
  chosen: readonly DueRow[],
  startedAt: SQL,
  { owner, now, leaseUntil }: Holder,
): Promise<Map<number, Lease>> {
  const parts = chosen.map(({ id, destinationPath }) => {
    return { id, part: partPath(destinationPath, id, randomBytes(4).toString("hex")) };
  });
  // Said once more: for the join alone PostgreSQL reads the whole table, as long as it does not know how large that became.
  const ids = idArray(chosen.map(({ id }) => id));
  const rows = await tx.execute<StartedRow>(sql`
    with mine as (
      select t.id, h.part from transfer t join jsonb_to_recordset(${JSON.stringify(parts)}::jsonb) as h(id bigint, part text) using (id)
      where t.id = any(${ids}) and t.state in ('queued', 'waiting') for update of t skip locked),
    started as (
      update transfer set state = 'running', token = token + 1, owner = ${owner}, lease_until = ${leaseUntil.toISOString()},
        started_at = ${startedAt}, waits_for_id = null, bytes_per_second = null
      from mine where transfer.id = mine.id returning transfer.*, mine.part),
    kept as (
      insert into leftover (transfer_id, server_id, path, due_at)
      select id, destination_id, part, ${now.toISOString()} from started
      on conflict (transfer_id) do update set server_id = excluded.server_id returning transfer_id, path)
    select id::float8 as "id", token as "token", pull_id::float8 as "pullId", person_id::float8 as "personId",
      group_id::float8 as "groupId", source_id::float8 as "sourceId", destination_id::float8 as "destinationId",
      source_path as "sourcePath", destination_path as "destinationPath", kept.path as "partPath",
      size_bytes::float8 as "sizeBytes", (extract(epoch from modified_at) * 1000)::float8 as "modifiedAtMs",
      attempts as "attempts", bytes_done::float8 as "bytesDone", arrangement as "arrangement",
      fingerprint as "fingerprint", verified as "verified", tried as "tried"
    from started join kept on kept.transfer_id = started.id`);
  return new Map(rows.map((row) => [row.id, toLease(row)]));
}

function toLease({ modifiedAtMs, ...row }: StartedRow): Lease {
  return { ...row, modifiedAt: modifiedAtMs === null ? null : new Date(modifiedAtMs) };
}
