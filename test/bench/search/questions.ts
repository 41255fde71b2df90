// What people ask a made catalog: queries of every kind, drawn from names that are there. The same each time.
import { distance } from "../../../core/catalog/likeness.ts";
import { wordsOf } from "../../../core/catalog/words.ts";
import type { Random } from "./catalog-maker.ts";
import { createRandom, makeServer } from "./catalog-maker.ts";
import type { CatalogSize } from "./load.ts";
import { filesOf } from "./load.ts";

export const questionKinds = [
  "one word",
  "two words",
  "three words",
  "common words",
  "rare word",
  "unfinished",
  "mistyped",
  "without a word",
  "with filters",
  "filters alone",
  "by age alone",
] as const;
export type QuestionKind = (typeof questionKinds)[number];
export type Questions = Record<QuestionKind, string[]>;

/** Names of some of the servers that a person sees, and how often their words come. */
export interface Sample {
  random: Random;
  names: string[][];
  /** Letters only, most frequent first. */
  words: string[];
  counts: Map<string, number>;
}

const sampledServers = 4;

/** @param servers that the person sees */
export function sampleNames(size: CatalogSize, servers: readonly number[]): Sample {
  const random = createRandom(servers.length * 101 + size.servers);
  const counts = new Map<string, number>();
  const names: string[][] = [];
  for (let i = 0; i < Math.min(sampledServers, servers.length); i++) {
    const server = servers[Math.floor((i * servers.length) / sampledServers)] ?? 1;
    for (const { files } of makeServer(server, filesOf(size, server))) {
      for (const { name } of files) {
        const words = wordsOf(name).slice(0, -1).filter(isTelling);
        if (words.length > 0) names.push(words);
        for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      }
    }
  }
  const words = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1));
  return { random, names, words, counts };
}

/** What somebody would type: letters, and not a single one. */
const isTelling = (word: string) => /^\p{L}{2,}$/u.test(word);

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** @param each so many of every kind */
export function makeQuestions(sample: Sample, each: number): Questions {
  const { random, words, counts } = sample;
  const name = (least: number) => {
    for (;;) {
      const one = pick(random, sample.names);
      if (new Set(one).size >= least) return one;
    }
  };
  const some = (count: number) =>
    shuffled(random, [...new Set(name(count))])
      .slice(0, count)
      .join(" ");
  const common = words.slice(0, 40);
  const rare = words.filter((word) => (counts.get(word) ?? 0) <= 2 && word.length > 3);
  const makers: Record<QuestionKind, () => string> = {
    "one word": () => some(1),
    "two words": () => some(2),
    "three words": () => some(3),
    "common words": () =>
      shuffled(random, common)
        .slice(0, 1 + Math.floor(random() * 2))
        .join(" "),
    "rare word": () => pick(random, rare.length > 0 ? rare : words),
    unfinished: () => cut(random, some(1 + Math.floor(random() * 2))),
    mistyped: () =>
      mistype(
        random,
        pick(
          random,
          name(1).filter((word) => word.length > 3),
        ) ?? pick(random, words),
      ),
    "without a word": () => `${some(1)} -${pick(random, common)}`,
    "with filters": () => pick(random, filters)(some(1)),
    "filters alone": () => pick(random, alone),
    "by age alone": () => `newer:${pick(random, ages)}`,
  };
  const entries = questionKinds.map((kind) => [kind, Array.from({ length: each }, makers[kind])] as const);
  return Object.fromEntries(entries) as Questions;
}

const filters: readonly ((word: string) => string)[] = [
  (word) => `${word} kind:audio`,
  (word) => `${word} kind:video,image`,
  (word) => `${word} size:>10mb`,
  (word) => `${word} newer:2020-01-01`,
  (word) => `kind:folder ${word}`,
  () => "kind:photo",
  () => "kind:video size:>1gb",
];

const alone = ["kind:photo", "kind:audio", "kind:document", "kind:folder", "kind:video size:>1gb", "size:>100mb"];
/** From days to years before made files were seen last. */
const ages = ["2026-01-14", "2026-01-08", "2025-12-15", "2025-10-01", "2025-06-01", "2024-01-01", "2015"];

/** The last word after two letters or more. */
function cut(random: Random, text: string): string {
  const last = text.slice(text.lastIndexOf(" ") + 1);
  const kept = Math.min(last.length, 2 + Math.floor(random() * 3));
  return text.slice(0, text.length - last.length + kept);
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const keyed = list.map((one) => [random(), one] as const);
  return keyed.sort((a, b) => a[0] - b[0]).map(([, one]) => one);
}

const letters = "abcdefghijklmnopqrstuvwxyz";

/** One letter inserted, deleted, replaced or swapped with its neighbour. */
export function mistype(random: Random, word: string): string {
  for (;;) {
    const at = Math.floor(random() * word.length);
    const [before, here, after] = [word.slice(0, at), word[at] ?? "", word.slice(at + 1)];
    const typed = pick(random, [
      before + pick(random, [...letters]) + here + after,
      before + after,
      before + pick(random, [...letters]) + after,
      before + (after[0] ?? "") + here + after.slice(1),
    ]);
    if (typed !== word && distance(typed, word) === 1) return typed;
  }
}
