// Numbers of words for one scan: asked of the database in batches, new words made there at once, and remembered within
// a bound. A word that is made stays although the scan may fail, until it is forgotten with other unused words.
import type { Database } from "../../platform/db.ts";
import type { Piece } from "../pieces.ts";

export interface LearnedWord {
  id: number;
  word: string;
}

export interface Vocabulary {
  /** Gives all of them their numbers. @returns the words that were asked for, each with its number: not always all of them */
  learn(pieces: readonly Piece[]): Promise<LearnedWord[]>;
}

/** Some 20 MB. */
const mostRemembered = 200_000;

export function createVocabulary(sql: Database["sql"]): Vocabulary {
  const ids = new Map<string, number>();

  /** In one order everywhere, so that two scans cannot wait for each other. */
  async function ask(words: string[]): Promise<LearnedWord[]> {
    // Cut in the middle of a character, a word is no text that a database takes.
    const texts = new Set(words.map((word) => word.toWellFormed()));
    const rows = await sql<LearnedWord[]>`
      with asked as (select unnest(${[...texts]}::text[]) collate "C" as word),
      known as (select word.id, word.word from word join asked on asked.word = word.word),
      made as (
        insert into word (word) select word from asked where not exists (select from known where known.word = asked.word)
        order by word on conflict do nothing returning id, word)
      select id, word from known union all select id, word from made`;
    const found = new Map(rows.map(({ id, word }) => [word, id]));
    for (const word of words) {
      const id = found.get(word.toWellFormed());
      if (id !== undefined) ids.set(word, id);
    }
    return rows;
  }

  return {
    async learn(pieces) {
      if (ids.size > mostRemembered) ids.clear();
      const fresh = new Set(pieces.filter((piece) => piece.ids === undefined));
      const unknown = new Set<string>();
      for (const { words } of fresh) for (const word of words) if (!ids.has(word)) unknown.add(word);
      const learned: LearnedWord[] = [];
      // One that another scan is making at this moment is seen the next time.
      for (let left = [...unknown]; left.length > 0; left = left.filter((word) => !ids.has(word)))
        learned.push(...(await ask(left)));
      for (const piece of fresh) piece.ids = piece.words.flatMap((word) => ids.get(word) ?? []);
      return learned;
    },
  };
}
