// Rows to lines of a list as the contract says them: names inside the share, never a server's own paths.
import type { Item } from "#contract";
import type { Db } from "../platform/db.ts";
import type { Person } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import type { VisibleShare } from "../shares/index.ts";
import { folderName, insideShare } from "./sight.ts";
import { copyKey, folderTotals, ownCopies } from "./store/items.ts";
import type { DirectoryRow, FileRow } from "./store/rows.ts";

/** A row with the share that it is seen through. */
export type Line =
  | { kind: "file"; row: FileRow; share: VisibleShare; copies: number }
  | { kind: "folder"; row: DirectoryRow; share: VisibleShare };

export const refOf = (line: Line) => makeRef(line.kind === "file" ? "f" : "d", line.row.id);

/** A folder's name as people see it: the share's own folder goes by the share's name. */
export function folderTitle(row: DirectoryRow, share: VisibleShare): string {
  return row.path === share.path ? share.name : folderName(row.path);
}

/** The path above a folder's name, inside the share. */
function folderPath(row: DirectoryRow, share: VisibleShare): string {
  return row.path === share.path ? "" : insideShare(row.path, share).split("/").slice(0, -1).join("/");
}

/** @param shown lines of the list before these */
export async function toItems(db: Db, person: Person, lines: Line[], shown: number): Promise<Item[]> {
  const files = lines.flatMap((line) => (line.kind === "file" ? [line.row] : []));
  const folders = lines.flatMap((line) => (line.kind === "folder" ? [line.row] : []));
  const [totals, own] = await Promise.all([folderTotals(db, folders), ownCopies(db, person.id, files)]);
  return lines.map((line, i) => {
    const { share, row } = line;
    const at = {
      number: shown + i + 1,
      ref: refOf(line),
      kind: line.kind,
      share: share.name,
      owner: share.ownerName,
      modifiedAt: row.modifiedAt?.toISOString() ?? null,
    };
    const isOwn = share.ownerId === person.id;
    if (line.kind === "file") {
      const { name, sizeBytes, path } = line.row;
      const isYours = isOwn || own.has(copyKey(line.row));
      return { ...at, name, path: insideShare(path, share), bytes: sizeBytes, files: 1, copies: line.copies, isYours };
    }
    const { files, bytes, newestAt } = totals.get(row.id) ?? { files: 0, bytes: 0, newestAt: null };
    const name = folderTitle(line.row, share);
    // A folder is as old as the newest file in it: its own time says nothing of what lies deeper.
    const modifiedAt = newestAt?.toISOString() ?? at.modifiedAt;
    return { ...at, modifiedAt, name, path: folderPath(line.row, share), files, bytes, copies: 1, isYours: isOwn };
  });
}
