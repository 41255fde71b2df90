// A query as PostgreSQL's tsquery text over the words of words.ts. It narrows; match.ts decides.
import { extensionsOf } from "./kinds.ts";
import type { Query, Wanted } from "./query.ts";
import { asPathWord, partsOf } from "./words.ts";

/** Words have letters and digits only, so quotes are all the escaping there is. */
function lexeme(word: string, isPrefix = false): string {
  return isPrefix ? `'${word}':*` : `'${word}'`;
}

const any = (alternatives: string[]) => `(${alternatives.join(" | ")})`;
const all = (conditions: string[]) => `(${conditions.join(" & ")})`;

function inName({ word, isPrefix }: Wanted): string {
  const parts = partsOf(word);
  const whole = lexeme(word, isPrefix);
  return parts ? any([whole, all(parts.map((part) => lexeme(part)))]) : whole;
}

function anywhere({ word, isPrefix }: Wanted): string {
  const forms = (part: string, prefix: boolean) => any([lexeme(part, prefix), lexeme(asPathWord(part), prefix)]);
  const parts = partsOf(word);
  const whole = forms(word, isPrefix);
  return parts ? any([whole, all(parts.map((part) => forms(part, false)))]) : whole;
}

/**
 * For completing: every wanted word, one of the kinds and a word that begins like this, all in the name itself.
 * Undefined when there is nothing to look up.
 */
export function ownTsqueryOf(query: Query, beginning: string): string | undefined {
  const conditions = query.wanted.map(inName);
  if (query.kinds.length > 0) conditions.push(any(query.kinds.flatMap(extensionsOf).map((one) => lexeme(one))));
  if (beginning !== "") conditions.push(lexeme(beginning, true));
  if (conditions.length === 0) return undefined;
  return all([...conditions, ...query.excluded.map((word) => `!${lexeme(word)}`)]);
}

/**
 * Every wanted word in the name or the folders above. `inOwnName`: and one of them in the thing's own name, so that
 * what lies in a matching folder is left to that folder's line. Undefined when there is nothing to look up.
 */
export function tsqueryOf(query: Query, options: { inOwnName: boolean; withKinds: boolean }): string | undefined {
  const conditions = query.wanted.map(anywhere);
  if (options.inOwnName && query.wanted.length > 0) conditions.push(any(query.wanted.map(inName)));
  if (options.withKinds && query.kinds.length > 0) {
    conditions.push(any(query.kinds.flatMap(extensionsOf).map((extension) => lexeme(extension))));
  }
  if (conditions.length === 0) return undefined;
  return all([...conditions, ...query.excluded.map((word) => `!${lexeme(word)}`)]);
}
