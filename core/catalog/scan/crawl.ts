// Reads the shared folders of one server with a few sessions. It knows FTP sessions and bounds, and no database.
// Whatever goes wrong on the way makes the outcome incomplete; it throws only when nothing could be read at all.
import pLimit from "p-limit";
import type { Listing, Session } from "../../ftp/index.ts";
import { joinPath } from "../../ftp/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { asFonError } from "../../platform/errors.ts";
import type { FolderNode, ListedFolder } from "./folder.ts";
import { bytesOf, fingerprint, foldersOf, isCycle, isOld, toListedFolder } from "./folder.ts";
import type { ScanLimits } from "./limits.ts";

/** What the crawl needs of an open server. */
export interface CrawlSession {
  session: Pick<Session, "list" | "closed" | "features">;
  /** Real path of the share folder. */
  root: string;
  release(verdict: "keep" | "close"): void;
}

export interface CrawlInput {
  roots: string[];
  open: (signal: AbortSignal) => Promise<CrawlSession>;
  /** Times (ms) of folders without folders in them, which need not be listed while they have the same time. */
  unchanged: Map<string, number>;
  /** Sessions at a time. */
  sessions: number;
  limits: ScanLimits;
  clock: Clock;
  signal: AbortSignal;
  onFolder: (folder: ListedFolder) => Promise<void>;
}

export interface CrawlOutcome {
  isComplete: boolean;
  /** Code of the first thing that went wrong: one of the contract's, or `scan.limit` for a bound of ours or the server's. */
  problem: string | undefined;
  folders: number;
  held: number;
  /** Sessions that the server let us have. */
  sessions: number;
}

interface Crawl extends CrawlInput {
  outcome: CrawlOutcome;
  entries: number;
  /** Known and not yet read; the last one is next, so that a wide tree does not grow in memory before it is read. */
  waiting: FolderNode[];
  waitingBytes: number;
  /** Folders that are being read, and may have more in them. */
  reading: number;
  /** Settles when a folder was read. */
  news: PromiseWithResolvers<void>;
  idle: CrawlSession[];
  opened: number;
  /** Aborts when no more is to be read: told to stop, out of time, server gone. */
  stop: AbortController;
  limit: ReturnType<typeof pLimit>;
  /** What `onFolder` threw first. Visits never reject, so that none goes on after the crawl has ended. */
  failure: { error: unknown } | undefined;
}

/** @throws what `open` throws when not even one session can be had, what `onFolder` throws, and an AbortError when `signal` aborts */
export async function crawl(input: CrawlInput): Promise<CrawlOutcome> {
  const outcome = { isComplete: true, problem: undefined, folders: 0, held: 0, sessions: input.sessions };
  const state: Crawl = {
    ...input,
    outcome,
    entries: 0,
    waiting: [],
    waitingBytes: 0,
    reading: 0,
    news: Promise.withResolvers(),
    idle: [],
    opened: 0,
    stop: new AbortController(),
    limit: pLimit(Math.max(1, input.sessions)),
    failure: undefined,
  };
  const ended = new AbortController();
  const timer = input.clock.wait(input.limits.durationMs, ended.signal).then(() => {
    if (!ended.signal.aborted) giveUp(state, "scan.limit");
  });
  const onAbort = () => state.stop.abort();
  input.signal.addEventListener("abort", onAbort, { once: true });
  try {
    input.signal.throwIfAborted();
    const first = await input.open(state.stop.signal);
    state.opened = 1;
    state.idle.push(first);
    for (const root of input.roots.toReversed()) wait(state, rootNode(root));
    await Promise.all(Array.from({ length: Math.max(1, input.sessions) }, () => work(state)));
    input.signal.throwIfAborted();
    if (state.failure) throw state.failure.error;
    return state.outcome;
  } finally {
    input.signal.removeEventListener("abort", onAbort);
    ended.abort();
    await timer;
    for (const one of state.idle) one.release(one.session.closed ? "close" : "keep");
  }
}

function rootNode(root: string): FolderNode {
  return { path: root, root, depth: 0, modifiedAt: null, unique: undefined, parent: undefined };
}

function note(state: Crawl, problem: string): void {
  state.outcome.isComplete = false;
  state.outcome.problem ??= problem;
}

function giveUp(state: Crawl, problem: string): void {
  note(state, problem);
  state.stop.abort();
}

/** Reads one folder after the other until there are none, and none is being read in which there may be more. */
async function work(state: Crawl): Promise<void> {
  while (!state.stop.signal.aborted && (state.waiting.length > 0 || state.reading > 0)) {
    const node = state.waiting.pop();
    if (!node) {
      await state.news.promise;
      continue;
    }
    state.waitingBytes -= bytesOf(node);
    state.reading += 1;
    await visit(state, node);
    state.reading -= 1;
    state.news.resolve();
    state.news = Promise.withResolvers();
  }
}

