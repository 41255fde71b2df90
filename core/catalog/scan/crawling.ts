// What a crawl knows on its way, and what becomes of a folder that was listed, however it was listed. No FTP here.
import type { Listing } from "../../ftp/index.ts";
import type { CrawlInput, CrawlOutcome, CrawlSession, FolderTime } from "./crawl.ts";
import type { FolderNode, ListedFolder } from "./folder.ts";
import { bytesOf, fingerprint, foldersOf, isCycle, isOld, toListedFolder } from "./folder.ts";
import type { Seen, Ways } from "./strategy.ts";
import { nothingSeen } from "./strategy.ts";
import type { Zone } from "./zone.ts";

export interface Crawling extends CrawlInput {
  outcome: CrawlOutcome;
  startedAt: Date;
  entries: number;
  /** Known and not yet read; the last one is next, so that a wide tree does not grow in memory before it is read. */
  waiting: FolderNode[];
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
  /** Have folders in them whose exact times nobody told. Read when nothing else waits. */
  parents: FolderNode[];
  /** Told so far; given away at the end, when it is known which of them count. */
  times: FolderTime[];
  /** What one listing takes, as the last ones did. Undefined: nobody knows yet. */
  listingMs: number | undefined;
  /** Folders whose content does not stand still, or was not understood: no time means "the same again". */
  restless: Set<string>;
}

/** More of them, and no times are learned. */
const mostRestless = 100_000;
/** Some 40 MB. What is beyond is listed again by the next scan, and no more. */
const mostTimes = 200_000;

export function createCrawling(input: CrawlInput): Crawling {
  return {
    ...input,
    outcome: { isComplete: true, problem: undefined, folders: 0, held: 0, sessions: input.sessions },
    startedAt: input.clock.now(),
    entries: 0,
    waiting: [],
    waitingBytes: 0,
    reading: 0,
    news: Promise.withResolvers(),
    stop: new AbortController(),
    failure: undefined,
    seen: nothingSeen(),
    zone: undefined,
    parents: [],
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

export const isQuick = (state: Crawling) => state.unchanged.size > 0;

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

/** @returns false when there is no room for it; that is noted */
export function reserve(state: Crawling, node: FolderNode): boolean {
  if (state.waitingBytes > state.limits.waitingBytes) {
    note(state, "scan.limit");
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
  else if (!node.isForTimes) note(state, problem);
}

/** Hands a listing on. @returns the folders in it that are to be read */
export async function visit(
  state: Crawling,
  node: FolderNode,
  listing: Listing,
  learnsTimes = false,
): Promise<FolderNode[]> {
  if (listing.truncated) note(state, "scan.limit");
  node.print = await fingerprint(listing);
  if (isCycle(node)) return [];
  const folder = await toListedFolder(node, listing, state.clock.now(), state.limits.settleMs);
  await handOn(state, folder);
  state.entries += listing.entries.length;
  if (state.entries > state.limits.entries) {
    giveUp(state, "scan.limit");
    return [];
  }
  const folders = await foldersOf(node, listing);
  if (learnsTimes) noteTimes(state, node, folder, folders);
  const entered: FolderNode[] = [];
  for (const child of folders) if (await enters(state, child)) entered.push(child);
  return entered;
}

function noteTimes(state: Crawling, node: FolderNode, folder: ListedFolder, folders: FolderNode[]): void {
  if (!state.onTimes) return;
  const isRestless = !folder.isWhole || folder.files.some((file) => file.isHeld);
  if (isRestless && state.restless.size < mostRestless) state.restless.add(node.path);
  if (folders.some((child) => child.modifiedAt === null)) wait(state, { ...node, isForTimes: true, losses: 0 });
}

/** A folder seen in a listing: skipped when it is a link back up, over a bound, or unchanged. */
async function enters(state: Crawling, node: FolderNode): Promise<boolean> {
  if (isCycle(node)) return false;
  if (node.depth > state.limits.depth || Buffer.byteLength(node.path) > state.limits.pathBytes) {
    note(state, "scan.limit");
    return false;
  }
  const { path, root, modifiedAt } = node;
  const isUnchanged = modifiedAt !== null && state.unchanged.get(path) === modifiedAt.getTime();
  if (!isUnchanged || !isOld(modifiedAt, state.clock.now())) return true;
  await handOn(state, { path, root, modifiedAt, isWhole: true, isSkipped: true, files: [] });
  return false;
}

async function handOn(state: Crawling, folder: ListedFolder): Promise<void> {
  state.outcome.folders += 1;
  for (const file of folder.files) if (file.isHeld) state.outcome.held += 1;
  await orFail(state, () => state.onFolder(folder));
}

async function orFail(state: Crawling, act: () => Promise<void>): Promise<void> {
  try {
    await act();
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
  for (const { path, modifiedAt } of await foldersOf(node, listing))
    if (modifiedAt && isOld(modifiedAt, state.startedAt) && state.times.length < mostTimes)
      state.times.push({ path, modifiedAt });
}

/** At the end. Of folders that do not stand still, or were not understood, no time counts. */
export async function giveTimes(state: Crawling): Promise<void> {
  const times = state.times.splice(0).filter(({ path }) => !state.restless.has(path));
  if (times.length > 0 && state.restless.size < mostRestless) await state.onTimes?.(times);
}
