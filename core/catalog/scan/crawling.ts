// What a crawl knows on its way, and what becomes of a folder that was listed, however it was listed. No FTP here.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Listing } from "../../ftp/index.ts";
import type { CrawlInput, CrawlOutcome, CrawlSession, FolderTime } from "./crawl.ts";
import type { FolderNode, ListedFolder } from "./folder.ts";
import { bytesOf, foldersOf, hashListing, isCycle, isOld, toListedFolder } from "./folder.ts";
import type { Asking, Told } from "./known.ts";
import { isAsKnown, knownWithin, parentOf, standsStill } from "./known.ts";
import type { Seen, Ways } from "./strategy.ts";
import { nothingSeen } from "./strategy.ts";
import type { Zone } from "./zone.ts";

export interface Crawling extends CrawlInput {
  outcome: CrawlOutcome;
  startedAt: Date;
  entries: number;
  /** Known and not yet read; the last one is next, so that a wide tree does not grow in memory before it is read. See also `highest`. */
  waiting: FolderNode[];
  /** Of those that are read now with all below them: the one that waited longest, taken before its turn. */
  highest: FolderNode | undefined;
  /** Of `waiting`, `parents` and what recursive listings have named. */
  waitingBytes: number;
  /** Folders that are being read, and may have more in them. */
  reading: number;
  /** Settles when a folder was read. */
  news: PromiseWithResolvers<void>;
  /** Aborts when no more is to be read: told to stop, out of time, server gone. */
  stop: AbortController;
  /** What `onFolder` threw first. Visits never reject, so that none goes on after the crawl has ended. */
  failure: { error: unknown } | undefined;
  seen: Seen;
  /** In which LIST tells times; undefined until something was compared. */
  zone: Zone | undefined;
  /** While known folders are asked about: nothing is listed meanwhile. */
  asking: Asking | undefined;
  /** Undefined: nothing was asked, or not heard. */
  told: Told | undefined;
  /** Of `known`, by the folder that they lie in. */
  within: ReadonlyMap<string, string[]>;
  /** Have folders in them whose exact times nobody told. Read when nothing else waits. */
  parents: FolderNode[];
  /** Paths of folders whose own exact time nobody told, where it can be asked for. Asked when nothing else waits. */
  timeless: string[];
  /** Told so far; given away at the end, when it is known which of them count. */
  times: FolderTime[];
  /** What one listing takes, as the last ones did. Undefined: nobody knows yet. */
  listingMs: number | undefined;
  /** Folders whose content does not stand still, or was not understood, or not all read: no time means "the same again". */
  restless: Set<string>;
}

/** Of folders that are only handed on. */
const foldersPerTurn = 1_000;
/** More of them, and no times are learned. */
const mostRestless = 100_000;
/** Some 40 MB. What is beyond is listed again by the next scan, and no more. */
const mostTimes = 200_000;

export function createCrawling(input: CrawlInput, within: Crawling["within"]): Crawling {
  return {
    ...input,
    outcome: { isComplete: true, problem: undefined, folders: 0, held: 0, sessions: input.sessions },
    startedAt: input.clock.now(),
    entries: 0,
    waiting: [],
    highest: undefined,
    waitingBytes: 0,
    reading: 0,
    news: Promise.withResolvers(),
    stop: new AbortController(),
    failure: undefined,
    seen: nothingSeen(),
    zone: undefined,
    asking: undefined,
    told: undefined,
    within,
    parents: [],
    timeless: [],
    times: [],
    listingMs: undefined,
    restless: new Set(),
  };
}

/** One session that reads, and how. */
export interface Reader {
  session: CrawlSession["session"];
  root: string;
  ways: Ways;
  /** Folders were added to those that wait. */
  onFound: () => void;
}

export const isQuick = (state: Crawling) => state.known.size > 0;

export function note(state: Crawling, problem: string): void {
  state.outcome.isComplete = false;
  state.outcome.problem ??= problem;
}

export function giveUp(state: Crawling, problem: string): void {
  note(state, problem);
  state.stop.abort();
}

/** The next folder, now being read. */
export function takeNext(state: Crawling): FolderNode | undefined {
  const node = state.stop.signal.aborted ? undefined : (state.waiting.pop() ?? state.parents.pop());
  if (!node) return undefined;
  state.waitingBytes -= bytesOf(node);
  state.reading += 1;
  return node;
}

export function isRead(state: Crawling): void {
  state.reading -= 1;
  state.news.resolve();
  state.news = Promise.withResolvers();
}

/** As `note`: a folder is not read, and one that has it in it must not be taken for known. */
export function noteUnread(state: Crawling, { path }: FolderNode, problem: string): void {
  note(state, problem);
  if (path !== "") addRestless(state, parentOf(path));
}

function addRestless({ restless }: Crawling, path: string): void {
  if (restless.size < mostRestless) restless.add(path);
}

/** @returns false when there is no room for it; that is noted */
export function reserve(state: Crawling, node: FolderNode): boolean {
  if (state.waitingBytes > state.limits.waitingBytes) {
    noteUnread(state, node, "scan.limit");
    return false;
  }
  state.waitingBytes += bytesOf(node);
  return true;
}

