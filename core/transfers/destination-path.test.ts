// Names of pulled files: safe for every destination, and no two at one place.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { folderOf, partPath, placeFiles, safePath } from "./destination-path.ts";

describe("a safe path", () => {
  test.each([
    ["a.pdf", "a.pdf"],
    ["Album/01.flac", "Album/01.flac"],
    ["../../etc/passwd", "_/_/etc/passwd"],
    ["/a//./b", "a/b"],
    ["a\r\nDELE x", "a__DELE x"],
    ["", "_"],
    ["..", "_"],
    ["x/.fonshare-5.part", "x/_.fonshare-5.part"],
    ["été/naïve .txt", "été/naïve .txt"],
  ])("%j becomes %j", (given, safe) => {
    expect(safePath(given)).toBe(safe);
  });

  test("stays below the folder, within the length of names, and the same when made twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), (given) => {
        const safe = safePath(given);
        expect(safePath(safe)).toBe(safe);
        for (const name of safe.split("/")) {
          expect(["", ".", ".."]).not.toContain(name);
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(241);
          expect(name).not.toMatch(/\p{Cc}|^\.fonshare-/u);
        }
      }),
    );
  });

  test("a long name keeps its extension", () => {
    expect(safePath(`${"é".repeat(300)}.flac`)).toMatch(/^é{100,}\.flac$/);
  });
});

describe("places", () => {
  test("the second of one name gets a number before the extension", () => {
    expect(placeFiles(["a.txt", "a.txt", "A.TXT", "b", "b"])).toEqual([
      "a.txt",
      "a (2).txt",
      "A (3).TXT",
      "b",
      "b (2)",
    ]);
  });

  test("a file does not stand where a folder has to", () => {
    expect(placeFiles(["x", "x/y"])).toEqual(["x (2)", "x/y"]);
  });

  test("are never two at one place, in order, and quick for a thousand of one name", () => {
    const names = fc.constantFrom("a", "A", "a.txt", "a (2).txt", "b/a", "B/a", "é", "é");
    fc.assert(
      fc.property(fc.array(names, { maxLength: 1000 }), (given) => {
        const places = placeFiles(given);
        expect(places).toHaveLength(given.length);
        expect(new Set(places.map((place) => place.normalize("NFC").toLowerCase())).size).toBe(given.length);
      }),
    );
  });
});

test("a part lies beside its file", () => {
  expect(partPath("a/b/c.txt", 7)).toBe("a/b/.fonshare-7.part");
  expect(partPath("c.txt", 7)).toBe(".fonshare-7.part");
  expect(folderOf("c.txt")).toBe("");
});
