// Lines of one folder -> its listing, in bounds: bytes, entries, lines that say nothing.
// Pure over its input; who reads the socket gives the event loop its turn between chunks.
import type { Listing } from "../types.ts";
import { isDosLine, parseDosLine } from "./dos-list.ts";
import type { Line, LineParser } from "./line.ts";
import { createLineSplitter } from "./lines.ts";
import { parseMlsdLine } from "./mlsd.ts";
import { parseUnixLine } from "./unix-list.ts";

const fewLines = 100;

export interface Bounds {
  maxEntries: number;
  maxBytes: number;
}

export interface Collector {
  /** False once a bound is hit: nothing more is taken. */
  take(chunk: Buffer): boolean;
  /** The end of the data. A last line without its end is one that was cut: nobody knows how its name goes on. */
  finish(): Listing;
}

export const parserOf: Record<"MLSD" | "LIST", LineParser> = {
  MLSD: parseMlsdLine,
  LIST: (line, now) => (isDosLine(line) ? parseDosLine(line) : parseUnixLine(line, now)),
};

/** One folder's lines, counted. */
export interface Tally {
  readonly listing: Listing;
  /** False once a bound is hit. */
  count(line: Line): boolean;
}

export function createTally(maxEntries: number): Tally {
  const listing: Listing = { entries: [], unaddressable: 0, malformed: 0, truncated: false };
  let lines = 0;

  return {
    listing,
    count(line) {
      lines += 1;
      // Headings, links and a bad line now and then; an endless listing may be one of lines that say nothing.
      if (lines > 2 * maxEntries + fewLines) listing.truncated = true;
      if (typeof line === "object") {
        if (listing.entries.length >= maxEntries) listing.truncated = true;
        else listing.entries.push(line);
      } else if (line !== "skip") listing[line] += 1;
      return !listing.truncated;
    },
  };
}

export function createCollector(parse: LineParser, now: Date, bounds: Bounds): Collector {
  const tally = createTally(bounds.maxEntries);
  const { listing } = tally;
  let takenBytes = 0;
  const splitter = createLineSplitter({
    onLine: (line) => tally.count(line === "" ? "skip" : parse(line, now)),
    onLongLine: () => tally.count("unaddressable"),
  });

  return {
    take(chunk) {
      if (listing.truncated) return false;
      takenBytes += chunk.length;
      if (takenBytes > bounds.maxBytes) listing.truncated = true;
      return splitter.take(chunk) && !listing.truncated;
    },
    finish() {
      if (splitter.rest() > 0 && !listing.truncated) listing.malformed += 1;
      return listing;
    },
  };
}
