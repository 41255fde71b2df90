// Reads a waiting folder and all below it by one recursive listing. What that leaves out (folders that it named and did not
// show: unreadable, too deep for the server, cut) waits to be read otherwise.
import type { Listing, TreeEnd } from "../../ftp/index.ts";
import { joinPath } from "../../ftp/index.ts";
import type { Crawling, Reader } from "./crawling.ts";
import { isLost, isRead, note, reserve, takeNext, visit, wait } from "./crawling.ts";
import type { FolderNode } from "./folder.ts";
import { bytesOf } from "./folder.ts";
import { asKnown, isSingle, optionsOf, readOne, refuse } from "./read-folders.ts";
import { compareZones, inUtc, onlyZone, unknownZone } from "./zone.ts";

interface Tree {
  node: FolderNode;
  /** The folder itself, when it was listed with exact times before. */
  exact: Listing | undefined;
  isOwnRead: boolean;
  /** Named, and not shown until now: by path below `node`. */
  named: Map<string, FolderNode>;
  shown: number;
}

/** @returns whether the session can be used again */
export async function readTree(state: Crawling, reader: Reader): Promise<boolean> {
  const node = takeHighest(state);
  if (!node) return true;
  const tree: Tree = { node, exact: undefined, isOwnRead: false, named: new Map(), shown: 0 };
  try {
    if (isExactNeeded(state, reader.ways, node)) {
      const found = await readOne(state, reader, node);
      if (!found) return false;
      if ("error" in found) refuse(state, node, found.error);
      if ("error" in found) return true;
      tree.exact = found.listing;
      tree.isOwnRead = true;
      await show(state, reader, tree, node, found.listing);
      if (tree.named.size === 0) return true;
    }
    return await readBelow(state, reader, tree);
  } finally {
    if (state.highest === node) state.highest = undefined;
    for (const left of tree.named.values()) {
      state.waitingBytes -= bytesOf(left);
      wait(state, left);
    }
    isRead(state);
    reader.onFound();
  }
}

/**
 * While nobody reads such a one, the one that waits longest: it is the highest, and has the most below it. What that brings
 * keeps the database at work while others pay round trips for small ones. Of high ones ever more is left over: when much waits,
 * the last that was named is next, which is done soonest.
 */
function takeHighest(state: Crawling): FolderNode | undefined {
  const [highest] = state.waiting;
  const isMuch = state.waitingBytes > state.limits.waitingBytes / 4;
  if (!highest || isSingle(highest) || state.highest || isMuch) return takeNext(state);
  state.waiting.push(...state.waiting.splice(0, 1));
  state.highest = takeNext(state);
  return state.highest;
}

function isExactNeeded({ zone }: Crawling, { exactFirst }: Reader["ways"], { parent }: FolderNode): boolean {
  if (exactFirst === "for the zone") return zone === undefined || parent === undefined;
  return exactFirst === "always";
}

async function readBelow(state: Crawling, reader: Reader, tree: Tree): Promise<boolean> {
  const { session, root } = reader;
  const { node } = tree;
  try {
    const end = await session.listTree?.(joinPath(root, node.path), {
      ...optionsOf(state),
      maxTotalEntries: state.limits.entries,
      maxWaitingBytes: state.limits.waitingBytes,
      onFolder: (path, listing) => takeSection(state, reader, tree, path, listing),
    });
    if (end) judge(state, tree, end);
    if (!tree.isOwnRead) wait(state, { ...node, isAlone: true });
    return end?.end !== "cut";
  } catch (error) {
    const { code } = asKnown(error);
    const isAboutFolder = (code === "file.gone" || code === "file.unreadable") && !session.closed;
    if (isAboutFolder) refuse(state, node, asKnown(error));
    else state.seen.lostTrees += 1;
    if (!isAboutFolder && !tree.isOwnRead) isLost(state, node, code);
    return isAboutFolder;
  }
}

/** What is to be remembered of it. */
function judge(state: Crawling, { named, shown, exact, isOwnRead }: Tree, { end, strange }: TreeEnd): void {
  if (end === "cut") note(state, "scan.limit");
  // Names that look like sections may have hidden others: nothing of this scan counts as gone.
  const isAnyBelieved = shown > 0 || (isOwnRead && !exact);
  if (strange > 0 && isAnyBelieved) note(state, "server.protocol");
  const hasShownNone = shown === 0 && named.size > 0;
  if (end === "refused" || strange > 0 || hasShownNone) state.seen.isFlat = true;
}

async function takeSection(state: Crawling, reader: Reader, tree: Tree, path: string, listing: Listing): Promise<void> {
  const { node, named, exact } = tree;
  if (path === "" && exact) {
    state.zone ??= compareZones(exact, listing);
    return;
  }
  // A server that takes `-aR` for a name may show an empty folder: the plain listing says whether it is.
  if (path === "" && (tree.isOwnRead || listing.entries.length === 0)) return;
  const target = path === "" ? node : named.get(path);
  if (!target || state.stop.signal.aborted) return;
  if (path === "") tree.isOwnRead = true;
  else {
    tree.shown += 1;
    named.delete(path);
    state.waitingBytes -= bytesOf(target);
  }
  const zone = reader.ways.exactFirst === "never" ? onlyZone : (state.zone ?? unknownZone);
  await show(state, reader, tree, target, inUtc(listing, zone));
  reader.onFound();
}

/** Hands a folder on and awaits the sections of those in it. */
async function show(state: Crawling, reader: Reader, tree: Tree, node: FolderNode, listing: Listing): Promise<void> {
  const { path: base } = tree.node;
  for (const child of await visit(state, node, listing, reader.ways.learns))
    if (reserve(state, child)) tree.named.set(base === "" ? child.path : child.path.slice(base.length + 1), child);
}
