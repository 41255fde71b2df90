// Whether and how well a name and the visible folders above it answer a query. Pure; it decides what plan.ts narrowed.
import { kindOf } from "./kinds.ts";
import type { Query, Wanted } from "./query.ts";
import type { NameWords } from "./words.ts";
import { partsOf, splitName } from "./words.ts";

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

/** Undefined when it does not match. Only `name` and the folders of `path` count, never what lies above the share. */
export type Matcher = (name: string, path: PathWords) => Match | undefined;

const wholeWord = 3;
const partOfWord = 2;
const inPath = 1;

/**
 * Split when it is asked for: where names answer alone, nobody looks at their folders.
 * @param path inside the share; "" for the share's own folder. @param known folder names that were split before
 */
export function pathWordsOf(path: string, known = new Map<string, NameWords>()): PathWords {
  let split: PathWords | undefined;
  const once = () => {
    split ??= splitPath(path, known);
    return split;
  };
  return {
    get words() {
      return once().words;
    },
    get segments() {
      return once().segments;
    },
  };
}

function splitPath(path: string, known: Map<string, NameWords>): PathWords {
  const words = new Set<string>();
  const segments: string[][] = [];
  for (const segment of path === "" ? [] : path.split("/")) {
    const split = known.get(segment) ?? splitName(segment);
    known.set(segment, split);
    for (const word of split.index) words.add(word);
    segments.push(split.sequence);
  }
  return { words, segments };
}

/** What is asked of each of thousands of names, made ready once. */
export function createMatcher(query: Query): Matcher {
  const wanted = query.wanted.map((one) => ({ ...one, parts: partsOf(one.word) }));
  const asksNumber = query.wanted.some(({ word }) => isNumber(word));
  return (name, path) => {
    const { index: own, sequence } = splitName(name);
    if (query.excluded.some((word) => own.includes(word) || path.words.has(word))) return undefined;
    const levels: number[] = [];
    for (const one of wanted) {
      const level = levelOf(one, own, path);
      if (level === 0) return undefined;
      levels.push(level);
    }
    if (query.phrases.length > 0 && !hasPhrases(query, [sequence, ...path.segments])) return undefined;
    const score = levels.length === 0 ? 0 : scoreOf(query.wanted, levels, titleOf(name, sequence, asksNumber), path);
    return { score, isOwn: levels.some((level) => level > inPath) };
  };
}

/** The kinds filter, by the true extension. */
export function isOfKind(query: Query, name: string): boolean {
  if (query.kinds.length === 0) return true;
  const kind = kindOf(name);
  return kind !== undefined && query.kinds.includes(kind);
}

type Asked = Wanted & { parts: string[] | undefined };

function levelOf({ word, isPrefix, parts }: Asked, own: readonly string[], path: PathWords): number {
  if (own.includes(word)) return wholeWord;
  if (isPrefix && own.some((one) => one.startsWith(word))) return partOfWord;
  if (parts?.every((part) => own.includes(part))) return partOfWord;
  const { words } = path;
  if (words.has(word) || (isPrefix && startsAny(words, word))) return inPath;
  return parts?.every((part) => own.includes(part) || words.has(part)) ? inPath : 0;
}

function startsAny(words: Set<string>, prefix: string): boolean {
  for (const word of words) if (word.startsWith(prefix)) return true;
  return false;
}

function hasPhrases({ phrases }: Query, sequences: string[][]): boolean {
  return phrases.every((phrase) => sequences.some((words) => hasRun(words, phrase)));
}

function hasRun(words: string[], run: string[]): boolean {
  for (let start = 0; start + run.length <= words.length; start++) {
    if (run.every((word, i) => words[start + i] === word)) return true;
  }
  return false;
}

/** A word of letters is told by its first one: this is asked of each word of thousands of names. */
const isNumber = (word: string) => !/^[a-z]/.test(word) && /^\p{N}+$/u.test(word);

/** The words that say what it is: without the extension, and without numbers unless one is asked for. */
function titleOf(name: string, sequence: string[], asksNumber: boolean): string[] {
  const stem = sequence.length > 1 && kindOf(name) !== undefined ? sequence.slice(0, -1) : sequence;
  const said = asksNumber ? stem : stem.filter((word) => !isNumber(word));
  return said.length > 0 ? said : stem;
}

/** Mean level first, then words side by side in the order asked for, then how much of the title was asked for. */
function scoreOf(wanted: readonly Wanted[], levels: readonly number[], title: string[], path: PathWords): number {
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  const own = levels.filter((level) => level > inPath).length;
  const covered = Math.min(1, own / Math.max(1, title.length));
  const first = wanted[0];
  const begins = first !== undefined && title[0] !== undefined && fits(first, title[0]) ? 50 : 0;
  return Math.round(mean * 1000 + orderOf(wanted, title, path) * 500 + covered * 400 + begins);
}

/** From 0 to 1: how many of the wanted words follow the one before them, in the title or, half as good, in a folder. */
function orderOf(wanted: readonly Wanted[], title: string[], path: PathWords): number {
  if (wanted.length < 2) return 0;
  let sum = 0;
  for (let i = 1; i < wanted.length; i++) {
    const pair = [wanted[i - 1], wanted[i]] as [Wanted, Wanted];
    if (follows(title, pair)) sum += 1;
    else if (path.segments.some((segment) => follows(segment, pair))) sum += 0.5;
  }
  return sum / (wanted.length - 1);
}

function follows(words: string[], [one, next]: [Wanted, Wanted]): boolean {
  return words.some((word, i) => i > 0 && fits(next, word) && fits(one, words[i - 1] ?? ""));
}

const fits = ({ word, isPrefix }: Wanted, name: string) => name === word || (isPrefix && name.startsWith(word));
