// Names of pulled files: safe for every destination, and no two at one place.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { folderOf, isPartOf, partPath, placeFiles, probeName, safePath } from "./destination-path.ts";

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
    ["..\\..\\Windows\\a.dll", ".._.._Windows_a.dll"],
    ["C:\\a", "C:_a"],
    [".. /... /. ./x", "_/_/_/x"],
    // Telnet's IAC WILL x, which ProFTPD takes out of a command.
    [".\uF7FF\uF7FBx./a", "._\uF7FBx./a"],
    [`${".".repeat(300)}${"a".repeat(40)}`, "_"],
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
          expect(name).not.toMatch(/\p{Cc}|^\.fonshare-|[\\\uF7FF]|^[. ]+$/u);
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

test("a part lies beside its file, and no other file is taken for it", () => {
  expect(partPath("a/b/c.txt", 7, "00c0ffee")).toBe("a/b/.fonshare-7-00c0ffee.part");
  expect(partPath("c.txt", 7, "00c0ffee")).toBe(".fonshare-7-00c0ffee.part");
  expect(folderOf("c.txt")).toBe("");
  expect(isPartOf(7, "a/.fonshare-7-00c0ffee.part")).toBe(true);
  for (const path of [".fonshare-8-00c0ffee.part", ".fonshare-7.part", "x.fonshare-7-00c0ffee.part", "a.txt", ""])
    expect(isPartOf(7, path)).toBe(false);
});

test("a probe's file lies in the inbox itself under its own number, and is no transfer's part", () => {
  expect(probeName(-7)).toBe(".fonshare-probe-7.part");
  expect(isPartOf(-7, ".fonshare-probe-7.part")).toBe(true);
  for (const path of [".fonshare-probe-8.part", "a/.fonshare-probe-7.part", ".fonshare-7-00c0ffee.part", ""])
    expect(isPartOf(-7, path)).toBe(false);
  expect(isPartOf(7, ".fonshare-probe-7.part")).toBe(false);
});