/** Lists a folder, hands it on, and notes its folders. */
async function visit(state: Crawl, node: FolderNode): Promise<void> {
  const found = await read(state, node);
  if (!found) return;
  const { listing, isExact } = found;
  if (listing.truncated) note(state, "scan.limit");
  node.print = await fingerprint(listing);
  if (isCycle(node)) return;
  await handOn(state, await toListedFolder(node, listing, state.clock.now(), state.limits.settleMs));
  state.entries += listing.entries.length;
  if (state.entries > state.limits.entries) return giveUp(state, "scan.limit");
  for (const child of await foldersOf(node, listing)) await enter(state, child, isExact);
}

/** A folder seen in a listing: skipped when it is a link back up, over a bound, or unchanged. */
async function enter(state: Crawl, node: FolderNode, isExact: boolean): Promise<void> {
  if (isCycle(node)) return;
  if (node.depth > state.limits.depth || Buffer.byteLength(node.path) > state.limits.pathBytes)
    return note(state, "scan.limit");
  const isUnchanged = node.modifiedAt !== null && state.unchanged.get(node.path) === node.modifiedAt.getTime();
  if (!isExact || !isUnchanged || !isOld(node.modifiedAt, state.clock.now())) return wait(state, node);
  const { path, root, modifiedAt } = node;
  await handOn(state, { path, root, modifiedAt, isWhole: true, isSkipped: true, files: [] });
}

function wait(state: Crawl, node: FolderNode): void {
  if (state.waitingBytes > state.limits.waitingBytes) {
    note(state, "scan.limit");
    return;
  }
  state.waiting.push(node);
  state.waitingBytes += bytesOf(node);
}

async function handOn(state: Crawl, folder: ListedFolder): Promise<void> {
  state.outcome.folders += 1;
  state.outcome.held += folder.files.filter((file) => file.isHeld).length;
  try {
    await state.onFolder(folder);
  } catch (error) {
    state.failure ??= { error };
    state.stop.abort();
  }
}

interface Read {
  listing: Listing;
  /** The server tells times to the second, in UTC (MLSD). */
  isExact: boolean;
}

/** What became of one try: a listing, a session that failed, a wish for fewer sessions, or nothing (noted already). */
type Try = Read | { lost: string } | "again" | undefined;

/** Undefined when it could not be read; then that is noted. A session that failed is replaced once. */
async function read(state: Crawl, node: FolderNode): Promise<Read | undefined> {
  let losses = 0;
  for (;;) {
    const outcome: Try = await state.limit(() => readOnce(state, node));
    if (outcome === "again") continue;
    if (!outcome || "listing" in outcome) return outcome;
    losses += 1;
    if (losses < 2) continue;
    note(state, outcome.lost);
    return undefined;
  }
}

/** Codes that speak of the folder; with any other the session is no longer to be trusted. */
const aboutFolder = new Set(["file.gone", "file.unreadable"]);

async function readOnce(state: Crawl, node: FolderNode): Promise<Try> {
  if (state.stop.signal.aborted) return undefined;
  const session = state.idle.pop() ?? (await openAnother(state));
  if (session === "again" || session === undefined) return session;
  const { signal } = state.stop;
  try {
    const options = { signal, maxEntries: state.limits.folderEntries };
    const listing = await session.session.list(joinPath(session.root, node.path), options);
    giveBack(state, session);
    return { listing, isExact: session.session.features.mlst };
  } catch (error) {
    const code = asFonError(error)?.code ?? "core.internal";
    const isRefusal = aboutFolder.has(code) && !session.session.closed;
    giveBack(state, session, isRefusal ? "keep" : "close");
    if (!isRefusal) return signal.aborted ? undefined : { lost: code };
    note(state, node.parent === undefined && code === "file.gone" ? "share.path-missing" : code);
    return undefined;
  }
}

function giveBack(state: Crawl, session: CrawlSession, verdict: "keep" | "close" = "keep"): void {
  if (verdict === "keep" && !session.session.closed) {
    state.idle.push(session);
    return;
  }
  state.opened -= 1;
  session.release("close");
}

/** One more session; `again` when the server wants no more of them and others are open. */
async function openAnother(state: Crawl): Promise<CrawlSession | "again" | undefined> {
  state.opened += 1;
  try {
    return await state.open(state.stop.signal);
  } catch (error) {
    state.opened -= 1;
    const known = asFonError(error);
    if (state.opened > 0 && known?.code === "server.busy") {
      state.outcome.sessions = Math.max(1, Math.min(state.outcome.sessions, state.opened));
      state.limit.concurrency = state.outcome.sessions;
      return "again";
    }
    if (!state.stop.signal.aborted) giveUp(state, known?.code ?? "core.internal");
    return undefined;
  }
}

/** Nothing at all was read: the scan failed rather than found less. */
export function hasFailed(outcome: CrawlOutcome): boolean {
  return outcome.folders === 0 && !outcome.isComplete;
}
