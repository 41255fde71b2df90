// Cut into pieces, a name has the very words that it has as a whole.
import fc from "fast-check";
import { expect, test } from "vitest";
import { createPieces } from "./pieces.ts";
import { indexWords } from "./words.ts";

const piecesOf = createPieces();
const wordsByPieces = (name: string) => new Set(piecesOf(name).flatMap((piece) => piece.words));

test.each([
  "IMG2034_myHolidayPDFs.jpg",
  "L'Été à Nîmes (1998) [final].tar.gz",
  "a\u0301 \u0301b x\u0301.e\u0301",
  "½ litre… №5 ﬁn—Ende´s",
  "日本語 ファイル.txt",
  "e\u0300\ud800\udc00z ..",
])("%s", (name) => {
  expect(wordsByPieces(name)).toEqual(new Set(indexWords(name)));
});

test("any name", () => {
  const character = fc.oneof(
    fc.constantFrom(..." .-_'AaBb12éÉ\u0301ß—½…日"),
    fc.string({ unit: "grapheme", maxLength: 1 }),
  );
  fc.assert(
    fc.property(fc.array(character, { maxLength: 40 }), (characters) => {
      const name = characters.join("");
      expect(wordsByPieces(name)).toEqual(new Set(indexWords(name)));
    }),
    { numRuns: 2_000 },
  );
});

test("a name of more words than count", () => {
  const name = Array.from({ length: 300 }, (_, i) => `w${i}x`).join(" ");
  expect(wordsByPieces(name)).toEqual(new Set(indexWords(name)));
});

test("a piece that is met again is the same one, with what was learned of it", () => {
  const [piece] = piecesOf("holiday 1");
  if (piece) piece.ids = [7];
  expect(piecesOf("another-holiday.jpg")[1]?.ids).toEqual([7]);
});
