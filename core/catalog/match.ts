// Whether and how well a name and the visible folders above it answer a query. Pure; it decides what tsquery.ts narrowed.
import { kindOf } from "./kinds.ts";
import type { Query, Wanted } from "./query.ts";
import { indexWords, partsOf, wordsOf } from "./words.ts";

/** The words of a folder path that the asking person may see. */
export interface PathWords {
  words: Set<string>;
  /** The same by folder, in order, for phrases. */
  segments: string[][];
}

export interface Match {
  /** Higher is better. */
  score: number;
  /** The thing's own name has a part in it, not only its folders. */
  isOwn: boolean;
}

const wholeWord = 3;
const partOfWord = 2;
const inPath = 1;

/** @param path inside the share; "" for the share's own folder */
export function pathWordsOf(path: string): PathWords {
  const segments = path === "" ? [] : path.split("/");
  return { words: new Set(segments.flatMap(indexWords)), segments: segments.map(wordsOf) };
}

/** Undefined when it does not match. Only `name` and the folders of `path` count, never what lies above the share. */
export function match(query: Query, name: string, path: PathWords): Match | undefined {
  const own = new Set(indexWords(name));
  if (query.excluded.some((word) => own.has(word) || path.words.has(word))) return undefined;
  const levels = query.wanted.map((wanted) => levelOf(wanted, own, path.words));
  if (levels.includes(0)) return undefined;
  const sequence = wordsOf(name);
  const sequences = [sequence, ...path.segments];
  if (!query.phrases.every((phrase) => sequences.some((words) => hasRun(words, phrase)))) return undefined;
  return { score: scoreOf(query, levels, sequence), isOwn: levels.some((level) => level > inPath) };
}

/** The kinds filter, by the true extension. */
export function isOfKind(query: Query, name: string): boolean {
  if (query.kinds.length === 0) return true;
  const kind = kindOf(name);
  return kind !== undefined && query.kinds.includes(kind);
}

function levelOf({ word, isPrefix }: Wanted, own: Set<string>, path: Set<string>): number {
  if (own.has(word)) return wholeWord;
  const parts = partsOf(word);
  if (isPrefix && startsAny(own, word)) return partOfWord;
  if (parts?.every((part) => own.has(part))) return partOfWord;
  if (path.has(word) || (isPrefix && startsAny(path, word))) return inPath;
  return parts?.every((part) => own.has(part) || path.has(part)) ? inPath : 0;
}

function startsAny(words: Set<string>, prefix: string): boolean {
  for (const word of words) if (word.startsWith(prefix)) return true;
  return false;
}

/** Mean level first, then words side by side in the order asked for, then how much of the name was asked for. */
function scoreOf(query: Query, levels: number[], sequence: string[]): number {
  if (levels.length === 0) return 0;
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  const asked = query.wanted.map(({ word }) => word);
  const inOrder = asked.length > 1 && hasRun(sequence, asked) ? 500 : 0;
  const own = levels.filter((level) => level > inPath).length;
  const covered = Math.min(1, own / Math.max(1, sequence.length));
  return Math.round(mean * 1000 + inOrder + covered * 400);
}

function hasRun(words: string[], run: string[]): boolean {
  for (let start = 0; start + run.length <= words.length; start++) {
    if (run.every((word, i) => words[start + i] === word)) return true;
  }
  return false;
}
