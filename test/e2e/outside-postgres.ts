// A PostgreSQL that several cores reach by DATABASE_URL, as an operator would run it: on a loopback address of its own.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../core/platform/clock.ts";
import type { Database } from "../../core/platform/db.ts";
import { openDatabase } from "../../core/platform/db.ts";
import { createEmbeddedPostgres } from "../../core/platform/embedded-postgres.ts";
import { createLog } from "../../core/platform/log.ts";

export interface OutsidePostgres extends Database {
  url: string;
}

let started = 0;

/** @param settings of postgresql.conf */
export async function startOutsidePostgres(settings: Record<string, string> = {}): Promise<OutsidePostgres> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-outside-"));
  started += 1;
  const host = `127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}.${200 + (started % 50)}`;
  const postgres = createEmbeddedPostgres({
    dataFolder: folder,
    clock: systemClock,
    log: createLog("silent", "test"),
    settings: { listen_addresses: host, fsync: "off", synchronous_commit: "off", ...settings },
    onGivenUp: (error) => {
      throw error;
    },
  });
  const address = await postgres.start();
  if (!("socket" in address)) throw new Error("the embedded database listens on a socket");
  const rules = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((path) => path.endsWith("pg_hba.conf"));
  // The cluster refuses everything but its socket by itself.
  const admin = openDatabase(address, 1);
  await admin.sql`create role cores login superuser`;
  writeFileSync(join(folder, rules ?? ""), "local all all trust\nhost all cores 127.0.0.0/8 trust\n");
  await admin.sql`select pg_reload_conf()`;
  await admin.close();
  const url = `postgres://cores@${host}:5432/${address.database}`;
  const database = openDatabase({ url }, 2);
  return {
    ...database,
    url,
    async close() {
      await database.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
