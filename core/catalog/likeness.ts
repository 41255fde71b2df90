// How far a typed word is from a known one. Pure; the vocabulary's trigrams have chosen the few words to compare.

/** Single letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const edits = [at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (isSame ? 0 : 1)];
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits.push(at(before, j - 2) + 1);
      row.push(Math.min(...edits));
    }
    [before, above] = [above, row];
  }
  return at(above, b.length);
}

const at = (row: number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY;

export interface Alike<K> {
  known: K;
  /** Half a slip more for a word that only begins like the typed one. */
  slips: number;
}

/** Known words that may be meant, the likeliest first: one slip in a short word, two in a longer one. */
export function likeliest<K extends { word: string }>(
  typed: string,
  known: readonly K[],
  isUnfinished: boolean,
): Alike<K>[] {
  const most = typed.length < 5 ? 1 : 2;
  const rated = known.map((one) => {
    const beginning = distance(typed, one.word.slice(0, typed.length)) + (isUnfinished ? 0.5 : 1);
    return { known: one, slips: Math.min(distance(typed, one.word), beginning) };
  });
  return rated.filter(({ slips }) => slips <= most).sort((a, b) => a.slips - b.slips);
}
