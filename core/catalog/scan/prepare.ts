// Before anything is scanned: a row for every server, folders for what is shared, and nothing kept of what is no longer
// shared. Cheap when nothing changed, so it runs at every wake-up.
import type { Clock } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import type { SharedFolder } from "../store/scans.ts";
import {
  forgetUnshared,
  insertScan,
  insertSharedDirectories,
  makeDue,
  scopes,
  serversWithoutScan,
  sharedFolders,
} from "../store/scans.ts";

export async function prepareScans({ db, clock }: { db: Db; clock: Clock }, everyMs: number): Promise<void> {
  const [folders, rows] = await Promise.all([sharedFolders(db), scopes(db)]);
  const byServer = Map.groupBy(folders, (folder) => folder.serverId);
  const scopeOf = new Map(rows.map(({ serverId, scope }) => [serverId, scope]));
  for (const { serverId, scope, isKnown } of rows) {
    const shared = byServer.get(serverId) ?? [];
    const isLess = (isKnown && shared.length === 0) || scope.some((id) => !shared.some((folder) => folder.id === id));
    if (isLess) await db.transaction((tx) => forgetUnshared(tx, serverId));
  }
  for (const [serverId, shared] of byServer) {
    const added = shared.filter(({ id }) => !scopeOf.get(serverId)?.includes(id));
    if (added.length > 0) await beginScope(db, serverId, added, everyMs, clock.now());
  }
  for (const serverId of await serversWithoutScan(db)) await insertScan(db, serverId, everyMs, clock.now());
}

async function beginScope(db: Db, serverId: number, added: SharedFolder[], everyMs: number, now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    await insertScan(tx, serverId, everyMs, now);
    await insertSharedDirectories(tx, added);
    await makeDue(tx, serverId, now);
  });
}
