import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseArguments, quoteWord, splitWords, writeOption } from "./arguments.ts";

describe("splitWords", () => {
  it("keeps apostrophes and reads every kind of double quote", () => {
    expect(splitWords("l'été d'Anna")).toEqual(["l'été", "d'Anna"]);
    expect(splitWords('attic "My music/Live" as Concerts')).toEqual(["attic", "My music/Live", "as", "Concerts"]);
    expect(splitWords("“two words” x")).toEqual(["two words", "x"]);
  });

  it("does not lose what stands in a quote that was never closed", () => {
    expect(splitWords('say "never closed')).toEqual(["say", "never closed"]);
  });

  it("gives back every word that quoteWord wrote", () => {
    const word = fc.string({ unit: "binary", minLength: 1 }).filter((text) => !/[“”„\u{F0001}-\u{F0003}]/u.test(text));
    fc.assert(
      fc.property(word, (text) => {
        expect(splitWords(`a ${quoteWord(text)} b`)).toEqual(["a", text, "b"]);
      }),
    );
  });
});

describe("parseArguments", () => {
  it("takes the options out and leaves the text as it was typed", () => {
    const parsed = parseArguments(`summer "live" -rain ${writeOption("after", "c 1/ü")}`);
    expect(parsed.text).toBe('summer "live" -rain');
    expect(parsed.options).toEqual({ after: "c 1/ü" });
  });

  it("takes no option out of a name", () => {
    for (const name of ["Ben --yes", "--yes", "--yes=12345678", 'a" --after=c "b']) {
      expect(parseArguments(`remove ${quoteWord(name)}`)).toMatchObject({ words: ["remove", name], options: {} });
    }
    const hostile = fc.array(fc.constantFrom('"', "\\", " ", "--yes", "--after=c", "x", "“"), { minLength: 1 });
    fc.assert(
      fc.property(hostile, (parts) => {
        const name = parts.join("").replaceAll("“", '"');
        expect(parseArguments(`remove ${quoteWord(name)} --yes=12345678`).words).toEqual(["remove", name]);
        expect(parseArguments(`remove ${quoteWord(name)}`).options).toEqual({});
      }),
    );
  });

  it("takes other dashes for words", () => {
    expect(parseArguments("--unknown --yesterday -not")).toEqual({
      words: ["--unknown", "--yesterday", "-not"],
      options: {},
      text: "--unknown --yesterday -not",
    });
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseArguments(text)));
    expect(parseArguments("--yes=%E0%A4%A").options).toEqual({ yes: "%E0%A4%A" });
  });
});
