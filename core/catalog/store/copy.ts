// COPY of rows that are ready (see copy-rows.ts), and the certainty that the database took them.
import { finished } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "../../platform/db.ts";

export interface Rows {
  table: string;
  columns: readonly string[];
  rows: Buffer;
}

export const refusal = () => new Error("The database refused the staged rows.");

/** As the driver says it; `isDatabaseAway` knows it. */
const lost = (query: string) =>
  Object.assign(new Error("The connection was lost while rows were copied."), { code: "CONNECTION_CLOSED", query });

/**
 * @param database with a single connection
 * @throws Error when the database refused them, or the connection was lost: of that the driver says nothing to who waits for the
 *   end of a copy (porsager/postgres#1130)
 */
export async function copyRows({ sql, closed }: Pick<Database, "sql" | "closed">, rows: Rows): Promise<void> {
  const losing = closed.then(() => Promise.reject(lost(`copy ${rows.table}`)));
  await Promise.race([copy(sql, rows), losing]);
}

async function copy(sql: Database["sql"], { table, columns, rows }: Rows): Promise<void> {
  const stream = await sql`copy ${sql(table)} (${sql([...columns])}) from stdin (format binary)`.writable();
  const written = finished(stream);
  written.catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    stream.write(rows, (error) => (error ? reject(error) : resolve()));
  });
  stream.end();
  await nextTurn();
  // When the database refuses the rows the driver says nothing and leaves the stream open until the next answer. So
  // something is asked (once the end of the copy is on the wire), and who copied counts what has arrived.
  await sql`select 1`;
  await nextTurn();
  await Promise.race([written, Promise.reject(refusal())]);
}
