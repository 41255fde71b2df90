// Names in pieces between blanks, dots, dashes and the like. Nearly all pieces were met before, in this scan or in this very
// folder: their words are found once, and so are the numbers of these.
import { indexWords } from "./words.ts";

/** A piece of a name, the same object each time it is met while it is remembered. */
export interface Piece {
  readonly words: readonly string[];
  /** Numbers of the words, once somebody has learned them. */
  ids: readonly number[] | undefined;
}

/** Some 20 MB. */
const mostRemembered = 100_000;
/** Longer ones are never met again. */
const longestRemembered = 40;
/** A name of so many words is not cut: how many of them count is for indexWords to say. */
const manyWords = 128;

/** 1 for letters and digits; what is not ASCII belongs to the piece that it stands in. */
const isInside = Uint8Array.from({ length: 128 }, (_, code) => (/[a-z0-9]/i.test(String.fromCharCode(code)) ? 1 : 0));

/** @returns a function that tells the pieces of a name; their words together are those of indexWords, some maybe twice */
export function createPieces(): (name: string) => Piece[] {
  let known = new Map<string, Piece>();

  function pieceOf(text: string): Piece {
    const met = known.get(text);
    if (met) return met;
    const piece: Piece = { words: indexWords(text), ids: undefined };
    if (text.length > longestRemembered) return piece;
    if (known.size >= mostRemembered) known = new Map();
    // A piece of a longer text would keep all of that in memory.
    known.set(Buffer.from(text, "utf16le").toString("utf16le"), piece);
    return piece;
  }

  return (name) => {
    const pieces: Piece[] = [];
    let count = 0;
    for (let at = 0, from = 0; at <= name.length; at += 1) {
      const code = at < name.length ? name.charCodeAt(at) : 0;
      if (code > 127 || isInside[code] === 1) continue;
      if (at > from) {
        const piece = pieceOf(name.slice(from, at));
        pieces.push(piece);
        count += piece.words.length;
      }
      from = at + 1;
    }
    return count < manyWords ? pieces : [{ words: indexWords(name), ids: undefined }];
  };
}
