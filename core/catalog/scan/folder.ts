// One listed folder as the crawl hands it on, and what the crawl decides about a listing. Pure, but for the turns that it
// gives to others on its way through a long one.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Entry, Listing } from "../../ftp/index.ts";
import { ownCopy } from "../../ftp/index.ts";
import type { Totals } from "../store/rows.ts";
import { hashEntries } from "./hash.ts";
import type { Ways } from "./strategy.ts";

export interface ListedFile {
  name: string;
  sizeBytes: number;
  modifiedAt: Date | null;
  /** How exactly it was told: 0 to the second, else to the minute or to the day. */
  timeWithinMs: 0 | 60_000 | 86_400_000;
  /** Changed a moment ago: neither added nor updated, and not taken for gone. */
  isHeld: boolean;
}

export interface ListedFolder {
  /** Relative to the server's share folder. */
  path: string;
  /** The scanned folder that it lies in. */
  root: string;
  /** A time that means "the same files again" when it is seen again; else null. */
  modifiedAt: Date | null;
  /**
   * Means "the same files again" when it is seen again. Null where a time says so, or may be learned that does, and where files
   * are not to be taken as they were told.
   */
  filesHash: number | null;
  /** False: lines were not understood, so what is missing in it may be there. */
  isWhole: boolean;
  files: ListedFile[];
}

/** A folder to be listed. */
export interface FolderNode {
  path: string;
  root: string;
  depth: number;
  modifiedAt: Date | null;
  unique: string | undefined;
  parent: FolderNode | undefined;
  /** Sessions that were lost over it. */
  losses?: number;
  /** To be read by a plain listing of its own: nothing else was right for it. */
  isAlone?: boolean;
  /** Listed already: it is listed again for the exact times of its folders. */
  isForTimes?: boolean;
  /** Once listed, when its listing can be told from others by it. */
  listingHash?: number | undefined;
}

/** A folder's time is trusted when it was this old already as it was read. */
const standsStillMs = 120_000;
const minuteMs = 60_000;
const ours = ".fonshare-";
/** A tenth of a second is the most that anybody else shall wait. */
const entriesPerTurn = 5_000;
/** Of a node, beside its name. */
const nodeBytes = 200;
/** Indexes of PostgreSQL hold entries of up to 2,704 bytes. */
const longestNameBytes = 2_000;

export async function toListedFolder(
  node: FolderNode,
  listing: Listing,
  { now, settleMs, learns }: { now: Date; settleMs: number; learns: Ways["learns"] },
): Promise<ListedFolder> {
  // A time that was told to the minute began up to a minute later; one that was told to the day is nobody's who writes now.
  const isWarm = (at: Date | null, within: number) =>
    at !== null && Math.abs(now.getTime() - at.getTime()) < settleMs + Math.min(within, minuteMs);
  const files = (await distinct(listing, "file")).map((entry): ListedFile => {
    const { name, sizeBytes, timeWithinMs = 0 } = entry;
    const modifiedAt = storableTime(entry.modifiedAt);
    return { name, sizeBytes, modifiedAt, timeWithinMs, isHeld: isWarm(modifiedAt, timeWithinMs) };
  });
  const isWhole = listing.malformed === 0;
  const isSettled = isWhole && !listing.truncated && !files.some((file) => file.isHeld);
  const modifiedAt = isSettled && isOld(node.modifiedAt, now) ? node.modifiedAt : null;
  const isHashed = isSettled && modifiedAt === null && learns === "nothing";
  const filesHash = isHashed ? await hashEntries(files) : null;
  return { path: node.path, root: node.root, modifiedAt, filesHash, isWhole, files };
}

/** Of its own files, those that are held left out. */
export function ownTotals({ files }: Pick<ListedFolder, "files">): Totals {
  const totals: Totals = { files: 0, bytes: 0, newestAt: null };
  for (const { sizeBytes, modifiedAt, isHeld } of files) {
    if (isHeld) continue;
    totals.files += 1;
    totals.bytes = Math.min(totals.bytes + sizeBytes, Number.MAX_SAFE_INTEGER);
    if (modifiedAt && (!totals.newestAt || modifiedAt > totals.newestAt)) totals.newestAt = modifiedAt;
  }
  return totals;
}

/** The folders of a listed folder. Only a time that was told to the second can be recognised. */
export async function foldersOf(node: FolderNode, listing: Listing): Promise<FolderNode[]> {
  return (await distinct(listing, "directory")).map(({ name, modifiedAt, timeWithinMs, unique }) => ({
    path: ownCopy(node.path === "" ? name : `${node.path}/${name}`),
    root: node.root,
    depth: node.depth + 1,
    modifiedAt: timeWithinMs === undefined ? storableTime(modifiedAt) : null,
    unique: unique === undefined ? undefined : ownCopy(unique),
    parent: node,
  }));
}

/** Without parts of ours, names that no index can hold, and names that a server tells twice. */
async function distinct(listing: Listing, kind: Entry["kind"]): Promise<Entry[]> {
  const { entries } = listing;
  const found: Entry[] = [];
  let last = "";
  let isAscending = true;
  for (let at = 0; at < entries.length; at += 1) {
    if (at % entriesPerTurn === entriesPerTurn - 1) await nextTurn();
    const entry = entries[at];
    if (entry?.kind !== kind || !isStorable(entry.name)) continue;
    if (entry.name <= last) isAscending = false;
    last = entry.name;
    found.push(entry);
  }
  // Nearly all servers tell names in their order: then none comes twice.
  return isAscending ? found : lastOfEach(found);
}

async function lastOfEach(entries: readonly Entry[]): Promise<Entry[]> {
  const byName = new Map<string, Entry>();
  for (const [index, entry] of entries.entries()) {
    if (index % entriesPerTurn === entriesPerTurn - 1) await nextTurn();
    byName.set(entry.name, entry);
  }
  return [...byName.values()];
}

function isStorable(name: string): boolean {
  // A character takes three bytes at most.
  const isShort = name.length * 3 <= longestNameBytes || Buffer.byteLength(name) <= longestNameBytes;
  return isShort && !name.startsWith(ours);
}

/** Null for a time that a database has no room for. */
function storableTime(at: Date | undefined): Date | null {
  const ms = at?.getTime() ?? Number.NaN;
  return at && ms > -30_000_000_000_000 && ms < 200_000_000_000_000 ? at : null;
}

/** What a node takes in memory, roughly. */
export function bytesOf({ path, unique, parent }: FolderNode): number {
  // A path shares what it has in common with its parent's.
  const name = path.length - (parent?.path.length ?? 0);
  return nodeBytes + name + (unique?.length ?? 0);
}

export function isOld(at: Date | null, now: Date): boolean {
  return at !== null && now.getTime() - at.getTime() > standsStillMs;
}

/** Undefined when it has no folder or too little in it to be recognised. */
export async function hashListing({ entries }: Listing): Promise<number | undefined> {
  // Not made to withstand somebody: who makes two folders alike hides one of them on their own server.
  const isTelling = entries.length > 1 && entries.some((entry) => entry.kind === "directory");
  return isTelling ? hashEntries(entries) : undefined;
}

/** A link that leads back up: a folder above has the same identity, or lists exactly the same things. */
export function isCycle(node: FolderNode): boolean {
  for (let above = node.parent; above; above = above.parent) {
    if (node.unique !== undefined && node.unique === above.unique) return true;
    if (node.listingHash !== undefined && node.listingHash === above.listingHash) return true;
  }
  return false;
}
