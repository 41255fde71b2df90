// The only place that opens database connections. Tables are in core/schema, SQL in migrations/.
import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import * as schema from "../schema/index.ts";

export type Db = PostgresJsDatabase<typeof schema>;
/** A running transaction: has all of Db's verbs. */
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];

export interface Database {
  db: Db;
  /** The driver itself, for COPY, LISTEN and cursors. */
  sql: postgres.Sql;
  close(): Promise<void>;
}

/** Where PostgreSQL is: a `postgres://` URL, or the directory of its Unix socket. */
export type DatabaseAddress = { url: string } | { socket: string; database: string; user: string };

/** @param connections at most so many at a time */
export function openDatabase(address: DatabaseAddress, connections: number): Database {
  const options = { max: connections, onnotice: () => {}, connection: { application_name: "fonshare" } };
  const sql =
    "url" in address
      ? postgres(address.url, options)
      : postgres({
          ...options,
          path: `${address.socket}/.s.PGSQL.5432`,
          database: address.database,
          user: address.user,
        });
  return { db: drizzle(sql, { schema, casing: "snake_case" }), sql, close: () => sql.end({ timeout: 2 }) };
}

const migrationLock = 7_366_201;

/** Brings the schema up to date; safe when several cores start at once (advisory lock). */
export async function migrate(database: Database): Promise<void> {
  const held = await database.sql.reserve();
  try {
    await held`select pg_advisory_lock(${migrationLock})`;
    await runMigrations(database.db, { migrationsFolder: new URL("../../migrations", import.meta.url).pathname });
  } finally {
    await held`select pg_advisory_unlock(${migrationLock})`;
    held.release();
  }
}
