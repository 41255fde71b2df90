// Typos: each word that nothing visible has is replaced by the most alike one that something visible has.
// A word that only others may see is never told: the vocabulary is everybody's, the check is the person's.
import { readKnownFor } from "./known.ts";
import type { Alike } from "./likeness.ts";
import { likeliest } from "./likeness.ts";
import { planOf } from "./plan.ts";
import type { Query, Wanted } from "./query.ts";
import { emptyQuery, hasFileFilter } from "./query.ts";
import type { FindDeps } from "./search.ts";
import type { Sight } from "./sight.ts";
import { countNames, countWords } from "./store/suggest.ts";
import type { KnownWord } from "./store/words.ts";
import { similarWords } from "./store/words.ts";

const shortestWord = 3;
const comparedWords = 250;
/** So many of the most alike are looked for among visible names. */
const checkedWords = 16;

/** The query with corrected words, or undefined when there is nothing to correct or nothing to correct it to. */
export async function correct(deps: FindDeps, sight: Sight, query: Query): Promise<Query | undefined> {
  if (sight.serverIds.length === 0 || query.wanted.length === 0) return undefined;
  const wanted: Wanted[] = [];
  // Nothing was found: of a word that stands alone that says all.
  const isAlone = query.wanted.length === 1 && query.excluded.length === 0 && !hasFileFilter(query);
  for (const one of query.wanted) wanted.push(await correctWord(deps, sight, one, isAlone && query.only === undefined));
  const isChanged = wanted.some((one, i) => one.word !== query.wanted[i]?.word);
  const places = new Map(query.wanted.map(({ word }, i) => [word, wanted[i]?.word ?? word]));
  const phrases = query.phrases.map((phrase) => phrase.map((word) => places.get(word) ?? word));
  return isChanged ? { ...query, wanted, phrases } : undefined;
}

async function correctWord(deps: FindDeps, sight: Sight, wanted: Wanted, isUnknown: boolean): Promise<Wanted> {
  if (wanted.word.length < shortestWord || (!isUnknown && (await isVisible(deps, sight, wanted)))) return wanted;
  const [best] = await corrections(deps, sight, wanted, 1);
  return best === undefined ? wanted : { word: best, isPrefix: false };
}

/**
 * Visible words that may be meant by one that is not, the likeliest first: by slips, then by how many names have it.
 * @param enough so many of them will do
 */
export async function corrections(
  deps: FindDeps,
  sight: Sight,
  { word, isPrefix }: Wanted,
  enough: number,
): Promise<string[]> {
  const similar = await similarWords(deps.db, word, comparedWords);
  const alike = likeliest(word, similar, isPrefix).slice(0, checkedWords);
  const found: string[] = [];
  // Words with more slips are looked for only when those with fewer are not enough.
  for (const [, some] of Map.groupBy(alike, ({ slips }) => slips)) {
    if (found.length < enough) found.push(...(await visibleOf(deps, sight, some)));
  }
  return found;
}

async function visibleOf(
  { db, commonWords }: FindDeps,
  sight: Sight,
  alike: readonly Alike<KnownWord>[],
): Promise<string[]> {
  const words = alike.map(({ known }) => known);
  const ids = words.map(({ id }) => id);
  const counts = await countNames(db, sight, ids, await commonWords.read(db));
  const visible = words.filter(({ id }) => counts.has(id));
  visible.sort((a, b) => (counts.get(b.id) ?? 0) - (counts.get(a.id) ?? 0));
  return visible.map(({ word }) => word);
}

async function isVisible({ db, commonWords }: FindDeps, sight: Sight, wanted: Wanted): Promise<boolean> {
  const query = { ...emptyQuery, wanted: [wanted] };
  const facts = await commonWords.read(db);
  const known = await readKnownFor(db, facts, sight, query);
  const plan = planOf(query, { inOwnName: "all", withKinds: false }, known);
  if (!plan) return false;
  return (await countWords(db, { sight, query, files: plan, directories: plan, limit: 1 })).length > 0;
}
