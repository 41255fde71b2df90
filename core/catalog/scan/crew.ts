// The sessions of one crawl: as many as there is work for and the server allows, each reading folders until none are left.
import { asFonError } from "../../platform/errors.ts";
import { askSome } from "./ask-known.ts";
import type { CrawlSession } from "./crawl.ts";
import type { Crawling } from "./crawling.ts";
import { giveUp, isQuick, nextOf } from "./crawling.ts";
import type { Asking } from "./known.ts";
import { isSingle, readFolders } from "./read-folders.ts";
import { readTimes } from "./read-times.ts";
import { readTree } from "./read-tree.ts";
import type { Ways } from "./strategy.ts";
import { isWorthLogin, isWorthLoginToAsk, waysFor } from "./strategy.ts";

interface Crew {
  state: Crawling;
  members: Set<Promise<void>>;
  /** Sessions that are open, or about to be. */
  sessions: number;
  /** The most that the server and its owner let us have. */
  allowed: number;
  /** Everything was read: who still waits for a session may stop. */
  enough: AbortController;
}

/** Reads what waits, and what is found on the way. Never rejects; gives all sessions back. */
export async function runCrew(state: Crawling, first: CrawlSession): Promise<void> {
  const allowed = Math.max(1, state.sessions);
  const crew: Crew = { state, members: new Set(), sessions: 1, allowed, enough: new AbortController() };
  hire(crew, first);
  while (crew.members.size > 0) await Promise.all([...crew.members]);
}

function hire(crew: Crew, session?: CrawlSession): void {
  const member = serve(crew, session).finally(() => crew.members.delete(member));
  crew.members.add(member);
}

async function serve(crew: Crew, given?: CrawlSession): Promise<void> {
  const { state } = crew;
  let session = given;
  while (await hasWork(state)) {
    session ??= await open(crew);
    if (!session) return;
    if (!isAnyLeft(state)) continue;
    if (await readSome(crew, session)) continue;
    giveBack(crew, session, "close");
    session = undefined;
  }
  crew.enough.abort();
  if (session) giveBack(crew, session, session.session.closed ? "close" : "keep");
}

function giveBack(crew: Crew, session: CrawlSession, verdict: "keep" | "close"): void {
  crew.sessions -= 1;
  session.release(verdict);
}

function isAnyLeft(state: Crawling): boolean {
  const { asking, timeless } = state;
  return asking ? asking.left.length > 0 : nextOf(state) !== undefined || timeless.length > 0;
}

/** Waits until there is something to read. False: all was read. */
async function hasWork(state: Crawling): Promise<boolean> {
  while (!state.stop.signal.aborted) {
    if (isAnyLeft(state)) return true;
    if (state.reading === 0) return false;
    await state.news.promise;
  }
  return false;
}

/** @returns whether the session can be used again */
async function readSome(crew: Crew, { session, root }: CrawlSession): Promise<boolean> {
  const { state } = crew;
  if (state.asking) return await askOn(crew, state.asking, { session, root });
  if (!nextOf(state)) return (await readTimes(state, { session, root })) && !session.closed;
  const able = { ...session.features, asks: session.folderTimes !== undefined };
  const ways = waysFor(able, isQuick(state), state.seen);
  const onFound = () => {
    while (crew.members.size < crew.allowed && isMoreWanted(crew, ways)) hire(crew);
  };
  const isTree = ways.tree && session.listTree !== undefined && !isSingle(nextOf(state));
  const read = isTree ? readTree : readFolders;
  return (await read(state, { session, root, ways, onFound })) && !session.closed;
}

async function askOn(crew: Crew, asking: Asking, { session, root }: Pick<CrawlSession, "session" | "root">) {
  const isAlive = await askSome(crew.state, asking, { session, root });
  const { left, eachMs } = asking;
  const isSlow = () => isWorthLoginToAsk({ waiting: left.length, eachMs, sessions: crew.members.size });
  while (crew.members.size < crew.allowed && isSlow()) hire(crew);
  return isAlive && !session.closed;
}

function isMoreWanted({ state, members }: Crew, { inFlight, asksInFlight }: Ways): boolean {
  const { listingMs } = state;
  // Times are counted in listings as it is: see loadOf.
  const each = nextOf(state) ? inFlight : 1;
  return isWorthLogin({ waiting: loadOf(state, asksInFlight), listingMs, sessions: members.size, inFlight: each });
}

/** In folders that are listed; so many times are asked for in the round trip of one. */
function loadOf({ waiting, parents, timeless }: Crawling, asksInFlight: number): number {
  return waiting.length + parents.length + Math.floor(timeless.length / asksInFlight);
}

/** One more session; undefined when it cannot be had, or is needed no more. */
async function open(crew: Crew): Promise<CrawlSession | undefined> {
  const { state, enough } = crew;
  crew.sessions += 1;
  try {
    return await state.open(AbortSignal.any([state.stop.signal, enough.signal]));
  } catch (error) {
    crew.sessions -= 1;
    const code = asFonError(error)?.code ?? "core.internal";
    // Whatever keeps one more away (a firewall that counts, too): those that are there go on.
    if (crew.sessions > 0) crew.allowed = Math.min(crew.allowed, crew.sessions);
    if (crew.sessions > 0 && code === "server.busy") {
      state.outcome.sessions = Math.min(state.outcome.sessions, crew.allowed);
    } else if (crew.sessions === 0 && !enough.signal.aborted && !state.stop.signal.aborted) giveUp(state, code);
    return undefined;
  }
}
