// The languages of the bot. A Tongue says a sentence with its values filled in and formats numbers, sizes and times.
// Names in values are cleaned here, once, so that no hostile name can break a sentence.
import type { ErrorParams, Language } from "#contract";
import { cleanName, cutGraphemes } from "../text.ts";
import { en } from "./en.ts";
import type { Format } from "./format.ts";
import { createFormat } from "./format.ts";
import { fr } from "./fr.ts";
import type { PlaceholdersOf, Plural, Sentence } from "./sentence.ts";

export type WordKey = keyof typeof en;
/** What every language has: the same sentences, plural where English is plural. */
export type Words = { [K in WordKey]: (typeof en)[K] extends string ? string : Plural };

type Values<K extends WordKey> = { [N in PlaceholdersOf<(typeof en)[K]>]: string | number };
type SayArguments<K extends WordKey> = PlaceholdersOf<(typeof en)[K]> extends never ? [] : [values: Values<K>];

export interface Tongue extends Format {
  language: Language;
  say<K extends WordKey>(key: K, ...values: SayArguments<K>): string;
  /** The sentence of an error code, also one that this version does not know. */
  error(code: string, params: ErrorParams): string;
  /** The sentence `<prefix>.<word>` if there is one, else undefined; for words that come from the core. */
  word(prefix: string, word: string): string | undefined;
}

export const words: Record<Language, Words> = { en, fr };
const longestNameGraphemes = 120;

/** @param timeZone an IANA name; the process's own when left out */
export function createTongue(language: Language, timeZone?: string): Tongue {
  const table = nameCommands(words[language]);
  const format = createFormat(language, timeZone);
  const fill = (sentence: Sentence, values: ErrorParams) => {
    const text = typeof sentence === "string" ? sentence : choose(sentence, values, format);
    return format.punctuate(text).replace(/\{(\w+)\}/g, (whole, name: string) => show(values[name] ?? whole, format));
  };
  const say = (key: string, values: ErrorParams = {}) => fill(table[key] ?? "", values);
  const defaults = () => ({
    server: say("default.server"),
    servers: say("default.servers"),
    filter: say("default.filter"),
    right: say("default.right"),
    from: say("default.time"),
    to: say("default.time"),
    zone: say("default.time"),
  });
  return {
    ...format,
    language,
    say,
    error: (code, params) => {
      const key = Object.hasOwn(table, `error.${code}`) ? `error.${code}` : "error.core.internal";
      return say(key, { ...defaults(), ...withoutEmpty(params) });
    },
    word: (prefix, word) => (Object.hasOwn(table, `${prefix}.${word}`) ? say(`${prefix}.${word}`) : undefined),
  };
}

/** Sentences name commands as the menus of that language do; every name is understood everywhere. */
function nameCommands(table: Words): Record<string, Sentence> {
  const names: Record<string, Sentence> = table;
  const rename = (text: string) =>
    text.replace(/(?<![\w/])\/([a-z]+)(?![\w/])/g, (whole, name: string) => {
      const own = Object.hasOwn(names, `command.${name}`) ? names[`command.${name}`] : undefined;
      return typeof own === "string" ? `/${own}` : whole;
    });
  return Object.fromEntries(
    Object.entries(names).map(([key, sentence]) => [
      key,
      typeof sentence === "string"
        ? rename(sentence)
        : { by: sentence.by, one: rename(sentence.one), other: rename(sentence.other) },
    ]),
  );
}

function withoutEmpty(params: ErrorParams): ErrorParams {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ""));
}

function choose(plural: Plural, values: ErrorParams, format: Format): string {
  return format.isOne(Number(values[plural.by])) ? plural.one : plural.other;
}

function show(value: string | number, format: Format): string {
  return typeof value === "number" ? format.number(value) : cutGraphemes(cleanName(value), longestNameGraphemes);
}
