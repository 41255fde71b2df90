import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indexWords, partsOf, wordsOf } from "./words.ts";

describe("words", () => {
  test.each([
    ["L'Été à Nîmes", ["l", "ete", "a", "nimes"]],
    ["Cœur de STRAßE", ["coeur", "de", "strasse"]],
    ["İstanbul_2020-01.tar.gz", ["istanbul", "2020", "01", "tar", "gz"]],
    ["①ﬁle", ["1file"]],
    ["日本語 テスト", ["日本語", "テスト"]],
    ["", []],
    ["--- ...", []],
  ])("of %j", (text, words) => expect(wordsOf(text)).toEqual(words));

  test("are indexed with their parts at inner borders", () => {
    expect(indexWords("IMG2034_myHolidayPDFs.jpg")).toEqual(
      ["img2034", "img", "2034", "myholidaypdfs", "my", "holiday", "pd", "fs", "jpg"].filter(Boolean),
    );
    expect(indexWords("S01E02.mp3")).toContain("s01e02");
  });

  test("typed words have parts only when these say something", () => {
    expect(partsOf("vacances2019")).toEqual(["vacances", "2019"]);
    expect(partsOf("mp3")).toBeUndefined();
    expect(partsOf("plain")).toBeUndefined();
  });

  test("have letters and digits only, whatever comes, and stay within their bounds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        for (const word of [...wordsOf(text), ...indexWords(text)]) {
          expect(word.toWellFormed()).toMatch(/^[\p{L}\p{N}\uFFFD]{1,64}$/u);
        }
        expect(wordsOf(text).length).toBeLessThanOrEqual(128);
      }),
    );
  });

  test("what is typed as it is written is found in what is indexed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (name) => {
        const indexed = new Set(indexWords(name));
        expect(wordsOf(name).filter((word) => !indexed.has(word))).toEqual([]);
      }),
    );
  });
});
