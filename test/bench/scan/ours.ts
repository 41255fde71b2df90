// Scans by the product: a server enrolled and shared in a database of its own, copied for each first scan.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { ComposeOptions } from "../../../core/compose.ts";
import type { DatabaseAddress } from "../../../core/platform/db.ts";
import { openDatabase } from "../../../core/platform/db.ts";
import type { Cluster } from "../cluster.ts";
import type { Home } from "../homes.ts";
import { composeOptions, openDoor } from "../introduce.ts";
import type { ScanFigures, ScanWish } from "./scan-process.ts";

export interface OurScan extends ScanFigures {
  /** How the scan ended, as its row tells. */
  state: string;
  /** Files in the catalog afterwards. */
  files: number;
  /** Rows of the catalog that this scan inserted, updated or deleted; the rows of scans and servers are not counted. */
  written: number;
}

export interface Scans {
  /** The database in which the server is enrolled and shared, and not yet scanned. */
  enrol(home: Home, path: string): Promise<DatabaseAddress>;
  /** One scan by a process that has scanned nothing before. */
  scan(address: DatabaseAddress, aheadMs?: number): Promise<OurScan>;
  /** A process that stays, as the core's thread does for ten minutes after its work. */
  open(address: DatabaseAddress): Promise<Scanning>;
}

export interface Scanning {
  scan(aheadMs?: number): Promise<OurScan>;
  close(): Promise<void>;
}

/** Long before the next full sweep. */
export const soonMs = 5 * 60_000;
/** Every folder is listed anew. */
export const muchLaterMs = 24 * 3_600_000;

export function createScans(cluster: Cluster): Scans {
  const keyFile = join(cluster.folder, "bench.key");
  const open = async (address: DatabaseAddress): Promise<Scanning> => {
    const { ask, close } = await startScanning(composeOptions(address, keyFile));
    return {
      async scan(aheadMs = 0) {
        await makeDue(address);
        const before = await look(address);
        await cluster.settle();
        const figures = await ask({ aheadMs });
        const { written, ...rest } = await look(address);
        return { ...figures, ...rest, written: written - before.written };
      },
      close,
    };
  };
  return {
    async enrol(home, path) {
      const address = await cluster.make();
      const door = await openDoor(composeOptions(address, keyFile));
      await door
        .introduce({ owner: "Olga", label: "box", home, sharePath: path, share: "all" })
        .finally(() => door.close());
      return address;
    },
    open,
    async scan(address, aheadMs) {
      const { scan, close } = await open(address);
      return scan(aheadMs).finally(close);
    },
  };
}

interface ScanProcess {
  ask(wish: ScanWish): Promise<ScanFigures>;
  close(): Promise<void>;
}

async function startScanning(options: ComposeOptions): Promise<ScanProcess> {
  const child = fork(join(import.meta.dirname, "scan-process.ts"), [JSON.stringify(options)], {
    execArgv: ["--expose-gc"],
    serialization: "advanced",
  });
  const ended = once(child, "exit").then(() => undefined);
  const next = async () => {
    const message = await Promise.race([once(child, "message"), ended]);
    if (!message) throw new Error("the scanning process ended before its time");
    return message[0] as unknown;
  };
  const close = async () => {
    if (child.connected) child.disconnect();
    await ended;
  };
  try {
    await next();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async ask(wish) {
      const answer = next();
      child.send(wish);
      return (await answer) as ScanFigures;
    },
    close,
  };
}

async function makeDue(address: DatabaseAddress): Promise<void> {
  const database = openDatabase(address, 1);
  await database.sql`update scan set due_at = 'epoch'`.finally(() => database.close());
}

async function look(address: DatabaseAddress): Promise<Pick<OurScan, "state" | "files" | "written">> {
  const database = openDatabase(address, 1);
  try {
    const { sql } = database;
    const [scan] = await sql`select state, files from scan`;
    const [stats] = await sql`
      select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::float8 as written from pg_stat_user_tables
      where relname not in ('scan', 'server')`;
    return { state: scan?.["state"] ?? "never", files: scan?.["files"] ?? 0, written: stats?.["written"] ?? 0 };
  } finally {
    await database.close();
  }
}
