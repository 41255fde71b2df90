// What the vocabulary says of the words of one query, in proportion to what a person sees.
import type { Db } from "../platform/db.ts";
import type { Known } from "./plan.ts";
import { wordsOfPlan } from "./plan.ts";
import type { Query } from "./query.ts";
import type { Sight } from "./sight.ts";
import { placesOf } from "./store/places.ts";
import type { CatalogFacts } from "./store/words.ts";
import { readKnown } from "./store/words.ts";

/** Every number is looked up in every share. */
const mostLookups = 5_000;
const mostWords = 512;
const fewestWords = 40;

export function readKnownFor(db: Db, facts: CatalogFacts, sight: Sight, query: Query): Promise<Known> {
  const places = Math.max(1, placesOf(sight).length);
  const mostIds = Math.min(mostWords, Math.max(fewestWords, Math.floor(mostLookups / places)));
  const beginning = query.wanted.find(({ isPrefix }) => isPrefix)?.word ?? "";
  return readKnown(db, facts, { words: wordsOfPlan(query), beginning, mostIds, places });
}
