// Transfers that wait while rights change: which places they read from, and ending those that lost theirs.
import { sql } from "drizzle-orm";
import type { Db } from "../../platform/db.ts";
import type { StoredReason } from "../../schema/transfers.ts";
import { endTransfers } from "./pulls.ts";

/** One folder of a source that transfers of one person and group still want to read from. */
export interface WantedPlace {
  personId: number;
  groupId: number;
  sourceId: number;
  /** Relative to the source's share folder, "" for that folder itself. */
  folder: string;
}

export type RightsStore = ReturnType<typeof createRightsStore>;

export function createRightsStore(db: Db) {
  return { wantedPlaces: () => wantedPlaces(db), cancelAt: cancelAt.bind(undefined, db) };
}

const folderOfPath = sql`regexp_replace(source_path, '/?[^/]*$', '')`;
const idle = sql`state in ('queued', 'waiting', 'paused')`;

async function wantedPlaces(db: Db): Promise<WantedPlace[]> {
  interface Row extends Record<string, unknown>, WantedPlace {}
  return await db.execute<Row>(sql`
    select distinct person_id::float8 as "personId", group_id::float8 as "groupId", source_id::float8 as "sourceId",
      ${folderOfPath} as "folder"
    from transfer where ${idle}`);
}

async function cancelAt(db: Db, place: WantedPlace, reason: StoredReason, now: Date): Promise<void> {
  const there = sql`person_id = ${place.personId} and group_id = ${place.groupId} and source_id = ${place.sourceId}
    and ${folderOfPath} = ${place.folder} and ${idle}`;
  const pulls = await db.execute<{ id: number }>(
    sql`select distinct pull_id::float8 as id from transfer where ${there} order by 1`,
  );
  for (const { id } of pulls) {
    await db.transaction(async (tx) => {
      await endTransfers(tx, id, there, { state: "cancelled", reason }, now);
    });
  }
}
