// The two databases that searches are measured on: the embedded one as the core starts it, and the system's PostgreSQL
// with the settings of its package. Clusters may be kept between runs; each catalog has a database of its own in them.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../core/platform/clock.ts";
import type { Database, DatabaseAddress } from "../../../core/platform/db.ts";
import { migrate, openDatabase } from "../../../core/platform/db.ts";
import { createEmbeddedPostgres } from "../../../core/platform/embedded-postgres.ts";
import { createLog } from "../../../core/platform/log.ts";
import { chooseRunAs, findAccount } from "../../../core/platform/postgres/account.ts";
import { databaseUser, makeCluster } from "../../../core/platform/postgres/cluster.ts";
import { stopLeftover } from "../../../core/platform/postgres/leftover.ts";
import { startServer } from "../../../core/platform/postgres/server-process.ts";
import { chooseSocketFolder, makeSocketFolder } from "../../../core/platform/postgres/socket-folder.ts";

export const clusterKinds = ["embedded", "system"] as const;
export type ClusterKind = (typeof clusterKinds)[number];

export interface Cluster {
  /** As it says itself: `PostgreSQL 18.4`. */
  version: string;
  /** A database of this name with the product's tables; made when it is not there. */
  open(name: string, connections: number): Promise<Database>;
  drop(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** @param folder of the cluster's data; undefined when the system has no PostgreSQL */
export async function startCluster(kind: ClusterKind, folder: string): Promise<Cluster | undefined> {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const started = kind === "embedded" ? await startEmbedded(folder) : await startSystem(folder);
  if (!started) return undefined;
  const administer = async (statement: string) => {
    const admin = openDatabase({ ...started.address, database: "postgres" }, 1);
    return admin.sql.unsafe(statement).finally(() => admin.close());
  };
  const [row] = await administer("show server_version");
  return {
    version: `PostgreSQL ${String(row?.["server_version"]).split(" ")[0]}`,
    async open(name, connections) {
      const known = await administer(`select 1 from pg_database where datname = '${name}'`);
      if (known.length === 0) await administer(`create database ${name}`);
      const database = openDatabase({ ...started.address, database: name }, connections);
      await migrate(database);
      return database;
    },
    drop: async (name) => void (await administer(`drop database if exists ${name}`)),
    stop: started.stop,
  };
}

interface Started {
  address: Extract<DatabaseAddress, { socket: string }>;
  stop(): Promise<void>;
}

async function startEmbedded(folder: string): Promise<Started> {
  const postgres = createEmbeddedPostgres({
    dataFolder: folder,
    clock: systemClock,
    log: createLog("silent", "bench"),
    onGivenUp: (error) => {
      throw error;
    },
  });
  const address = await postgres.start();
  if (!("socket" in address)) throw new Error("the embedded database listens on a socket");
  return { address, stop: postgres.stop };
}

const systemFolder = "/usr/lib/postgresql";

async function startSystem(folder: string): Promise<Started | undefined> {
  const version = existsSync(systemFolder) ? readdirSync(systemFolder).toSorted().at(-1) : undefined;
  if (version === undefined) return undefined;
  const [postgres, initdb] = ["postgres", "initdb"].map((name) => join(systemFolder, version, "bin", name));
  if (!postgres || !initdb || !existsSync(postgres) || !existsSync(initdb)) return undefined;
  const account = await findAccount();
  const socketFolder = chooseSocketFolder(join(folder, "run"));
  mkdirSync(join(folder, "run"), { recursive: true, mode: 0o755 });
  await makeSocketFolder(socketFolder, account);
  const runAs = await chooseRunAs(account, postgres, socketFolder);
  const data = join(folder, "postgres");
  await stopLeftover(data, systemClock);
  await makeCluster(data, initdb, runAs);
  const run = await startServer(
    { program: postgres, folder: data, socketFolder, runAs, settings: {} },
    systemClock,
    () => {},
  );
  return { address: { socket: socketFolder, database: "postgres", user: databaseUser }, stop: run.stop };
}
