// How often a mistyped word is understood: single-letter errors in words of visible names.
import type { Asker } from "./ask.ts";
import type { Sample } from "./questions.ts";
import { mistype, pick } from "./questions.ts";

export interface Typos {
  asked: number;
  /** The right word was the first of the corrector's words, or among its first three. */
  first: number;
  topThree: number;
}

const shortestWord = 4;

/** A word that somebody else's name has, so that it is no error, is not asked. */
export async function countTypos(asker: Asker, { random, names, counts }: Sample, count: number): Promise<Typos> {
  const typos: Typos = { asked: 0, first: 0, topThree: 0 };
  while (typos.asked < count) {
    const word = pick(random, pick(random, names));
    if (word.length < shortestWord) continue;
    const typed = mistype(random, word);
    if (counts.has(typed) || (await asker.isKnown(typed))) continue;
    typos.asked += 1;
    const place = (await asker.corrections(typed)).indexOf(word);
    if (place === 0) typos.first += 1;
    if (place >= 0 && place < 3) typos.topThree += 1;
  }
  return typos;
}
