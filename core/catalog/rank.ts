// Candidates to the final order of a search: what may be seen and truly matches, best first, copies of a file as one.
// Pure.
import type { VisibleShare } from "../shares/index.ts";
import type { Line } from "./items.ts";
import type { PathWords } from "./match.ts";
import { isOfKind, match, pathWordsOf } from "./match.ts";
import type { Query } from "./query.ts";
import { asksForFiles } from "./query.ts";
import type { Sight } from "./sight.ts";
import { insideShare } from "./sight.ts";
import { copyKey } from "./store/items.ts";
import type { DirectoryRow, FileRow } from "./store/rows.ts";
import type { Candidates } from "./store/search.ts";

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

/** @param roots rows of shared folders, which go by their share's name */
export function rank(query: Query, sight: Sight, candidates: Candidates, roots: DirectoryRow[]): Ranked[] {
  const files = query.only === "folders" ? [] : rankFiles(query, sight, candidates.files);
  const folders = rankFolders(query, sight, candidates.directories);
  const shares = query.only === "files" ? [] : rankShares(query, sight, roots);
  const ranked = [...files, ...folders, ...shares].sort((a, b) => compareKeys(a.key, b.key));
  return mergeCopies(ranked);
}

function rankFiles(query: Query, sight: Sight, rows: FileRow[]): Ranked[] {
  const words = new Map<string, PathWords>();
  const isWanted = (isOwn: boolean) => isOwn || asksForFiles(query);
  return rows.flatMap((row): Ranked[] => {
    const share = sight.locate(row.serverId, row.path);
    if (!share || !isOfKind(query, row.name)) return [];
    const inside = insideShare(row.path, share);
    const path = words.get(inside) ?? pathWordsOf(inside);
    words.set(inside, path);
    const found = match(query, row.name, path);
    if (!found || !isWanted(found.isOwn)) return [];
    const at = row.modifiedAt ?? (query.wanted.length === 0 ? row.seenAt : null);
    return [{ line: { kind: "file", row, share, copies: 1 }, key: [found.score, at?.getTime() ?? 0, 1, row.id] }];
  });
}

function rankFolders(query: Query, sight: Sight, rows: DirectoryRow[]): Ranked[] {
  return rows.flatMap((row): Ranked[] => {
    const share = sight.locate(row.serverId, row.path);
    if (!share || row.path === share.path) return [];
    const above = insideShare(row.path, share).split("/").slice(0, -1).join("/");
    return rankFolder(query, row, share, row.name, above);
  });
}

/** A share answers by its name, once, whatever its folder is called. */
export function rankShares(query: Query, sight: Sight, roots: DirectoryRow[]): Ranked[] {
  return roots.flatMap((row) => {
    const share = sight.shares.find((one) => one.serverId === row.serverId && one.path === row.path);
    return share ? rankFolder(query, row, share, share.name, "") : [];
  });
}

function rankFolder(query: Query, row: DirectoryRow, share: VisibleShare, name: string, above: string): Ranked[] {
  const found = match(query, name, pathWordsOf(above));
  const isOld = query.newerThan !== undefined && (row.modifiedAt === null || row.modifiedAt < query.newerThan);
  if (!found || isOld || (query.wanted.length > 0 && !found.isOwn)) return [];
  return [{ line: { kind: "folder", row, share }, key: [found.score, row.modifiedAt?.getTime() ?? 0, 0, row.id] }];
}

/** The best ranked copy stands for all; `copies` counts the servers that have one. */
function mergeCopies(ranked: Ranked[]): Ranked[] {
  const servers = new Map<string, Set<number>>();
  const kept: Ranked[] = [];
  for (const one of ranked) {
    if (one.line.kind === "folder") {
      kept.push(one);
      continue;
    }
    const key = copyKey(one.line.row);
    const known = servers.get(key);
    if (!known) kept.push(one);
    servers.set(key, (known ?? new Set()).add(one.line.row.serverId));
  }
  for (const { line } of kept) if (line.kind === "file") line.copies = servers.get(copyKey(line.row))?.size ?? 1;
  return kept;
}
