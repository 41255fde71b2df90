// Chunks of a listing's data connection -> entries, in bounds: bytes, entries, length of a line.
// Pure over its input; who reads the socket gives the event loop its turn between chunks.
import type { Entry, Listing } from "../types.ts";
import { isDosLine, parseDosLine } from "./dos-list.ts";
import type { Line, LineParser } from "./line.ts";
import { parseMlsdLine } from "./mlsd.ts";
import { parseUnixLine } from "./unix-list.ts";

const longestLineBytes = 4096;
const fewLines = 100;
/** A name cut out of a longer line keeps all of the line in memory. */
const wastefulLineBytes = 400;

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

export function createCollector(parse: LineParser, now: Date, bounds: Bounds): Collector {
  const listing: Listing = { entries: [], unaddressable: 0, malformed: 0, truncated: false };
  let rest: Buffer = Buffer.alloc(0);
  let isSkipping = false;
  let takenBytes = 0;
  let lines = 0;

  function count(line: Line): void {
    if (line === "malformed" || line === "unaddressable") listing[line] += 1;
    else if (line === "skip") return;
    else if (listing.entries.length >= bounds.maxEntries) listing.truncated = true;
    else listing.entries.push(line);
  }

  function parsed(text: string): Line {
    const line = parse(text, now);
    return typeof line === "object" && text.length > wastefulLineBytes ? compact(line) : line;
  }

  function takeLine(bytes: Buffer): void {
    lines += 1;
    // Headings, links and a bad line now and then; an endless listing may be one of lines that say nothing.
    if (lines > 2 * bounds.maxEntries + fewLines) listing.truncated = true;
    const line = bytes.toString("latin1").replace(/\r$/, "");
    if (bytes.length > longestLineBytes) count("unaddressable");
    else if (line !== "") count(parsed(line));
  }

  /** What is left after the last line end waits for more; a line that grows too long is dropped as it comes. */
  function keep(bytes: Buffer): void {
    if (isSkipping || bytes.length <= longestLineBytes) {
      rest = isSkipping ? Buffer.alloc(0) : bytes;
      return;
    }
    count("unaddressable");
    isSkipping = true;
    rest = Buffer.alloc(0);
  }

  return {
    take(chunk) {
      if (listing.truncated) return false;
      takenBytes += chunk.length;
      if (takenBytes > bounds.maxBytes) listing.truncated = true;
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let from = 0;
      for (let end = bytes.indexOf(10); end >= 0 && !listing.truncated; end = bytes.indexOf(10, from)) {
        if (isSkipping) isSkipping = false;
        else takeLine(bytes.subarray(from, end));
        from = end + 1;
      }
      keep(bytes.subarray(from));
      return !listing.truncated;
    },
    finish() {
      if (rest.length > 0 && !listing.truncated) count("malformed");
      rest = Buffer.alloc(0);
      return listing;
    },
  };
}

function compact(entry: Entry): Entry {
  const name = Buffer.from(entry.name, "utf16le").toString("utf16le");
  const unique = entry.unique === undefined ? {} : { unique: Buffer.from(entry.unique).toString() };
  return { ...entry, name, ...unique };
}
