// Files of the catalog that may be the same as one that is being brought: same name, same size, another server.
import { sql } from "drizzle-orm";
import type { Db } from "../../platform/db.ts";
import type { WallHours } from "../../platform/wall-hours.ts";
import { isFileSize } from "../../schema/index.ts";
import type { Lease } from "../lease.ts";
import type { Terms } from "../ways.ts";
import { idArray } from "./ids.ts";
import { termsOf } from "./knowledge.ts";

type Wanted = Pick<Lease, "groupId" | "sourceId" | "sourcePath" | "destinationId" | "sizeBytes" | "tried">;

export interface Twin {
  serverId: number;
  /** Relative to the server's share folder. */
  path: string;
  terms: Terms;
  ownerId: number;
  /** When others may read from it; null: always. */
  hours: WallHours | null;
  /** Into the same destination, as far as it is remembered. */
  bytesPerSecond: number | null;
}

export type TwinStore = ReturnType<typeof createTwinStore>;

export function createTwinStore(db: Db) {
  return {
    /** Does any other server show the group such a file? */
    exist: async (wanted: Wanted) => (await twins(db, wanted, false)).length > 0,
    /** On servers that answer, fastest first; a few. Whether their person may see them is not asked here. */
    list: (wanted: Wanted) => twins(db, wanted, true),
  };
}

const most = 20;

async function twins(db: Db, wanted: Wanted, isReachable: boolean): Promise<Twin[]> {
  const name = wanted.sourcePath.slice(wanted.sourcePath.lastIndexOf("/") + 1);
  const out = wanted.tried.filter((one) => one.arrangement === undefined).map((one) => one.sourceId);
  const state = isReachable ? sql`s.state = 'online'` : sql`true`;
  interface Row extends Record<string, unknown>, Twin {}
  return await db.execute<Row>(sql`
    select s.id::float8 as "serverId", case when d.path = '' then f.name else d.path || '/' || f.name end as "path",
      ${termsOf("s")} as "terms", s.owner_id::float8 as "ownerId", s.hours as "hours", p.bytes_per_second::float8 as "bytesPerSecond"
    from file f join directory d on d.id = f.directory_id join server s on s.id = f.server_id
    join server t on t.id = ${wanted.destinationId}
    left join pair p on p.source_id = s.id and p.destination_id = t.id and p.source_version = s.version
      and p.destination_version = t.version
    where ${isFileSize(sql`f.size_bytes`, sql`${wanted.sizeBytes}::bigint`)} and f.name = ${name} and ${state}
      and exists (
        select from share h where h.group_id = ${wanted.groupId} and h.server_id = s.id
          and (h.path = '' or d.path = h.path or starts_with(d.path, h.path || '/')))
      and not (s.id = any(${idArray([wanted.sourceId, wanted.destinationId, ...out])}))
    order by p.bytes_per_second desc nulls last, s.id, f.id limit ${most}`);
}
