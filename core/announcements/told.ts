// Which group is told which new file, and how a list of them is put into a few lines. Pure.
import type { News, Telling } from "#contract";
import type { AddedFile } from "../catalog/index.ts";
import { makeRef } from "../platform/refs.ts";
import type { VisibleShare } from "../shares/index.ts";
import { isBelow } from "../shares/index.ts";
import type { AnnouncedFolder } from "./store/files.ts";

export interface TellingShare {
  id: number;
  groupId: number;
  /** Relative to the server's share folder, "" for all of it. */
  path: string;
  introducedAt: Date | null;
}

const mostFolders = 5;

/** New files by group; a file that lies in several shares of a group once. */
export function filesByGroup(shares: readonly TellingShare[], added: readonly AddedFile[]): Map<number, AddedFile[]> {
  const folders = [...Map.groupBy(added, (file) => file.directoryPath)];
  const out = new Map<number, AddedFile[]>();
  for (const [groupId, group] of Map.groupBy(shares, (share) => share.groupId)) {
    const seen = folders.filter(([path]) => group.some((share) => isBelow(path, share.path)));
    if (seen.length > 0)
      out.set(
        groupId,
        seen.flatMap(([, files]) => files),
      );
  }
  return out;
}

/** The narrowest share that shows a folder; undefined when none does. */
export function seenThrough(
  folder: { serverId: number; directoryPath: string },
  shares: readonly VisibleShare[],
): VisibleShare | undefined {
  const fitting = shares.filter(
    ({ serverId, path }) => serverId === folder.serverId && isBelow(folder.directoryPath, path),
  );
  return fitting.sort((a, b) => b.path.length - a.path.length || a.id - b.id)[0];
}

export interface SeenFolder {
  folder: AnnouncedFolder;
  share: VisibleShare;
}

export function seenFolders(folders: readonly AnnouncedFolder[], shares: readonly VisibleShare[]): SeenFolder[] {
  return folders.flatMap((folder) => {
    const share = seenThrough(folder, shares);
    return share ? [{ folder, share }] : [];
  });
}

export interface Totals {
  /** Who shares most of it first. */
  owners: string[];
  files: number;
  bytes: number;
}

export function totalsOfFolders(seen: readonly SeenFolder[]): Totals {
  const byOwner = Map.groupBy(seen, ({ share }) => share.ownerId);
  const owners = [...byOwner.values()].map((all) => ({
    name: all[0]?.share.ownerName ?? "",
    files: sum(all, "files"),
  }));
  owners.sort((a, b) => b.files - a.files || (a.name < b.name ? -1 : 1));
  return { owners: owners.map(({ name }) => name), files: sum(seen, "files"), bytes: sum(seen, "bytes") };
}

function sum(seen: readonly SeenFolder[], what: "files" | "bytes"): number {
  return seen.reduce((total, { folder }) => total + folder[what], 0);
}

type FilesAdded = Extract<Telling, { kind: "files.added" }>;

/** The folders with most new files first; names as the group may see them, inside the share. Nothing seen: undefined. */
export function tellAdded(id: number, level: News, seen: readonly SeenFolder[]): FilesAdded | undefined {
  if (seen.length === 0 || level === "off") return undefined;
  const totals = totalsOfFolders(seen);
  const largest = seen.toSorted(
    (a, b) => b.folder.files - a.folder.files || a.folder.directoryId - b.folder.directoryId,
  );
  const lines = level === "count" ? [] : largest.slice(0, mostFolders);
  return {
    kind: "files.added",
    announcement: makeRef("a", id),
    level,
    ...totals,
    folders: lines.map((one) => folderLine(one, level === "full")),
    more: totals.files - sum(lines, "files"),
  };
}

function folderLine({ folder, share }: SeenFolder, hasExamples: boolean): FilesAdded["folders"][number] {
  const { directoryPath, directoryId, files, bytes, examples } = folder;
  const inside = share.path === "" ? directoryPath : directoryPath.slice(share.path.length + 1);
  const names = inside.split("/").filter(Boolean);
  return {
    ref: makeRef("d", directoryId),
    owner: share.ownerName,
    share: share.name,
    name: names.at(-1) ?? share.name,
    path: names.slice(0, -1).join("/"),
    files,
    bytes,
    examples: hasExamples ? examples : [],
  };
}
