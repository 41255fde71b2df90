// Numbers of words for one scan: asked of the database in batches, new words made there at once, and remembered within
// a bound. A word that is made stays although the scan may fail, until it is forgotten with other unused words.
import type { Database } from "../../platform/db.ts";

export interface Vocabulary {
  /** Of a word that was learned by the last call of `learn`. @throws for any other */
  idOf(word: string): number;
  learn(names: Iterable<readonly string[]>): Promise<void>;
}

/** Some 20 MB. */
const mostRemembered = 200_000;

/** @param sql of one connection, with the temporary table `stage_word (id, word)`: it gets every word that was learned */
export function createVocabulary(sql: Database["sql"]): Vocabulary {
  const ids = new Map<string, number>();

  /** In one order everywhere, so that two scans cannot wait for each other. */
  async function ask(words: string[]): Promise<void> {
    // Cut in the middle of a character, a word is no text that a database takes.
    const texts = new Set(words.map((word) => word.toWellFormed()));
    const rows = await sql<Array<{ id: number; word: string }>>`
      with asked as (select unnest(${[...texts]}::text[]) collate "C" as word),
      known as (select word.id, word.word from word join asked on asked.word = word.word),
      made as (
        insert into word (word) select word from asked where not exists (select from known where known.word = asked.word)
        order by word on conflict do nothing returning id, word)
      insert into stage_word select id, word from known union all select id, word from made returning id, word`;
    const found = new Map(rows.map(({ id, word }) => [word, id]));
    for (const word of words) {
      const id = found.get(word.toWellFormed());
      if (id !== undefined) ids.set(word, id);
    }
  }

  return {
    idOf(word) {
      const id = ids.get(word);
      if (id === undefined) throw new Error("a word was not learned");
      return id;
    },
    async learn(names) {
      if (ids.size > mostRemembered) ids.clear();
      const unknown = new Set<string>();
      for (const words of names) for (const word of words) if (!ids.has(word)) unknown.add(word);
      // One that another scan is making at this moment is seen the next time.
      for (let left = [...unknown]; left.length > 0; left = left.filter((word) => !ids.has(word))) await ask(left);
    },
  };
}
