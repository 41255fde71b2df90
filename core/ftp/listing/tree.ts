// A recursive listing (`LIST -aR` in a folder) -> one listing for each folder in it, as they come. Pure over its input.
// vsftpd and Pure-FTPd begin a section with `./a/b:`, ProFTPD with `a/b:`; vsftpd alone has one for the folder itself (`.:`);
// Pure-FTPd puts blank lines around. A folder that may not be read has no section anywhere; one that is too deep for Pure-FTPd
// has an empty one. So a section counts that shows the folder itself (`.`), as all of them do when they are told -a.
// Names may hold line ends and so imitate a section: one is believed only for a folder that a section before has named,
// once, behind a blank line, with line ends like those of the first line.
// Pure-FTPd that stops at its bound in the middle of a folder with folders in it still heads the first of these, which it may
// not have named, and shows nothing in it: a section has ended only when a later one shows its folder, or the server says that
// nothing is missing; and a heading with nothing behind it hides nothing.
import { decodeText } from "../names.ts";
import type { Entry, Listing } from "../types.ts";
import type { Tally } from "./collect.ts";
import { createTally } from "./collect.ts";
import type { Line, LineParser } from "./line.ts";
import { createLineSplitter } from "./lines.ts";

export interface TreeBounds {
  /** Of one folder. */
  maxEntries: number;
  /** Of all together. */
  maxTotalEntries: number;
  /** What the names of folders that are still to come may take. */
  maxWaitingBytes: number;
}

export interface TreeSection {
  /** Below the listed folder; "" is that folder itself. */
  path: string;
  listing: Listing;
}

export interface TreeCollector {
  /** @returns the sections that have ended. Nothing more is to be taken once `isFull` */
  take(chunk: Buffer): TreeSection[];
  readonly isFull: boolean;
  /** Sections that nobody had named, were named twice, or lead elsewhere; what was in them is in no listing. */
  readonly strange: number;
  /** The end. @param isWhole the server says that nothing is missing: then the last section is whole, too */
  finish(isWhole: boolean): TreeSection[];
}

/** Of a name in a set, beside its characters. */
const nameBytes = 60;
const fewLines = 100;

interface Section {
  path: string;
  tally: Tally;
  /** The folder itself was in it. */
  isShown: boolean;
}

const newSection = (path: string, { maxEntries }: TreeBounds): Section => ({
  path,
  tally: createTally(maxEntries),
  isShown: false,
});

export function createTreeCollector(parse: LineParser, now: Date, bounds: TreeBounds): TreeCollector {
  let ended: TreeSection[] = [];
  /** Shown, and whole if there is anything in a section behind it. */
  let held: TreeSection | undefined;
  /** Named, and without a section until now. */
  const awaited = new Set<string>();
  let awaitedBytes = 0;
  let total = 0;
  let isFull = false;
  let strange = 0;
  /** The last line looked like a heading, and nobody had named that folder. */
  let isLastOdd = false;
  let adriftLines = 0;
  /** Undefined: what comes belongs to no folder that we know. */
  let current: Section | undefined = newSection("", bounds);
  let isFirstLine = true;
  let isBlank = false;
  let hasCrLf = false;

  function release(): void {
    if (held) ended.push(held);
    held = undefined;
  }

  function endSection(): void {
    if (current?.isShown) held = { path: current.path, listing: current.tally.listing };
    current = undefined;
  }

  function endLast(): void {
    endSection();
    release();
  }

  function begin(path: string): void {
    endSection();
    current = newSection(path, bounds);
  }

  /** @returns the folder that this heading is for */
  function headed(line: string): string | undefined {
    if (!line.endsWith(":")) return undefined;
    const raw = line.slice(line.startsWith("./") ? 2 : 0, -1);
    const path = decodeText(raw);
    if (!awaited.delete(path)) return undefined;
    awaitedBytes -= path.length + nameBytes;
    return path;
  }

  /** Something comes after such a line, and may belong elsewhere. */
  function countOdd(): void {
    if (isLastOdd) strange += 1;
    isLastOdd = false;
  }

  function announce(folder: Entry): void {
    const path = current?.path ? `${current.path}/${folder.name}` : folder.name;
    if (awaited.has(path)) return;
    awaited.add(path);
    awaitedBytes += path.length + nameBytes;
    if (awaitedBytes > bounds.maxWaitingBytes) isFull = true;
  }

  function count(line: Line): void {
    adriftLines += current ? 0 : 1;
    const hasRoom = current ? current.tally.count(line) : adriftLines < 2 * bounds.maxEntries + fewLines;
    if (!hasRoom || total > bounds.maxTotalEntries) isFull = true;
  }

  function takeEntry(line: string): void {
    const found = current ? parse(line, now) : "skip";
    if (current && found === "skip" && line.startsWith("d") && line.endsWith(" .")) {
      current.isShown = true;
      release();
    }
    if (typeof found === "object") {
      total += 1;
      if (found.kind === "directory") announce(found);
    }
    count(found);
  }

  function takeLine(line: string, hasCr: boolean): void {
    const isOwn = hasCr === hasCrLf;
    if (line === "" && isOwn) {
      isBlank = true;
      count("skip");
      return;
    }
    countOdd();
    const wasBlank = isBlank && isOwn;
    isBlank = false;
    const path = wasBlank ? headed(line) : undefined;
    if (path !== undefined) begin(path);
    else if (wasBlank && isNoEntry(line)) {
      isLastOdd = true;
      endSection();
    } else takeEntry(line);
  }

  const isNoEntry = (line: string) => parse(line, now) === "malformed";

  const splitter = createLineSplitter({
    onLine(line, hasCr) {
      if (isFirstLine) {
        isFirstLine = false;
        hasCrLf = hasCr;
        if (line === ".:" || line === "./:") return true;
      }
      takeLine(line, hasCr);
      return !isFull;
    },
    onLongLine() {
      count("unaddressable");
      return !isFull;
    },
  });

  function takeEnded(): TreeSection[] {
    const some = ended;
    ended = [];
    return some;
  }

  return {
    take(chunk) {
      splitter.take(chunk);
      // The one that ran full is worth telling: it is not whole, and says so.
      if (isFull && current?.tally.listing.truncated) endLast();
      return takeEnded();
    },
    get isFull() {
      return isFull;
    },
    get strange() {
      return strange;
    },
    finish(isWhole) {
      if (current && splitter.rest() > 0) current.tally.count("malformed");
      if (isWhole) countOdd();
      if (isWhole && !isFull) endLast();
      return takeEnded();
    },
  };
}
