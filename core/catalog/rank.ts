// Candidates to the final order of a search: what may be seen and truly matches, best first, copies of a file as one.
// Pure.
import type { VisibleShare } from "../shares/index.ts";
import type { Line } from "./items.ts";
import type { Matcher, PathWords } from "./match.ts";
import { createMatcher, isOfKind, pathWordsOf } from "./match.ts";
import type { Query } from "./query.ts";
import { asksForFiles } from "./query.ts";
import type { Sight } from "./sight.ts";
import { folderName, insideShare } from "./sight.ts";
import { copyKey } from "./store/items.ts";
import type { DirectoryRow, FileRow } from "./store/rows.ts";
import type { Candidates } from "./store/search.ts";
import type { NameWords } from "./words.ts";

export interface Ranked {
  line: Line;
  /** Descending score, descending time, folders first, ascending id. */
  key: SortKey;
}
/** score, time in ms (0: unknown), 0 folder or 1 file, id */
export type SortKey = readonly [number, number, number, number];

export function compareKeys(a: SortKey, b: SortKey): number {
  return b[0] - a[0] || b[1] - a[1] || a[2] - b[2] || a[3] - b[3];
}

/** A folder before files that are as good an answer: they are in it, or alone. */
const folderBonus = 30;

/** @param roots rows of shared folders, which go by their share's name */
export function rank(query: Query, sight: Sight, candidates: Candidates, roots: DirectoryRow[]): Ranked[] {
  const match = createMatcher(query);
  const files = query.only === "folders" ? [] : rankFiles(query, match, sight, candidates.files);
  const folders = rankFolders(query, match, sight, candidates.directories);
  const shares = query.only === "files" ? [] : rankShares(query, match, sight, roots);
  const ranked = [...files, ...folders, ...shares].sort((a, b) => compareKeys(a.key, b.key));
  return mergeCopies(ranked);
}

interface Seen {
  share: VisibleShare;
  words: PathWords;
}

function rankFiles(query: Query, match: Matcher, sight: Sight, rows: FileRow[]): Ranked[] {
  const places = new Map<number, Seen | undefined>();
  const names = new Map<string, NameWords>();
  const allowsFolder = asksForFiles(query);
  const ranked: Ranked[] = [];
  for (const row of rows) {
    if (!places.has(row.directoryId)) places.set(row.directoryId, look(sight, row, names));
    const seen = places.get(row.directoryId);
    if (!seen || !isOfKind(query, row.name)) continue;
    const found = match(row.name, seen.words);
    if (!found || !(found.isOwn || allowsFolder)) continue;
    const at = row.modifiedAt ?? (query.wanted.length === 0 ? row.seenAt : null);
    const line = { kind: "file" as const, row, share: seen.share, copies: 1 };
    ranked.push({ line, key: [found.score, at?.getTime() ?? 0, 1, row.id] });
  }
  return ranked;
}

/** The folder of a file as the person sees it. */
function look(sight: Sight, { serverId, path }: FileRow, names: Map<string, NameWords>): Seen | undefined {
  const share = sight.locate(serverId, path);
  return share && { share, words: pathWordsOf(insideShare(path, share), names) };
}

function rankFolders(query: Query, match: Matcher, sight: Sight, rows: DirectoryRow[]): Ranked[] {
  const names = new Map<string, NameWords>();
  return rows.flatMap((row): Ranked[] => {
    const share = sight.locate(row.serverId, row.path);
    if (!share || row.path === share.path) return [];
    const above = insideShare(row.path, share).split("/").slice(0, -1).join("/");
    return rankFolder(query, match, { kind: "folder", row, share }, folderName(row.path), pathWordsOf(above, names));
  });
}

/** A share answers by its name, once, whatever its folder is called. */
function rankShares(query: Query, match: Matcher, sight: Sight, roots: DirectoryRow[]): Ranked[] {
  const shares = new Map(sight.shares.map((share) => [`${share.serverId}/${share.path}`, share] as const).toReversed());
  return roots.flatMap((row) => {
    const share = shares.get(`${row.serverId}/${row.path}`);
    return share ? rankFolder(query, match, { kind: "folder", row, share }, share.name, pathWordsOf("")) : [];
  });
}

type FolderLine = Extract<Line, { kind: "folder" }>;

function rankFolder(query: Query, match: Matcher, line: FolderLine, name: string, above: PathWords): Ranked[] {
  const { row } = line;
  const found = match(name, above);
  const isOld = query.newerThan !== undefined && (row.modifiedAt === null || row.modifiedAt < query.newerThan);
  if (!found || isOld || (query.wanted.length > 0 && !found.isOwn)) return [];
  const score = query.wanted.length > 0 ? found.score + folderBonus : found.score;
  return [{ line, key: [score, row.modifiedAt?.getTime() ?? 0, 0, row.id] }];
}

/** The best ranked copy stands for all; `copies` counts the servers that have one. */
function mergeCopies(ranked: Ranked[]): Ranked[] {
  const copies = new Map<string, { line: Extract<Line, { kind: "file" }>; servers: number[] }>();
  return ranked.filter(({ line }) => {
    if (line.kind === "folder") return true;
    const key = copyKey(line.row);
    const known = copies.get(key);
    if (!known) {
      copies.set(key, { line, servers: [line.row.serverId] });
      return true;
    }
    if (!known.servers.includes(line.row.serverId)) known.servers.push(line.row.serverId);
    known.line.copies = known.servers.length;
    return false;
  });
}
