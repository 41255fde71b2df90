// Several folders with one session. With STAT (RFC 959 section 4.1.3) a folder costs no data connection, and many are under
// way at once: only with servers whose STAT is known to show what LIST shows, and only when times to the second are not asked
// for. What STAT cannot tell for certain, and all folders of other servers, are listed one after the other.
import { setImmediate as nextTurn } from "node:timers/promises";
import { asFonError } from "../platform/errors.ts";
import type { Reply } from "./control.ts";
import { createTally, parserOf } from "./listing/collect.ts";
import { refused } from "./login.ts";
import { encodeText } from "./names.ts";
import type { Link } from "./open-session.ts";
import { refusalCode } from "./replies/refusal.ts";
import type { FolderFound, Listing, ListManyOptions, ListOptions } from "./types.ts";

const statsPerCheck = 8;
/** Four lots of folders with their checks. Replies that nobody takes yet wait with the server (ahead.ts). */
const mostInFlight = 4 * (statsPerCheck + 1);
const statVerb = "STAT -la";
/** Its answer is no listing's. */
const checkVerb = "NOOP";
/** Servers may look for what matches them. */
const patterns = /[*?[\]{}~\\]/;
const maxEntries = 500_000;
/** Characters. A longer reply is read, and what it told handed on, in turns of their own. */
const shortReply = 20_000;

export interface ManyDeps {
  link: Link;
  list(path: string, options: ListOptions): Promise<Listing>;
  absolute(path: string): Promise<string>;
}

interface Flight extends ManyDeps {
  options: ListManyOptions;
  /** Sent ahead, in the order of their replies; `check` is the command between them. */
  sent: Array<{ path: string } | "check">;
  unchecked: number;
  /** The last one could not be sent ahead: nothing may be after it. */
  isStuck: boolean;
  /** There was no room for it: it is next. */
  unsent: string | undefined;
  /** Answered, and not to be believed before the next check. */
  answered: Array<{ path: string; found: FolderFound | undefined; isLong: boolean }>;
  /** To be listed once nothing is under way. */
  later: string[];
}

/** Turns of the event loop one after the other, whichever sessions they are for: together they would be a long one. */
let lastTurn: Promise<void> = Promise.resolve();
function ownTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => nextTurn());
  return lastTurn;
}

/** @throws as Session.listMany */
export async function listMany(deps: ManyDeps, options: ListManyOptions): Promise<void> {
  const { software } = deps.link.login.features;
  const hasStat = !options.exact && (software === "vsftpd" || software === "proftpd");
  const nothing = { sent: [], unchecked: 0, isStuck: false, unsent: undefined, answered: [], later: [] };
  const flight: Flight = { ...deps, options, ...nothing };
  for (let hasMore = true; hasMore; ) {
    if (hasStat) await send(flight);
    hasMore = await takeLot(flight);
  }
}

/** What is under way up to the next check; else one folder is listed. @returns false when there is nothing left */
async function takeLot(flight: Flight): Promise<boolean> {
  for (let one = flight.sent.shift(); one; one = flight.sent.shift()) {
    if (one === "check") {
      await check(flight);
      return true;
    }
    flight.answered.push({ path: one.path, ...(await takeStat(flight, one.path)) });
  }
  const path = flight.later.shift() ?? flight.options.next();
  if (path !== undefined) await flight.options.onListing(path, await listOne(flight, path));
  return path !== undefined;
}

/** As many as there is room for. Done once a lot: for one folder at a time every other command would be a check. */
async function send(flight: Flight): Promise<void> {
  const { sent, later, options, link } = flight;
  if (sent.length === 0) flight.isStuck = false;
  while (!flight.isStuck && sent.length < mostInFlight && later.length === 0) {
    const path = flight.unsent ?? options.next();
    flight.unsent = undefined;
    if (path === undefined) break;
    const full = await flight.absolute(path);
    if (patterns.test(full)) {
      later.push(path);
      break;
    }
    const isSent = link.control.ahead(statVerb, full);
    if (!isSent && sent.length > 0) {
      flight.unsent = path;
      break;
    }
    flight.isStuck = !isSent;
    sent.push({ path });
    flight.unchecked += 1;
    if (flight.unchecked === statsPerCheck) sendCheck(flight);
  }
  if (flight.unchecked > 0) sendCheck(flight);
}

function sendCheck(flight: Flight): void {
  flight.unchecked = 0;
  if (!flight.isStuck) flight.isStuck = !flight.link.control.ahead(checkVerb);
  flight.sent.push("check");
}

/**
 * A name with line ends may look like the end of a reply: then there is one reply too many, and each of the next folders
 * would get the listing of the one before. The check gets another answer than its own then.
 */
async function check(flight: Flight): Promise<void> {
  const { control } = flight.link;
  const reply = await control.ask(checkVerb);
  if (reply.code === 421) throw refused("server.busy", checkVerb, reply);
  if (reply.code !== 200 || control.stray !== undefined) {
    control.close();
    throw refused("server.protocol", checkVerb, reply);
  }
  for (const { path, found, isLong } of flight.answered.splice(0)) {
    if (isLong) await ownTurn();
    if (found) await flight.options.onListing(path, found);
    else flight.later.push(path);
  }
}

/** `found` undefined: a plain listing has to say what is the matter. */
async function takeStat({ link, absolute }: Flight, path: string): Promise<Omit<Flight["answered"][number], "path">> {
  // A long one over a slow line.
  const timeoutMs = 2 * link.timeouts.replyMs;
  const reply = await link.control.ask(statVerb, await absolute(path), { timeoutMs });
  if (reply.code === 421) throw refused("server.busy", "STAT", reply);
  const isLong = reply.text.length > shortReply;
  if (isLong) await ownTurn();
  if (reply.code < 300) return { found: readStat(reply, link.clock.now()), isLong };
  const code = refusalCode(reply, "read");
  if (code === "server.protocol") throw refused(code, "STAT", reply);
  return { found: { error: refused(code, "STAT", reply) }, isLong };
}

/** A folder that is there and may be read shows itself as `.`; a missing one is an empty reply on most servers. */
function readStat(reply: Reply, now: Date): FolderFound | undefined {
  const lines = encodeText(reply.text).split("\n").slice(1, -1);
  const tally = createTally(maxEntries);
  let isThere = false;
  for (const line of lines) {
    // ProFTPD begins each with a space.
    const text = line.startsWith(" ") ? line.slice(1) : line;
    isThere ||= text.startsWith("d") && text.endsWith(" .");
    tally.count(parserOf.LIST(text, now));
  }
  return isThere ? { listing: tally.listing, isExact: false } : undefined;
}

const aboutFolder = new Set(["file.gone", "file.unreadable"]);

async function listOne({ link, list, options }: Flight, path: string): Promise<FolderFound> {
  try {
    return { listing: await list(path, options), isExact: link.login.features.mlst };
  } catch (error) {
    const known = asFonError(error);
    if (known && aboutFolder.has(known.code) && !link.control.isClosed()) return { error: known };
    throw error;
  }
}
