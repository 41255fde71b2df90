// Completing a query while it is typed: the last word from names that the person may see, or the value of a filter.
// A word that only others may see is never told: every one is counted in visible names, never taken from a vocabulary.
import type { Api, InputOf, OutputOf, Room } from "#contract";
import type { Person } from "../platform/handler.ts";
import type { VisibleShare } from "../shares/index.ts";
import { kindOf, kindWords } from "./kinds.ts";
import { readKnownFor } from "./known.ts";
import { filterNamed, parse } from "./parse.ts";
import type { Known, Plan } from "./plan.ts";
import { planOf } from "./plan.ts";
import type { Query } from "./query.ts";
import { emptyQuery, hasFileFilter, isEmpty } from "./query.ts";
import type { FindDeps } from "./search.ts";
import { ownedBy } from "./search.ts";
import type { Sight } from "./sight.ts";
import { createSight } from "./sight.ts";
import type { WordCount } from "./store/suggest.ts";
import { countWords } from "./store/suggest.ts";
import { indexWords, wordsOf } from "./words.ts";

type Suggest = Api["catalog"]["suggest"];

const most = 25;
const longest = 100;

/** Best first: words of the most files. Nothing fits: none. */
export async function suggest(
  deps: FindDeps,
  person: Person,
  room: Room,
  input: InputOf<Suggest>,
): Promise<OutputOf<Suggest>> {
  const visible = await deps.shares.visible(person, room);
  const filter = /(?:^|\s)(\p{L}+):("?)([^"\s]*|(?<=")[^"]*)$/u.exec(input.query);
  const values = filter && valuesOf(filter[1] ?? "", filter[3] ?? "", person, visible);
  const endings = values ?? (await completeWord(deps, person, visible, input.query));
  const typed = values ? `${filter?.[2] ?? ""}${filter?.[3] ?? ""}` : (lastWord.exec(input.query)?.[0] ?? "");
  const kept = input.query.slice(0, input.query.length - typed.length).trimStart();
  const queries = endings.map((ending) => kept + ending).filter((query) => query.length <= longest);
  return { queries: [...new Set(queries)].slice(0, most) };
}

const lastWord = /[\p{L}\p{N}\p{M}]*$/u;

/** What may stand after `name:`; undefined when that is no filter. */
function valuesOf(name: string, typed: string, person: Person, visible: VisibleShare[]): string[] | undefined {
  switch (filterNamed(name)) {
    case "kind":
      return kindValues(typed, person.language);
    case "from":
      return ownerValues(typed, visible);
    case "size":
      return [">10mb", ">100mb", ">1gb"].filter((value) => value.startsWith(typed));
    case "newer":
      return ["1d", "7d", "30d"].filter((value) => value.startsWith(typed));
    default:
      return undefined;
  }
}

const usualKinds = {
  en: ["photo", "video", "music", "document", "archive", "data", "folder", "file"],
  fr: ["photo", "video", "musique", "document", "archive", "donnees", "dossier", "fichier"],
};

/** Of several values with commas the last one is completed. The usual words first, then any other that fits. */
function kindValues(typed: string, language: Person["language"]): string[] {
  const before = typed.slice(0, typed.lastIndexOf(",") + 1);
  const beginning = wordsOf(typed.slice(before.length))[0] ?? "";
  const usual = usualKinds[language].filter((word) => word.startsWith(beginning));
  const others = beginning === "" ? [] : Object.keys(kindWords).filter((word) => word.startsWith(beginning));
  return (usual.length > 0 ? usual : others).map((word) => before + word);
}

/** Who shares most, first; each name in quotes when it has to be. */
function ownerValues(typed: string, visible: VisibleShare[]): string[] {
  const wanted = wordsOf(typed);
  const counts = Map.groupBy(visible, ({ ownerName }) => ownerName.replace(/["“”«»„]/g, " ").trim());
  const fits = (name: string) => {
    const words = wordsOf(name);
    return words.length > 0 && wanted.every((part) => words.some((word) => word.startsWith(part)));
  };
  const names = [...counts.keys()].filter(fits);
  names.sort((a, b) => (counts.get(b)?.length ?? 0) - (counts.get(a)?.length ?? 0) || (a < b ? -1 : 1));
  return names.map((name) => (/\s/.test(name) ? `"${name}"` : name));
}

async function completeWord(deps: FindDeps, person: Person, visible: VisibleShare[], text: string) {
  const typed = lastWord.exec(text)?.[0] ?? "";
  const beginning = wordsOf(typed).at(-1) ?? "";
  const context = contextOf(text.slice(0, text.length - typed.length), deps.clock.now());
  const sight = createSight(ownedBy(visible, context, person));
  let found = await wordsThatFit(deps, sight, context, beginning);
  // What was typed before may stand in the folders above, or be mistyped.
  if (found.length === 0 && beginning !== "" && !isEmpty(context))
    found = await wordsThatFit(deps, sight, emptyQuery, beginning);
  const said = new Set(context.wanted.map(({ word }) => word));
  return found
    .filter(({ word }) => !said.has(word) && (beginning !== "" || isTelling(word)))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))
    .map(({ word }) => word);
}

/** The query before the word that is typed now; one that makes no sense is passed over. */
function contextOf(head: string, now: Date): Query {
  const query = parse(head, now);
  if ("invalid" in query) return structuredClone(emptyQuery);
  return { ...query, wanted: query.wanted.map((one) => ({ ...one, isPrefix: false })) };
}

/** Names looked at: what stands in most visible names is in most of these too. */
const sampleSize = 600;

async function wordsThatFit(deps: FindDeps, sight: Sight, context: Query, beginning: string): Promise<WordCount[]> {
  const counted = await countFitting(deps, sight, context, beginning);
  const counts = new Map(counted.map(({ word, count }) => [word, count]));
  const ofShares = context.wanted.length > 0 ? [] : sight.shares.flatMap(({ name }) => indexWords(name));
  for (const word of ofShares) if (word.startsWith(beginning)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => ({ word, count }));
}

async function countFitting({ db, commonWords }: FindDeps, sight: Sight, context: Query, beginning: string) {
  if (sight.shares.length === 0) return [];
  const begun = beginning === "" ? [] : [{ word: beginning, isPrefix: true }];
  const query = { ...context, wanted: [...context.wanted, ...begun] };
  const facts = await commonWords.read(db);
  const known = await readKnownFor(db, facts, sight, query);
  const among = beginning === "" ? undefined : idsThatBegin(known, beginning);
  const count = (plan: Plan | undefined) => {
    const isNewest = plan?.groups.length === 0 && plan.branches.length === 0;
    return countWords(db, {
      ...{ sight, query, among, limit: sampleSize, isNewest },
      files: query.only === "folders" ? undefined : plan,
      directories: query.only === "files" || hasFileFilter(query) ? undefined : plan,
    });
  };
  const some = beginning.length <= 1 ? await count(planOf(context, { inOwnName: "all", withKinds: true }, known)) : [];
  if (some.length > 0 || beginning === "") return some;
  return count(planOf(query, { inOwnName: "all", withKinds: true }, known));
}

function idsThatBegin(known: Known, beginning: string): number[] {
  const exact = known.idOf(beginning);
  return [...(exact === undefined ? [] : [exact]), ...known.longer(beginning).ids];
}

/** Worth to be offered unasked: no number, no extension, no single letters. */
function isTelling(word: string): boolean {
  return word.length > 2 && !/\p{N}/u.test(word) && kindOf(`.${word}`) === undefined;
}
