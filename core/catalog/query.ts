// What a search asks for, as data: the outcome of parse.ts, and the input of everything after it.
import type { Kind } from "./kinds.ts";

/** A word that a result must have. */
export interface Wanted {
  word: string;
  /** The beginning of a word is enough: the last word, that somebody may still be typing. */
  isPrefix: boolean;
}

export interface Query {
  wanted: Wanted[];
  /** Words that must stand side by side in one name; they are among `wanted` too. */
  phrases: string[][];
  excluded: string[];
  /** Empty: any. */
  kinds: Kind[];
  only: "files" | "folders" | undefined;
  minBytes: number | undefined;
  maxBytes: number | undefined;
  newerThan: Date | undefined;
  /** Owners, each as the words of a name; `me` stands for the asking person. */
  owners: string[][];
}

export const emptyQuery: Readonly<Query> = {
  wanted: [],
  phrases: [],
  excluded: [],
  kinds: [],
  only: undefined,
  minBytes: undefined,
  maxBytes: undefined,
  newerThan: undefined,
  owners: [],
};

/** Filters that speak of files alone: with one of them folders are no answer, and files are not folded into theirs. */
export function asksForFiles(query: Query): boolean {
  if (query.only) return query.only === "files";
  return hasFileFilter(query) || query.wanted.length === 0;
}

/** Nothing to search by; words that must be absent do not count. */
export function isEmpty(query: Query): boolean {
  const hasFilter = query.only !== undefined || query.owners.length > 0;
  return query.wanted.length === 0 && !hasFilter && !hasFileFilter(query);
}

export function hasFileFilter({ kinds, minBytes, maxBytes, newerThan }: Query): boolean {
  return kinds.length > 0 || minBytes !== undefined || maxBytes !== undefined || newerThan !== undefined;
}
