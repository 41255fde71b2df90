// Typos: each word that nothing visible has is replaced by the most alike one that something visible has.
// A word that only others may see is never told: the vocabulary is everybody's, the check is the person's.
import type { Db } from "../platform/db.ts";
import { likeliest } from "./likeness.ts";
import { match, pathWordsOf } from "./match.ts";
import type { Query, Wanted } from "./query.ts";
import { emptyQuery } from "./query.ts";
import type { Sight } from "./sight.ts";
import { findCandidates, similarWords } from "./store/search.ts";
import { tsqueryOf } from "./tsquery.ts";

const shortestWord = 3;
const comparedWords = 60;
const triesPerWord = 5;
const sampleSize = 50;

/** The query with corrected words, or undefined when there is nothing to correct or nothing to correct it to. */
export async function correct(db: Db, sight: Sight, query: Query): Promise<Query | undefined> {
  if (sight.serverIds.length === 0 || query.wanted.length === 0) return undefined;
  const wanted: Wanted[] = [];
  for (const one of query.wanted) wanted.push(await correctWord(db, sight, one));
  const isChanged = wanted.some((one, i) => one.word !== query.wanted[i]?.word);
  const places = new Map(query.wanted.map(({ word }, i) => [word, wanted[i]?.word ?? word]));
  const phrases = query.phrases.map((phrase) => phrase.map((word) => places.get(word) ?? word));
  return isChanged ? { ...query, wanted, phrases } : undefined;
}

async function correctWord(db: Db, sight: Sight, wanted: Wanted): Promise<Wanted> {
  if (wanted.word.length < shortestWord || (await isVisible(db, sight, wanted))) return wanted;
  const similar = await similarWords(db, wanted.word, comparedWords);
  for (const word of likeliest(wanted.word, similar, wanted.isPrefix).slice(0, triesPerWord)) {
    const better = { word, isPrefix: false };
    if (await isVisible(db, sight, better)) return better;
  }
  return wanted;
}

async function isVisible(db: Db, sight: Sight, wanted: Wanted): Promise<boolean> {
  const query = { ...emptyQuery, wanted: [wanted] };
  const words = tsqueryOf(query, { inOwnName: true, withKinds: false });
  const { files, directories } = await findCandidates(db, {
    sight,
    query,
    wantsFiles: true,
    fileWords: words,
    wantsDirectories: true,
    directoryWords: words,
    limit: sampleSize,
  });
  return [...files, ...directories.filter((row) => sight.locate(row.serverId, row.path)?.path !== row.path)].some(
    (row) => sight.locate(row.serverId, row.path) && match(query, row.name, pathWordsOf(""))?.isOwn,
  );
}