/** The one that `takeNext` would give. */
export const nextOf = ({ waiting, parents }: Crawling) => waiting.at(-1) ?? parents.at(-1);

export function wait(state: Crawling, node: FolderNode): void {
  if (reserve(state, node)) (node.isForTimes ? state.parents : state.waiting).push(node);
}

/** Noted, or read once more by another session. */
export function isLost(state: Crawling, node: FolderNode, problem: string): void {
  if (state.stop.signal.aborted) return;
  node.losses = (node.losses ?? 0) + 1;
  if (node.losses < 2) wait(state, node);
  else if (!node.isForTimes) noteUnread(state, node, problem);
}

/** Hands a listing on. @returns the folders in it that are to be read */
export async function visit(
  state: Crawling,
  node: FolderNode,
  listing: Listing,
  learns: Ways["learns"],
): Promise<FolderNode[]> {
  if (listing.truncated) note(state, "scan.limit");
  node.listingHash = await hashListing(listing);
  if (isCycle(node)) return [];
  const folder = await toListedFolder(node, listing, {
    now: state.clock.now(),
    settleMs: state.limits.settleMs,
    learns,
  });
  const folders = await foldersOf(node, listing);
  if (isAsKnown(state, folder)) noteStill(state, node);
  else await handOn(state, folders.length > 0 ? timedLater(state, folder) : folder);
  state.entries += listing.entries.length;
  if (state.entries > state.limits.entries) {
    giveUp(state, "scan.limit");
    return [];
  }
  if (learns !== "nothing") noteTimes(state, node, folder, { folders, learns });
  return await enter(state, folders);
}

/** Without its time: whether that stands for all that is in it is known when the folders in it were read. */
function timedLater(state: Crawling, folder: ListedFolder): ListedFolder {
  if (folder.modifiedAt && state.times.length < mostTimes)
    state.times.push({ path: folder.path, modifiedAt: folder.modifiedAt });
  return { ...folder, modifiedAt: null };
}

function noteTimes(
  state: Crawling,
  node: FolderNode,
  folder: ListedFolder,
  { folders, learns }: { folders: FolderNode[]; learns: Ways["learns"] },
): void {
  if (!state.onTimes) return;
  if (!folder.isWhole || folder.files.some((file) => file.isHeld)) addRestless(state, node.path);
  if (learns === "by asking") {
    if (node.modifiedAt === null && state.timeless.length < mostTimes) state.timeless.push(node.path);
  } else if (folders.some((child) => child.modifiedAt === null)) {
    wait(state, { ...node, isForTimes: true, losses: 0 });
  }
}

/**
 * Of folders that were named, and of those that are known in one that stands still: the ones to be read. Left out are links
 * back up and what is over a bound.
 */
export async function enter(state: Crawling, folders: readonly FolderNode[]): Promise<FolderNode[]> {
  const entered: FolderNode[] = [];
  const named = folders.toReversed();
  for (let node = named.pop(); node; node = named.pop()) {
    if (isCycle(node)) continue;
    if (isTooDeep(state, node)) noteUnread(state, node, "scan.limit");
    else if (!standsStill(state, node)) entered.push(node);
    else {
      noteStill(state, node);
      if (state.outcome.folders % foldersPerTurn === 0) await nextTurn();
      for (const child of knownWithin(state, node).reverse()) named.push(child);
    }
  }
  return entered;
}

const isTooDeep = ({ limits }: Crawling, { depth, path }: FolderNode) =>
  depth > limits.depth || Buffer.byteLength(path) > limits.pathBytes;

function noteStill(state: Crawling, { path }: FolderNode): void {
  state.outcome.folders += 1;
  state.onStill?.(path);
}

async function handOn(state: Crawling, folder: ListedFolder): Promise<void> {
  state.outcome.folders += 1;
  for (const file of folder.files) if (file.isHeld) state.outcome.held += 1;
  try {
    await state.onFolder(folder);
  } catch (error) {
    state.failure ??= { error };
    state.stop.abort();
  }
}

/**
 * What a folder's exact listing says about the folders in it. A time counts when it is older than all that was read here:
 * what was in the folder then is what the time stands for.
 */
export async function learnTimes(state: Crawling, node: FolderNode, listing: Listing): Promise<void> {
  for (const { path, modifiedAt } of await foldersOf(node, listing)) noteTime(state, path, modifiedAt);
}

export function noteTime(state: Crawling, path: string, modifiedAt: Date | null): void {
  if (modifiedAt && isOld(modifiedAt, state.startedAt) && state.times.length < mostTimes)
    state.times.push({ path, modifiedAt });
}

/** At the end. Of folders that do not stand still, or were not understood or all read, no time counts; after a stop, of none. */
export async function giveTimes(state: Crawling): Promise<void> {
  if (state.stop.signal.aborted) return;
  const times = state.times.splice(0).filter(({ path }) => !state.restless.has(path));
  if (times.length > 0 && state.restless.size < mostRestless) await state.onTimes?.(times);
}
