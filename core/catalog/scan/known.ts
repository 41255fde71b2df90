// What the catalog knows of a server's folders, and what the server says of them now: which of them stand still, so that
// they need not be listed.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Crawling } from "./crawling.ts";
import type { FolderNode, ListedFolder } from "./folder.ts";
import { isOld } from "./folder.ts";

export interface KnownFolder {
  /** Time (ms) that stands for "the same files and folders"; null where there is none. */
  modifiedMs: number | null;
  /** See ListedFolder. */
  filesHash: number | null;
  /** How many files lie in it. */
  files: number;
}

/** Folders of the catalog, by path. */
export type KnownFolders = ReadonlyMap<string, KnownFolder>;

/** What a server told of known folders before anything was listed. */
export type Told = ReadonlyMap<string, Pick<FolderNode, "modifiedAt" | "unique">>;

/** Some milliseconds of work. */
const foldersPerTurn = 5_000;

export const parentOf = (path: string) => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");

/** By folder: the known folders in it. */
export async function groupByParent(known: KnownFolders): Promise<Map<string, string[]>> {
  const within = new Map<string, string[]>();
  let count = 0;
  for (const path of known.keys()) {
    count += 1;
    if (count % foldersPerTurn === 0) await nextTurn();
    if (path === "") continue;
    const siblings = within.get(parentOf(path));
    if (siblings) siblings.push(path);
    else within.set(parentOf(path), [path]);
  }
  return within;
}

/** What is asked of a server before anything is listed. */
export interface Asking {
  /** Known folders that were not asked about yet. */
  left: string[];
  told: Map<string, Pick<FolderNode, "modifiedAt" | "unique">>;
  /** What one question took of late. Undefined: nobody knows yet. */
  eachMs: number | undefined;
  /** How many were asked at once of late. */
  lot: number;
}

/** With what was told of it before, when its parent's listing has told no time. */
export function asTold(state: Crawling, node: FolderNode): FolderNode {
  const told = node.modifiedAt === null ? state.told?.get(node.path) : undefined;
  return told ? { ...node, ...told } : node;
}

/** The same files as the catalog has. Where it has folders, they must have been asked about: nothing else will name them. */
export function standsStill(state: Crawling, { path, modifiedAt }: FolderNode): boolean {
  if (modifiedAt === null || state.known.get(path)?.modifiedMs !== modifiedAt.getTime()) return false;
  return isOld(modifiedAt, state.clock.now()) && (state.told !== undefined || !state.within.has(path));
}

/** It was listed, and tells what the catalog has of it. */
export function isAsKnown({ known }: Crawling, { path, filesHash }: ListedFolder): boolean {
  return filesHash !== null && known.get(path)?.filesHash === filesHash;
}

/** The folders of one that stands still. */
export function knownWithin(state: Crawling, parent: FolderNode): FolderNode[] {
  const paths = state.within.get(parent.path) ?? [];
  return paths.map((path) => {
    const node = { path, root: parent.root, depth: parent.depth + 1, modifiedAt: null, unique: undefined, parent };
    return asTold(state, node);
  });
}
