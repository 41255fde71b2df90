// Reads the shared folders of one server with a few sessions. It knows FTP sessions and bounds, and no database.
// Whatever goes wrong on the way makes the outcome incomplete; it throws only when nothing could be read at all.
import type { Session } from "../../ftp/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { enterRoots, openAsking } from "./ask-known.ts";
import { createCrawling, giveTimes, giveUp } from "./crawling.ts";
import { runCrew } from "./crew.ts";
import type { ListedFolder } from "./folder.ts";
import type { KnownFolders } from "./known.ts";
import { groupByParent } from "./known.ts";
import type { ScanLimits } from "./limits.ts";

/** What the crawl needs of an open server. */
export interface CrawlSession {
  session: Pick<Session, "list" | "listTree" | "listMany" | "folderTimes" | "closed" | "features">;
  /** Real path of the share folder. */
  root: string;
  release(verdict: "keep" | "close"): void;
}

export interface FolderTime {
  path: string;
  modifiedAt: Date;
}

export interface CrawlInput {
  roots: string[];
  open: (signal: AbortSignal) => Promise<CrawlSession>;
  /** All folders of the catalog. Those that have the same time again need not be listed, those that list the same need not be handed on; none: a full scan. */
  known: KnownFolders;
  /** Sessions at a time. */
  sessions: number;
  limits: ScanLimits;
  clock: Clock;
  signal: AbortSignal;
  onFolder: (folder: ListedFolder) => Promise<void>;
  /** Of a known folder that stands still: it was not listed, or its listing is the one that is known. */
  onStill?: (path: string) => void;
  /** Times of folders that were handed on without one; each means "the same files again", as `ListedFolder.modifiedAt`. */
  onTimes?: (times: FolderTime[]) => Promise<void>;
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

/** @throws what `open` throws when not even one session can be had, what `onFolder` throws, and an AbortError when `signal` aborts */
export async function crawl(input: CrawlInput): Promise<CrawlOutcome> {
  const state = createCrawling(input, await groupByParent(input.known));
  const ended = new AbortController();
  const timer = input.clock.wait(input.limits.durationMs, ended.signal).then(() => {
    if (!ended.signal.aborted) giveUp(state, "scan.limit");
  });
  const onAbort = () => state.stop.abort();
  input.signal.addEventListener("abort", onAbort, { once: true });
  try {
    input.signal.throwIfAborted();
    const first = await input.open(state.stop.signal);
    state.asking = openAsking(input.known, first);
    if (!state.asking) await enterRoots(state);
    await runCrew(state, first);
    input.signal.throwIfAborted();
    if (state.failure) throw state.failure.error;
    await giveTimes(state);
    return state.outcome;
  } finally {
    input.signal.removeEventListener("abort", onAbort);
    ended.abort();
    await timer;
  }
}

/** Nothing at all was read: the scan failed rather than found less. */
export function hasFailed(outcome: CrawlOutcome): boolean {
  return outcome.folders === 0 && !outcome.isComplete;
}
