// The catalog's procedures of the contract.
import type { api } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Handlers } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import { signal } from "../platform/signals.ts";
import type { Catalog } from "./catalog.ts";
import type { ScanRow } from "./store/scans.ts";
import { acceptLoss, makeDue, readScan, scansOf } from "./store/scans.ts";

export interface CatalogApiDeps {
  catalog: Catalog;
  db: Db;
  clock: Clock;
  servers: { findOwn(personId: number, which?: string): Promise<{ id: number; label: string }> };
}

export function createCatalogApi({ catalog, db, clock, servers }: CatalogApiDeps): Handlers<typeof api.catalog> {
  const isRunning = (row: ScanRow) => row.leaseUntil !== null && row.leaseUntil > clock.now();

  async function wake(
    personId: number,
    which: string | undefined,
    change: typeof makeDue,
  ): Promise<{ server: string }> {
    const { id, label } = await servers.findOwn(personId, which);
    const row = await readScan(db, id);
    if (row && isRunning(row)) throw new FonError("scan.running", { server: label });
    await db.transaction(async (tx) => {
      await change(tx, id, clock.now());
      await signal(tx, "scan");
    });
    return { server: label };
  }

  return {
    search: ({ person, room }, input) => catalog.search(person, room, input),
    suggest: ({ person, room }, input) => catalog.suggest(person, room, input),
    browse: ({ person, room }, input) => catalog.browse(person, room, input),
    latest: ({ person, room }, input) => catalog.latest(person, room, input),
    reindex: ({ person }, input) => wake(person.id, input.server, makeDue),
    acceptLoss: ({ person }, input) => wake(person.id, input.server, acceptLoss),
    async scans({ person }) {
      const rows = await scansOf(db, person.id);
      return {
        scans: rows.map(({ scan, isPlanned }) => ({
          serverRef: makeRef("s", scan.serverId),
          state: isRunning(scan) ? ("running" as const) : scan.state,
          problem: scan.problem,
          files: scan.files,
          bytes: scan.bytes,
          finishedAt: scan.finishedAt?.toISOString() ?? null,
          nextAt: isRunning(scan) || !isPlanned ? null : scan.dueAt.toISOString(),
        })),
      };
    },
  };
}
