// The known name that somebody most likely meant. Pure.

/** The nearest of `known` to what was typed, or undefined when nothing is near (more than a third of it is wrong). */
export function suggestName<N extends string>(typed: string, known: readonly N[]): N | undefined {
  const word = typed.toLowerCase().slice(0, 32);
  const started = known.find((name) => word.length >= 2 && (name.startsWith(word) || word.startsWith(name)));
  if (started !== undefined) return started;
  const [nearest] = known
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .sort((one, other) => one.distance - other.distance);
  return nearest && nearest.distance <= Math.max(1, Math.floor(word.length / 3)) ? nearest.name : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      const replaced = (rows[i - 1]?.[j - 1] ?? 0) + (isSame ? 0 : 1);
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = isSwap ? (rows[i - 2]?.[j - 2] ?? 0) + 1 : replaced;
      row.push(Math.min((rows[i - 1]?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped));
    }
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}
