// Transfers that want one and the same name.
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import { sameness } from "../destination-path.ts";
import { idArray } from "./ids.ts";
import type { DueRow } from "./lines.ts";

export type RunningName = Pick<DueRow, "destinationId" | "destinationPath">;

/** The names that are being brought to these servers. By itself PostgreSQL may go through all that was ever brought there. */
export function runningNames(destinations: readonly number[]): SQL<RunningName> {
  return sql`
    with running as materialized (select destination_id, destination_path from transfer where state = 'running')
    select destination_id::float8 as "destinationId", destination_path as "destinationPath" from running
    where destination_id = any(${idArray(destinations)})`;
}

/**
 * Two pulls of one name into one inbox run one after the other: each looks whether the final name is free just before it
 * takes it, and both would find it so.
 */
export function withoutRivals(candidates: readonly DueRow[], running: readonly RunningName[]): DueRow[] {
  const keyOf = ({ destinationId, destinationPath }: RunningName) => `${destinationId}/${sameness(destinationPath)}`;
  const taken = new Set(running.map(keyOf));
  return candidates.filter((one) => {
    const isFree = !taken.has(keyOf(one));
    taken.add(keyOf(one));
    return isFree;
  });
}
