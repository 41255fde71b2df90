// Reads whose plans are decided here: statements as text, sent together with the settings they are planned with as one
// message. A read is one round trip, a transaction of its own, and holds one connection for nothing but itself: who reads
// several things at a time never waits for a connection while holding another, however busy the pool is.
import type { Db } from "../../platform/db.ts";

/** By what rows hold, or in the order of an index, as far as it is asked for. */
export type Way = "content" | "order";

/**
 * By indexes alone, with what reading a row and its words really costs; the planner thinks that comparing arrays costs
 * nothing. An index scan by time would read every file of a server to find the few that have the words; an index of
 * words would read all that has a common one to find the newest.
 */
const settings = {
  transaction_read_only: "on",
  enable_seqscan: "off",
  jit: "off",
  max_parallel_workers_per_gather: "0",
  cpu_tuple_cost: "0.5",
  cpu_index_tuple_cost: "0.2",
  random_page_cost: "1.1",
};

function settingsFor(way: Way): string {
  const [ordered, other] = way === "order" ? ["on", "off"] : ["off", "on"];
  const all = { ...settings, enable_indexscan: ordered, enable_bitmapscan: other };
  return `select ${Object.entries(all)
    .map(([name, value]) => `set_config('${name}', '${value}', true)`)
    .join(", ")}`;
}

const settingsOf: Record<Way, string> = { content: settingsFor("content"), order: settingsFor("order") };

/** @returns rows by statement. @throws PostgresError; all of it or nothing was read */
export async function readTogether(
  db: Db,
  statements: readonly string[],
  way: Way = "content",
): Promise<Array<readonly Record<string, unknown>[]>> {
  // Statements of one message are one transaction, and settings end with it.
  const results: unknown = await db.$client.unsafe([settingsOf[way], ...statements].join(";\n"));
  return (results as Array<readonly Record<string, unknown>[]>).slice(1);
}

/** The rows of one statement, which are as `R` says. */
export async function readRows<R>(db: Db, statement: string, way: Way = "content"): Promise<R[]> {
  const [rows = []] = await readTogether(db, [statement], way);
  return [...rows] as R[];
}

export const whole = (n: number) => String(Math.trunc(n));
export const ids = (some: readonly number[]) => `'{${some.map(Math.trunc).join(",")}}'::int[]`;

/** Times that PostgreSQL cannot read, which are those of no file, stand for the ends of time. */
export function timeText(at: Date): string {
  const year = at.getUTCFullYear();
  if (year > 0 && year < 10_000) return `'${at.toISOString()}'::timestamptz`;
  return `'${year > 0 ? "" : "-"}infinity'::timestamptz`;
}
