// How a server is read: which commands, by what it is and by what was seen of it in this crawl. Pure.
// The reasons, and what each way costs, are in docs/decisions/scanning.md.
import type { Features } from "../../ftp/index.ts";

/** What became of recursive listings in this crawl. */
export interface Seen {
  /** Refused, of one folder only, or not to be trusted. */
  isFlat: boolean;
  /** Sessions lost in the middle of one. */
  lostTrees: number;
  /** Sessions lost over a STAT: its reply was longer than one may be. */
  longReplies: number;
}

export const nothingSeen = (): Seen => ({ isFlat: false, lostTrees: 0, longReplies: 0 });

export interface Ways {
  /** A folder with all below it, by one recursive listing. */
  tree: boolean;
  /**
   * Before that, the folder itself with exact times. For the server's zone that is done once, and in the shared folders, where
   * files arrive; always where that is how the times of the folders in it are learned.
   */
  exactFirst: "never" | "for the zone" | "always";
  /** How times of folders are learned that listings did not tell exactly: MLST for each, or MLSD of what has folders in it. */
  learns: "nothing" | "by asking" | "by listing";
  /** Folders one by one: with exact times, rather than fast. */
  exact: boolean;
  /** Folders that a session has under way at a time. */
  inFlight: number;
  /** Folders whose times a session asks for at a time, of usual paths: see core/ftp/ahead.ts. */
  asksInFlight: number;
}

const mostLost = 2;
const mostLongReplies = 8;
const statsInFlight = 32;
/** ProFTPD takes 1,000 bytes of commands at a time. */
const fewStatsInFlight = 16;

/** What a session can do. */
export interface Able extends Pick<Features, "software" | "mlst"> {
  /** Session.folderTimes is there. */
  asks: boolean;
}

/** @param isQuick folders whose time stands still are not read: then only exact times are of use, where the server tells any */
export function waysFor({ software, mlst, asks }: Able, isQuick: boolean, seen: Seen): Ways {
  // It answers 550.
  const isNeverRecursive = software === "pyftpdlib";
  const tree = !(isQuick && mlst) && !isNeverRecursive && !seen.isFlat && seen.lostTrees < mostLost;
  // Pure-FTPd's STAT is empty for names with spaces; nobody knows about the others.
  const hasStat = software === "vsftpd" || (software === "proftpd" && !isQuick);
  const stats = hasStat && seen.longReplies < mostLongReplies;
  return {
    tree,
    exactFirst: !mlst ? "never" : asks ? "for the zone" : "always",
    learns: asks ? "by asking" : mlst && !isQuick ? "by listing" : "nothing",
    exact: !stats,
    inFlight: !stats ? 1 : software === "vsftpd" ? statsInFlight : fewStatsInFlight,
    asksInFlight: software === "pure-ftpd" ? 100 : 14,
  };
}

export interface Load {
  /** Folders. */
  waiting: number;
  /** What one takes; undefined when nobody knows. */
  listingMs: number | undefined;
  sessions: number;
  inFlight: number;
}

/** Of a login, roughly: TLS, a password's hash, ten replies. */
const loginMs = 300;
/** So many are worth one however fast they are. */
const manyFolders = 64;

/** Another session pays for itself when the ones that are there are busy for longer than it takes to log in. */
export function isWorthLogin({ waiting, listingMs = loginMs, sessions, inFlight }: Load): boolean {
  if (waiting < sessions * inFlight) return false;
  return waiting >= sessions * manyFolders || (waiting * listingMs) / (sessions * inFlight) > loginMs;
}

/** The same for questions about folders that are known, which a single session answers soon enough mostly. */
export function isWorthLoginToAsk({ waiting, eachMs = 0, sessions }: Questions): boolean {
  return (waiting * eachMs) / sessions > loginMs;
}

/** So many tell what one takes, and leave some for other sessions. */
const fewAsks = 200;
/** Some milliseconds of work when their answers come at once. */
const manyAsks = 5_000;
/** The first ones may have been in the server's memory, and the next ones not. */
const asksGrowth = 4;
/** After that it may be time for another session. */
const askingMs = 100;

/**
 * Questions that one session takes on. Before each lot the line stands still until the last one is answered: the fewer lots the
 * better.
 * @param before how many the last lot had
 */
export function asksAtOnce({ waiting, eachMs, sessions }: Questions, before: number): number {
  if (eachMs === undefined) return fewAsks;
  const most = Math.min(manyAsks, before * asksGrowth, Math.ceil(waiting / sessions));
  return Math.max(fewAsks, Math.min(most, Math.floor(askingMs / eachMs)));
}

export interface Questions {
  waiting: number;
  /** What one takes; undefined when nobody knows. */
  eachMs: number | undefined;
  sessions: number;
}
