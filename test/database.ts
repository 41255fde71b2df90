// A fresh, migrated database for one test file, on the PostgreSQL that test/global-setup.ts started.
import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import type { Database, DatabaseAddress } from "../core/platform/db.ts";
import { openDatabase } from "../core/platform/db.ts";

/** `address` opens more connections to the same database; `close()` drops it, whoever is still connected. */
export async function createTestDatabase(connections = 10): Promise<Database & { address: DatabaseAddress }> {
  const template = inject("postgres");
  const name = `test_${randomBytes(8).toString("hex")}`;
  const administer = async (statement: string) => {
    const admin = openDatabase({ ...template, database: "postgres" }, 1);
    await admin.sql.unsafe(statement).finally(() => admin.close());
  };
  await administer(`create database ${name} template ${template.database}`);
  const address = { ...template, database: name };
  const database = openDatabase(address, connections);
  const close = async () => {
    await database.close();
    await administer(`drop database ${name} with (force)`);
  };
  return { ...database, address, close };
}
