// Which share tells which new file, and how a list of them is put into a few lines. Pure.
import type { Telling } from "#contract";
import type { AddedFile } from "../catalog/index.ts";
import { makeRef } from "../platform/refs.ts";
import { isBelow } from "../shares/index.ts";

export interface TellingShare {
  id: number;
  groupId: number;
  name: string;
  /** Relative to the server's share folder, "" for all of it. */
  path: string;
  owner: string;
  introducedAt: Date | null;
}

const mostFolders = 5;
const mostExamples = 3;

/** New files by share. In one group the narrowest share tells a file, so that no group hears of it twice. */
export function shareOut(shares: readonly TellingShare[], added: readonly AddedFile[]): Map<TellingShare, AddedFile[]> {
  const out = new Map<TellingShare, AddedFile[]>();
  const narrowFirst = shares.toSorted((a, b) => b.path.length - a.path.length || a.id - b.id);
  const folders = Map.groupBy(added, (file) => file.directoryPath);
  for (const group of Map.groupBy(narrowFirst, (share) => share.groupId).values()) {
    for (const [directoryPath, files] of folders) {
      const share = group.find((one) => isBelow(directoryPath, one.path));
      if (share) collect(out, share, files);
    }
  }
  return out;
}

function collect(out: Map<TellingShare, AddedFile[]>, share: TellingShare, files: readonly AddedFile[]): void {
  const told = out.get(share) ?? [];
  for (const file of files) told.push(file);
  out.set(share, told);
}

type FilesAdded = Extract<Telling, { kind: "files.added" }>;

/** The folders with most new files first; names as the group may see them, inside the share. */
export function tellAdded(share: TellingShare, files: readonly AddedFile[], announcementId: number): FilesAdded {
  const folders = [...Map.groupBy(files, (file) => file.directoryId).values()];
  folders.sort((a, b) => b.length - a.length || (a[0]?.directoryId ?? 0) - (b[0]?.directoryId ?? 0));
  return {
    kind: "files.added",
    announcement: makeRef("a", announcementId),
    owner: share.owner,
    share: share.name,
    files: files.length,
    bytes: sumBytes(files),
    folders: folders.slice(0, mostFolders).flatMap((inside) => folderLine(share, inside)),
    more: Math.max(0, folders.length - mostFolders),
  };
}

function folderLine(share: TellingShare, files: readonly AddedFile[]): FilesAdded["folders"] {
  const [first] = files;
  if (!first) return [];
  const inside = share.path === "" ? first.directoryPath : first.directoryPath.slice(share.path.length + 1);
  const names = inside.split("/").filter(Boolean);
  const examples = files.map((file) => file.name).sort();
  return [
    {
      ref: makeRef("d", first.directoryId),
      name: names.at(-1) ?? share.name,
      path: names.slice(0, -1).join("/"),
      files: files.length,
      bytes: sumBytes(files),
      examples: examples.slice(0, mostExamples),
    },
  ];
}

export function sumBytes(files: readonly { sizeBytes: number }[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}
