// Rows of the catalog as its verbs see them, and the conditions that keep them to what a person may see.
import type { SQL } from "drizzle-orm";
import { and, eq, inArray, or, sql } from "drizzle-orm";
import { directory, file } from "../../schema/index.ts";
import type { Sight } from "../sight.ts";

export interface FileRow {
  id: number;
  serverId: number;
  directoryId: number;
  /** Its folder, relative to the server's share folder. */
  path: string;
  name: string;
  sizeBytes: number;
  modifiedAt: Date | null;
  seenAt: Date;
}

export interface DirectoryRow {
  id: number;
  serverId: number;
  parentId: number | null;
  path: string;
  name: string;
  modifiedAt: Date | null;
}

export const fileColumns = {
  id: file.id,
  serverId: file.serverId,
  directoryId: file.directoryId,
  path: directory.path,
  name: file.name,
  sizeBytes: file.sizeBytes,
  modifiedAt: file.modifiedAt,
  seenAt: file.seenAt,
};

export const directoryColumns = {
  id: directory.id,
  serverId: directory.serverId,
  parentId: directory.parentId,
  path: directory.path,
  name: directory.name,
  modifiedAt: directory.modifiedAt,
};

/** The folder `root` and everything below it; "" is the whole server. */
export function below(root: string): SQL | undefined {
  return root === "" ? undefined : or(eq(directory.path, root), sql`starts_with(${directory.path}, ${`${root}/`})`);
}

/** Server ids are written as literals, so that partitions by server can be left out while planning. */
export function onServers(column: typeof file.serverId | typeof directory.serverId, ids: number[]): SQL {
  return sql`${column} in (${sql.raw(ids.map((id) => String(Math.trunc(id))).join(","))})`;
}

/** Rows in one of the visible shares. The caller joins `directory`. `sight` must have a share. */
export function visibleTo(sight: Sight, column: typeof file.serverId | typeof directory.serverId): SQL | undefined {
  const whole = new Set(sight.shares.filter((share) => share.path === "").map((share) => share.serverId));
  const parts = sight.shares.filter((share) => !whole.has(share.serverId));
  const inside = onServers(column, sight.serverIds);
  if (parts.length === 0) return inside;
  const places = parts.map((share) => and(eq(directory.serverId, share.serverId), below(share.path)));
  const anywhere = whole.size > 0 ? [inArray(directory.serverId, [...whole])] : [];
  return and(inside, or(...anywhere, ...places));
}
