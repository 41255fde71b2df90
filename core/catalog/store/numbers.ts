// The numbers of a name's words as a row holds them: each once, in ascending order, so that the same words are the same row.
import type { Piece } from "../pieces.ts";

/** A name of 255 characters has that many at most, and 32 folders above it. */
const most = 4096;

export function createNumbers() {
  /** Negative ones first: those of the folders above. */
  const list = new Int32Array(most);

  /** By insertion: there are five or ten of them. @returns how many there are now */
  function insert(id: number, from: number, count: number): number {
    let at = count;
    while (at > from && (list[at - 1] ?? 0) > id) at -= 1;
    if ((at > from && list[at - 1] === id) || count === most) return count;
    list.copyWithin(at + 1, at, count);
    list[at] = id;
    return count + 1;
  }

  function has(id: number, from: number, count: number): boolean {
    for (let at = from; at < count; at += 1) if (list[at] === id) return true;
    return false;
  }

  /**
   * Leaves them at the beginning of `list`. What is in the name too is told once.
   * @param above negative, ascending. @returns how many
   */
  function collect(own: readonly Piece[], above: readonly number[]): number {
    const from = Math.min(above.length, most >> 1);
    let count = from;
    for (const { ids } of own) {
      if (!ids) throw new Error("a word was not learned");
      for (const id of ids) count = insert(id, from, count);
    }
    // Downward, so that what is kept ends directly before the own ones.
    let begin = from;
    for (let at = from - 1; at >= 0; at -= 1) {
      const id = above[at] ?? 0;
      if (has(-id, from, count)) continue;
      begin -= 1;
      list[begin] = id;
    }
    if (begin > 0) list.copyWithin(0, begin, count);
    return count - begin;
  }

  return {
    list,
    collect,
    /** As those have them that lie below: ascending, each once. */
    negated: (pieces: readonly Piece[]): readonly number[] =>
      Array.from(list.subarray(0, collect(pieces, [])), (id) => -id).reverse(),
  };
}
