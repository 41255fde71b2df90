// What a sentence of bot/words is: text with {placeholders}, or two forms chosen by the number in one of them.

/** `by` names the placeholder whose number chooses the form (Intl.PluralRules). */
export interface Plural {
  by: string;
  one: string;
  other: string;
}
export type Sentence = string | Plural;

type NamesIn<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
export type PlaceholdersOf<S> = S extends string
  ? NamesIn<S>
  : S extends { by: infer By extends string; one: infer One extends string; other: infer Other extends string }
    ? By | NamesIn<One> | NamesIn<Other>
    : never;

/** The names in the braces of a sentence, for tests and for filling. */
export function placeholdersOf(sentence: Sentence): string[] {
  const texts = typeof sentence === "string" ? [sentence] : [sentence.one, sentence.other, `{${sentence.by}}`];
  const names = texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""));
  return [...new Set(names)].sort();
}
