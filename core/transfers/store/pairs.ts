// What worked last between one server and the others, as its owner may know it.
import { sql } from "drizzle-orm";
import type { api, OutputOf } from "#contract";
import type { Db } from "../../platform/db.ts";

export type PairRow = OutputOf<typeof api.servers.check>["pairs"][number];

/** One file of a pull, on its way from where to where. */
export interface PulledFile {
  groupId: number;
  serverId: number;
  /** Relative to the source's share folder. */
  path: string;
  destinationId: number;
}

/** The first that did not come yet, else the first. Undefined: not this person's pull. */
export async function selectPulledFile(db: Db, personId: number, pullId: number): Promise<PulledFile | undefined> {
  interface Row extends Record<string, unknown>, PulledFile {}
  const [row] = await db.execute<Row>(sql`
    select group_id::float8 as "groupId", source_id::float8 as "serverId", source_path as "path",
      destination_id::float8 as "destinationId"
    from transfer where pull_id = ${pullId} and person_id = ${personId} order by state = 'done', id limit 1`);
  return row;
}

/**
 * Latest first. Of other people's servers only those with which the person's groups share at this moment: the owner of the
 * source shares in a group that both are in. Two servers of one other person are one line.
 */
export async function selectPairs(db: Db, personId: number, serverId: number): Promise<PairRow[]> {
  interface Row extends Record<string, unknown>, PairRow {}
  const rows = await db.execute<Row>(sql`
    select p.arrangement as "arrangement", p.bytes_per_second::float8 as "bytesPerSecond",
      case when p.source_id = ${serverId} then 'to' else 'from' end as "direction",
      case when other.owner_id = ${personId} then other.label else owner.display_name end as "with"
    from pair p
      join server s on s.id = p.source_id and s.version = p.source_version
      join server d on d.id = p.destination_id and d.version = p.destination_version
      join server other on other.id = case when p.source_id = ${serverId} then p.destination_id else p.source_id end
      join person owner on owner.id = other.owner_id
    where (p.source_id = ${serverId} or p.destination_id = ${serverId}) and (other.owner_id = ${personId} or exists (
      select from share x
        join member one on one.group_id = x.group_id and one.person_id = s.owner_id
        join member two on two.group_id = x.group_id and two.person_id = d.owner_id
      where x.server_id = s.id))
    order by p.updated_at desc`);
  const seen = new Set<string>();
  return rows
    .filter((row) => {
      const key = `${row.direction} ${row.with}`;
      return !seen.has(key) && seen.add(key);
    })
    .map(({ arrangement, bytesPerSecond, direction, with: name }) => ({
      with: name,
      direction,
      arrangement,
      bytesPerSecond,
    }));
}
