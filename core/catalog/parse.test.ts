import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "./parse.ts";
import { wordsOfPlan } from "./plan.ts";

const now = new Date("2024-06-15T12:00:00Z");
const parsed = (text: string) => {
  const query = parse(text, now);
  if ("invalid" in query) throw new Error(`invalid ${query.invalid}`);
  return query;
};
const words = (text: string) => parsed(text).wanted.map(({ word, isPrefix }) => (isPrefix ? `${word}*` : word));

describe("words", () => {
  test("the last one may be unfinished, unless it is quoted or a filter follows", () => {
    expect(words("été Nîmes")).toEqual(["ete", "nimes*"]);
    expect(words('jazz "la mer"')).toEqual(["jazz", "la", "mer"]);
    expect(words("jazz kind:audio")).toEqual(["jazz"]);
  });

  test("phrases, and words to be absent", () => {
    const query = parsed('"la mer" “le vent” -live -"en concert"');
    expect(query.phrases).toEqual([
      ["la", "mer"],
      ["le", "vent"],
    ]);
    expect(query.excluded).toEqual(["live", "en", "concert"]);
  });

  test("unknown filters are words", () => {
    expect(words("foo:bar http://x.org/y")).toEqual(["foo", "bar", "http", "x", "org", "y*"]);
  });
});

describe("filters", () => {
  test.each([
    ["kind:photo", { kinds: ["image"] }],
    ["genre:musique,vidéo", { kinds: ["audio", "video"] }],
    ["kind:dossier", { only: "folders" }],
    ["type:file", { only: "files" }],
    ["size:>10mb", { minBytes: 10_000_000, maxBytes: undefined }],
    ["taille:<1,5Go", { maxBytes: 1_500_000_000 }],
    ["size:10kb-2mb", { minBytes: 10_000, maxBytes: 2_000_000 }],
    ["newer:7d", { newerThan: new Date("2024-06-08T12:00:00Z") }],
    ["depuis:2j", { newerThan: new Date("2024-06-13T12:00:00Z") }],
    ["newer:2024-01-31", { newerThan: new Date("2024-01-31T00:00:00Z") }],
    ['from:"Chloé D"', { owners: [["chloe", "d"]] }],
    ["de:anna", { owners: [["anna"]] }],
  ])("%s", (text, expected) => expect(parsed(text)).toMatchObject(expected));

  test.each(["kind:nonsense", "size:big", "size:5mb-1mb", "newer:soon", "newer:2024-02-31", "from:---"])(
    "%s is told as what it is",
    (text) => expect(parse(text, now)).toEqual({ invalid: text.split(":")[0] }),
  );
});

test("hostile queries neither throw nor make words that need escaping", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom('"', "-", "kind:", "size:>", "newer:", "from:", "'", "\\", "!", "&", "|", ":*", "<->", "(", ")"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const query = parse(pieces.join(" "), now);
      if ("invalid" in query) return;
      expect(query.wanted.length).toBeLessThanOrEqual(16);
      for (const word of wordsOfPlan(query)) expect(word).not.toMatch(/[\\'\0]/);
    }),
    { numRuns: 500 },
  );
});
