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

/** Known words that may be meant, the likeliest first: one slip in a short word, two in a longer one. */
export function likeliest(typed: string, known: string[], isUnfinished: boolean): string[] {
  const most = typed.length < 5 ? 1 : 2;
  const rated = known.map((word) => {
    const beginning = distance(typed, word.slice(0, typed.length)) + (isUnfinished ? 0.5 : 1);
    return { word, slips: Math.min(distance(typed, word), beginning) };
  });
  return rated
    .filter(({ slips }) => slips <= most)
    .sort((a, b) => a.slips - b.slips)
    .map(({ word }) => word);
}
