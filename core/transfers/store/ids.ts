// A list of ids as one parameter of a statement.
import { sql } from "drizzle-orm";

/** A bigint array. */
export function idArray(ids: readonly number[]) {
  return sql`${`{${ids.join(",")}}`}::bigint[]`;
}
