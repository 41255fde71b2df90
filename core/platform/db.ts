// The only place that opens database connections. Tables are in core/schema, SQL in migrations/.
import type { SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import * as schema from "../schema/index.ts";
import { literal } from "./literal.ts";
import { locks } from "./locks.ts";

/** `$client` is the driver below, for several statements in one message. */
export type Db = PostgresJsDatabase<typeof schema> & { $client: postgres.Sql };
/** A running transaction: has all of Db's verbs. */
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];

const casing = "snake_case";
const dialect = new PgDialect({ casing });

export interface Database {
  db: Db;
  /** The driver itself, for COPY, LISTEN and cursors. */
  sql: postgres.Sql;
  /** Resolves when a connection was closed, by whomever: with a single one, what was done on it has ended. */
  closed: Promise<void>;
  close(): Promise<void>;
}

/** Where PostgreSQL is: a `postgres://` URL, or the directory of its Unix socket. */
export type DatabaseAddress = { url: string } | { socket: string; database: string; user: string };

export interface DatabaseOptions {
  /** What the sessions are called in pg_stat_activity. */
  application?: string | undefined;
  /**
   * Nothing is written but in transactions that say `read write`: for one that goes on for long on a single connection, as the
   * driver answers the loss of a connection with a new one, on which the rest would be written by itself.
   */
  readOnly?: boolean;
}

/** @param connections at most so many at a time; of the core see core/connections.ts */
export function openDatabase(
  address: DatabaseAddress,
  connections: number,
  { application = "fonshare", readOnly = false }: DatabaseOptions = {},
): Database {
  const closed = Promise.withResolvers<void>();
  const guard = readOnly ? { default_transaction_read_only: true } : {};
  const options = {
    max: connections,
    // The driver changes its connections once in a while.
    ...(readOnly ? { max_lifetime: null } : {}),
    onnotice: () => {},
    onclose: () => closed.resolve(),
    // The driver's own back-off grows to 20 s; an embedded server is back within one.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 1),
    connection: { application_name: application, ...guard },
  };
  const sql =
    "url" in address
      ? postgres(address.url, options)
      : postgres({
          ...options,
          path: `${address.socket}/.s.PGSQL.5432`,
          database: address.database,
          user: address.user,
        });
  const db = drizzle(sql, { schema, casing });
  return { db, sql, closed: closed.promise, close: () => sql.end({ timeout: 1 }) };
}

/** What a statement gives, by the type that it was written with: sql<Row>`…`. */
type RowsOf<S extends readonly SQL[]> = { -readonly [K in keyof S]: S[K] extends SQL<infer Row> ? Row[] : never };

/**
 * Several statements in one message, which takes one round trip in place of two for each; every one of them sees what was
 * committed before it. Such a message has no parameters: values stand in its text.
 * @returns the rows of each. @throws PostgresError; TypeError for a value that has no form in a text (see `literal`)
 */
export async function runTogether<const S extends readonly [SQL, SQL, ...SQL[]]>(
  tx: Tx | Db,
  statements: S,
): Promise<RowsOf<S>> {
  const texts = statements.map((statement) => {
    const { sql: text, params } = dialect.sqlToQuery(statement);
    return text.replace(/\$(\d+)/g, (_, nth) => literal(params[Number(nth) - 1]));
  });
  const results: unknown = await tx.execute(texts.join(";\n"));
  return results as RowsOf<S>;
}

const awayCodes = new Set([
  ...["CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECTION_DESTROYED", "CONNECT_TIMEOUT"],
  ...["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE"],
  // PostgreSQL shuts down, crashed, starts up (SQLSTATE class 57P)
  ...["57P01", "57P02", "57P03"],
  // Every connection that it allows is taken
  "53300",
]);

/** True when a query failed because the database is away for a moment: the same call may work soon. */
export function isDatabaseAway(error: unknown): boolean {
  const isQuery = error instanceof Error && (error.name === "PostgresError" || "query" in error);
  for (let cause = error; isQuery && cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && awayCodes.has(String(cause.code))) return true;
  }
  return false;
}

/** Brings the schema up to date; safe when several cores start at once (advisory lock). */
export async function migrate(database: Database): Promise<void> {
  const held = await database.sql.reserve();
  try {
    await held`select pg_advisory_lock(${locks.migration})`;
    await runMigrations(database.db, { migrationsFolder: new URL("../../migrations", import.meta.url).pathname });
  } finally {
    await held`select pg_advisory_unlock(${locks.migration})`;
    held.release();
  }
}
