// Rows of the catalog as its verbs see them.
import type { SQL } from "drizzle-orm";
import { eq, or, sql } from "drizzle-orm";
import { directory, file } from "../../schema/index.ts";

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

/** Of files: of all that lie in a folder at any depth, of those directly in it, or of all on a server. */
export interface Totals {
  files: number;
  bytes: number;
  /** When the newest file was changed; null when there is none, or the server does not tell. */
  newestAt: Date | null;
}

/** A time as a number, for `dateOf`: the driver would give a text. */
export const msOf = (at: string) => `(extract(epoch from ${at}) * 1000)::float8`;
export const dateOf = (ms: number | null | undefined) => (ms === null || ms === undefined ? null : new Date(ms));

/** The same of row `f` in a statement that is written as text, its folder left out. */
export const fileText = `f.id, f.server_id as "serverId", f.directory_id as "directoryId", f.name, f.size_bytes as "sizeBytes",
  ${msOf("f.modified_at")} as "modifiedMs", ${msOf("f.seen_at")} as "seenMs"`;

export interface RawFile {
  id: string;
  serverId: number;
  directoryId: number;
  name: string;
  sizeBytes: string;
  modifiedMs: number | null;
  seenMs: number;
}

export function toFile(
  { id, serverId, directoryId, name, sizeBytes, modifiedMs, seenMs }: RawFile,
  path: string,
): FileRow {
  const numbers = { id: Number(id), serverId, directoryId, sizeBytes: Number(sizeBytes) };
  return { ...numbers, path, name, modifiedAt: dateOf(modifiedMs), seenAt: new Date(seenMs) };
}

export const directoryColumns = {
  id: directory.id,
  serverId: directory.serverId,
  parentId: directory.parentId,
  path: directory.path,
  modifiedAt: directory.modifiedAt,
};

/** The folder `root` and everything below it; "" is the whole server. */
export function below(root: string): SQL | undefined {
  return root === "" ? undefined : or(eq(directory.path, root), sql`starts_with(${directory.path}, ${`${root}/`})`);
}
