// What the catalog knows of a server's folders, and what the server says of them now: which of them stand still, so that
// they need not be listed.
import { setImmediate as nextTurn } from "node:timers/promises";
import { joinPath } from "../../ftp/index.ts";
import type { Crawling, Reader } from "./crawling.ts";
import type { FolderNode } from "./folder.ts";
import { isOld } from "./folder.ts";

/** Of each folder of the catalog: the time (ms) that stands for "the same files and folders", or null where there is none. */
export type KnownFolders = ReadonlyMap<string, number | null>;

/** What a server told of known folders before anything was listed. */
export type Told = ReadonlyMap<string, Pick<FolderNode, "modifiedAt" | "unique">>;

/** Some 60 MB with their paths; a catalog of more is read folder by folder. */
const mostAsked = 200_000;
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

/** Asks for the times of all known folders, where the session can. Never throws; whatever it did not hear is listed. */
export async function askKnown(state: Crawling, { session, root }: Pick<Reader, "session" | "root">): Promise<void> {
  const { known, stop } = state;
  if (known.size === 0 || known.size > mostAsked || !session.folderTimes) return;
  const told = new Map<string, Pick<FolderNode, "modifiedAt" | "unique">>();
  const paths = [...known.keys()];
  for (let at = 0; at < paths.length; at += foldersPerTurn) {
    const some = paths.slice(at, at + foldersPerTurn);
    const real = some.map((path) => joinPath(root, path));
    const answers = await session.folderTimes(real, { signal: stop.signal }).catch(() => undefined);
    if (!answers) return;
    for (const [index, answer] of answers.entries()) if (answer) told.set(some[index] ?? "", answer);
  }
  state.told = told;
}

/** With what was told of it before, when its parent's listing has told no time. */
export function asTold(state: Crawling, node: FolderNode): FolderNode {
  const told = node.modifiedAt === null ? state.told?.get(node.path) : undefined;
  return told ? { ...node, ...told } : node;
}

/** The same files as the catalog has. Where it has folders, they must have been asked about: nothing else will name them. */
export function standsStill(state: Crawling, { path, modifiedAt }: FolderNode): boolean {
  if (modifiedAt === null || state.known.get(path) !== modifiedAt.getTime()) return false;
  return isOld(modifiedAt, state.clock.now()) && (state.told !== undefined || !state.within.has(path));
}

/** The folders of one that stands still. */
export function knownWithin(state: Crawling, parent: FolderNode): FolderNode[] {
  const paths = state.within.get(parent.path) ?? [];
  return paths.map((path) => {
    const node = { path, root: parent.root, depth: parent.depth + 1, modifiedAt: null, unique: undefined, parent };
    return asTold(state, node);
  });
}
