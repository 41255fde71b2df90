// A typed search to a query. Pure, linear, and never throws: what it does not understand are words.
import { readSize } from "../platform/size.ts";
import { kindWords } from "./kinds.ts";
import type { Query } from "./query.ts";
import { emptyQuery } from "./query.ts";
import { asTime } from "./values.ts";
import { wordsOf } from "./words.ts";

const maxWords = 16;
const maxFilters = 16;

type FilterName = "kind" | "size" | "newer" | "from";

const filterNames: Record<string, FilterName> = {
  kind: "kind",
  type: "kind",
  genre: "kind",
  size: "size",
  taille: "size",
  newer: "newer",
  since: "newer",
  depuis: "newer",
  from: "from",
  by: "from",
  de: "from",
  par: "from",
};

/** The filter that goes by this name in a query, if there is one. */
export function filterNamed(name: string): FilterName | undefined {
  return filterNames[name.toLowerCase()];
}

/** One piece of a query: an optional minus, an optional `name:`, and a quoted or a plain text. */
const pieces = /(-?)(?:(\p{L}+):(?=\S))?(?:"([^"]*)"?|([^\s"]+))/gu;

/** @returns the query, or the name of the filter whose value makes no sense */
export function parse(text: string, now: Date): Query | { invalid: string } {
  const query = structuredClone(emptyQuery);
  let last: "word" | "other" = "other";
  let filters = 0;
  for (const [, minus, name, quoted, plain] of text.replace(/[“”«»„]/g, '"').matchAll(pieces)) {
    const value = quoted ?? plain ?? "";
    const filter = minus ? undefined : filterNames[name?.toLowerCase() ?? ""];
    if (name && filter && filters++ < maxFilters) {
      if (!applyFilter(query, filter, value, now)) return { invalid: name.toLowerCase() };
      last = "other";
      continue;
    }
    last = addWords(query, name ? `${name} ${value}` : value, {
      isExcluded: Boolean(minus),
      isPhrase: quoted !== undefined,
    });
  }
  const end = query.wanted.at(-1);
  if (end && last === "word") end.isPrefix = true;
  return query;
}

function addWords(query: Query, text: string, how: { isExcluded: boolean; isPhrase: boolean }): "word" | "other" {
  const words = wordsOf(text);
  if (how.isExcluded) {
    query.excluded.push(...words.slice(0, maxWords - query.excluded.length));
    return "other";
  }
  const taken = words.slice(0, maxWords - query.wanted.length);
  query.wanted.push(...taken.map((word) => ({ word, isPrefix: false })));
  if (how.isPhrase && taken.length > 1) query.phrases.push(taken);
  return how.isPhrase || taken.length === 0 ? "other" : "word";
}

function applyFilter(query: Query, filter: FilterName, value: string, now: Date): boolean {
  switch (filter) {
    case "kind":
      return applyKinds(query, value);
    case "size":
      return applySize(query, value);
    case "newer":
      query.newerThan = asTime(value, now);
      return query.newerThan !== undefined;
    case "from": {
      const words = wordsOf(value);
      if (words.length > 0) query.owners.push(words);
      return words.length > 0;
    }
  }
}

/** `photo`, or several with commas. */
function applyKinds(query: Query, value: string): boolean {
  for (const part of value.split(",")) {
    const word = kindWords[wordsOf(part)[0] ?? ""];
    if (!word) return false;
    if (word === "folder") query.only = "folders";
    else if (word === "file") query.only = "files";
    else query.kinds.push(word);
  }
  return true;
}

/** `>10mb`, `<1gb`, `10mb-2gb`, or `10mb` for at least so much. */
function applySize(query: Query, value: string): boolean {
  const range = /^([<>]?)=?([^<>=-]+)(?:-([^<>=-]+))?$/.exec(value);
  if (!range) return false;
  const [, sign, first = "", second] = range;
  const size = readSize(first);
  const upper = second === undefined ? undefined : readSize(second);
  if (size === undefined || (second !== undefined && (upper === undefined || sign || upper < size))) return false;
  if (sign === "<") query.maxBytes = size;
  else query.minBytes = size;
  if (upper !== undefined) query.maxBytes = upper;
  return true;
}
