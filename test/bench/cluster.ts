// A PostgreSQL as the core starts it, with its own settings, and any number of databases in it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../core/platform/clock.ts";
import type { DatabaseAddress } from "../../core/platform/db.ts";
import { migrate, openDatabase } from "../../core/platform/db.ts";
import { createEmbeddedPostgres } from "../../core/platform/embedded-postgres.ts";
import { createLog } from "../../core/platform/log.ts";

export interface Cluster {
  /** Removed by stop. */
  folder: string;
  /** A new database, a copy of `template` (nobody may be connected to it); of the empty, migrated one when left out. */
  make(template?: DatabaseAddress): Promise<DatabaseAddress>;
  drop(address: DatabaseAddress): Promise<void>;
  /** What is left to be written goes to the disk now, and not in the middle of a measurement. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-bench-db-"));
  const fail = (error: Error) => {
    throw error;
  };
  const log = createLog("silent", "bench");
  const postgres = createEmbeddedPostgres({ dataFolder: folder, clock: systemClock, log, onGivenUp: fail });
  const stop = async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const first = await postgres.start();
    if (!("socket" in first)) throw new Error("the embedded database listens on a socket");
    // One holds the lock of the migrations, the other migrates.
    const empty = openDatabase(first, 2);
    await migrate(empty).finally(() => empty.close());
    return { ...statements(first), folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function statements(first: { socket: string; database: string; user: string }): Omit<Cluster, "folder" | "stop"> {
  let made = 0;
  const nameOf = (address: DatabaseAddress) => ("database" in address ? address.database : "");
  const administer = async (statement: string) => {
    const admin = openDatabase({ ...first, database: "postgres" }, 1);
    await admin.sql.unsafe(statement).finally(() => admin.close());
  };
  return {
    async make(template = first) {
      made += 1;
      const database = `bench_${made}`;
      await administer(`create database ${database} template ${nameOf(template)}`);
      return { ...first, database };
    },
    drop: (address) => administer(`drop database ${nameOf(address)} with (force)`),
    settle: () => administer("checkpoint"),
  };
}
