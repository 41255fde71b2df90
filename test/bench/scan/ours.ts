// Scans by the product: a server enrolled and shared in a database of its own, copied for each first scan.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { DatabaseAddress } from "../../../core/platform/db.ts";
import { openDatabase } from "../../../core/platform/db.ts";
import type { Cluster } from "../cluster.ts";
import type { Home } from "../homes.ts";
import { composeOptions, openDoor } from "../introduce.ts";
import type { ScanFigures, ScanJob } from "./scan-process.ts";

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
  scan(address: DatabaseAddress, aheadMs?: number): Promise<OurScan>;
}

/** Due again, and no full sweep yet. */
export const soonMs = 2.5 * 3_600_000;
/** Every folder is listed anew. */
export const muchLaterMs = 24 * 3_600_000;

export function createScans(cluster: Cluster): Scans {
  const keyFile = join(cluster.folder, "bench.key");
  return {
    async enrol(home, path) {
      const address = await cluster.make();
      const door = await openDoor(composeOptions(address, keyFile));
      await door
        .introduce({ owner: "Olga", label: "box", home, sharePath: path, share: "all" })
        .finally(() => door.close());
      return address;
    },
    async scan(address, aheadMs = 0) {
      const before = await look(address);
      await cluster.settle();
      const figures = await scanOnce({ options: composeOptions(address, keyFile), aheadMs });
      const { written, ...rest } = await look(address);
      return { ...figures, ...rest, written: written - before.written };
    },
  };
}

async function scanOnce(job: ScanJob): Promise<ScanFigures> {
  const child = fork(join(import.meta.dirname, "scan-process.ts"), [JSON.stringify(job)], {
    execArgv: ["--expose-gc"],
    serialization: "advanced",
  });
  const ended = once(child, "exit").then(() => undefined);
  const next = async () => {
    const message = await Promise.race([once(child, "message"), ended]);
    if (!message) throw new Error("the scanning process ended before its time");
    return message[0] as unknown;
  };
  try {
    await next();
    const answer = next();
    child.send("scan");
    const figures = (await answer) as ScanFigures;
    await ended;
    return figures;
  } finally {
    child.kill("SIGKILL");
  }
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
