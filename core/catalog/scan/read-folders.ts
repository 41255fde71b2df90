// Reads waiting folders one by one with one session: several under way at a time where the session can, until none wait or
// the session is lost. What was asked for and not answered waits again.
import type { FolderFound } from "../../ftp/index.ts";
import { joinPath } from "../../ftp/index.ts";
import { asFonError, FonError } from "../../platform/errors.ts";
import type { Crawling, Reader } from "./crawling.ts";
import { isLost, isRead, learnTimes, nextOf, noteUnread, takeNext, visit, wait } from "./crawling.ts";
import type { FolderNode } from "./folder.ts";
import { inUtc, onlyZone, unknownZone } from "./zone.ts";

/** Codes that speak of the folder; with any other the session is no longer to be trusted. */
const aboutFolder = new Set(["file.gone", "file.unreadable"]);

/** Files. The reply of one that has more is likely to be too long for a control connection: core/ftp/replies/assemble.ts. */
const mostByStat = 2_000;

/** @returns whether the session can be used again */
export async function readFolders(state: Crawling, reader: Reader): Promise<boolean> {
  const { session, ways } = reader;
  const isBurst = session.listMany !== undefined && !ways.exact && !isForList(state);
  if (isBurst) return readMany(state, reader);
  const node = takeNext(state);
  if (!node) return true;
  try {
    const found = await readOne(state, reader, node);
    if (found) await take(state, reader, node, found);
    return found !== undefined;
  } finally {
    isRead(state);
  }
}

/** Undefined: the session is lost, and the folder waits for another one. */
export async function readOne(
  state: Crawling,
  { session, root }: Reader,
  node: FolderNode,
): Promise<FolderFound | undefined> {
  const begunAt = state.clock.now().getTime();
  try {
    const listing = await session.list(joinPath(root, node.path), optionsOf(state));
    const tookMs = state.clock.now().getTime() - begunAt;
    state.listingMs = state.listingMs === undefined ? tookMs : (3 * state.listingMs + tookMs) / 4;
    return { listing, isExact: session.features.mlst };
  } catch (error) {
    const known = asKnown(error);
    if (aboutFolder.has(known.code) && !session.closed) return { error: known };
    isLost(state, node, known.code);
    return undefined;
  }
}

/** Exact times are wanted, or nothing but a plain listing is right. */
export function isSingle(node: FolderNode | undefined): boolean {
  return node?.isForTimes === true || node?.isAlone === true;
}

/** The next one is to be listed, and not as one of several: what the catalog has of it is too long for that. */
function isForList(state: Crawling): boolean {
  const node = nextOf(state);
  return isSingle(node) || (node !== undefined && (state.known.get(node.path)?.files ?? 0) > mostByStat);
}

async function readMany(state: Crawling, reader: Reader): Promise<boolean> {
  const { session, root } = reader;
  const asked = new Map<string, FolderNode>();
  const next = () => {
    const node = isForList(state) ? undefined : takeNext(state);
    if (!node) return undefined;
    const path = joinPath(root, node.path);
    asked.set(path, node);
    return path;
  };
  const onListing = async (path: string, found: FolderFound) => {
    const node = asked.get(path);
    if (!node) return;
    asked.delete(path);
    try {
      await take(state, reader, node, found);
    } finally {
      isRead(state);
    }
  };
  try {
    await session.listMany?.({ ...optionsOf(state), next, exact: false, onListing });
    return true;
  } catch (error) {
    askAgain(state, [...asked.values()], asKnown(error));
    return false;
  }
}

/** One of them is what the session was lost over: a reply too long for a control connection, perhaps. */
function askAgain(state: Crawling, asked: FolderNode[], error: FonError): void {
  if (error.code === "server.protocol") state.seen.longReplies += 1;
  for (const node of asked) {
    if (error.code === "server.protocol" && !node.isAlone) wait(state, { ...node, isAlone: true });
    else isLost(state, node, error.code);
    isRead(state);
  }
}

/** What became of one folder. */
async function take(
  state: Crawling,
  { session, ways, onFound }: Reader,
  node: FolderNode,
  found: FolderFound,
): Promise<void> {
  if ("error" in found) return refuse(state, node, found.error);
  if (node.isForTimes) return learnTimes(state, node, found.listing);
  const zone = session.features.mlst ? (state.zone ?? unknownZone) : onlyZone;
  const listing = found.isExact ? found.listing : inUtc(found.listing, zone);
  for (const child of await visit(state, node, listing, ways.learns)) wait(state, child);
  onFound();
}

export function refuse(state: Crawling, node: FolderNode, { code }: FonError): void {
  if (!node.isForTimes)
    noteUnread(state, node, node.parent === undefined && code === "file.gone" ? "share.path-missing" : code);
}

export const optionsOf = ({ stop, limits }: Crawling) => ({ signal: stop.signal, maxEntries: limits.folderEntries });

export function asKnown(error: unknown): FonError {
  return asFonError(error) ?? new FonError("core.internal", {}, { detail: "listing", cause: error });
}
