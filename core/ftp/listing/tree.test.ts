import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parserOf } from "./collect.ts";
import type { TreeBounds, TreeSection } from "./tree.ts";
import { createTreeCollector } from "./tree.ts";

const now = new Date("2026-03-10T12:00:00Z");
const wide: TreeBounds = { maxEntries: 1000, maxTotalEntries: 10_000, maxWaitingBytes: 1_000_000 };

function read(text: string, { bounds = wide, isWhole = true, chunkBytes = 1 << 16 } = {}) {
  const bytes = Buffer.from(text);
  const collector = createTreeCollector(parserOf.LIST, now, bounds);
  const sections: TreeSection[] = [];
  for (let at = 0; at < bytes.length && !collector.isFull; at += chunkBytes)
    sections.push(...collector.take(bytes.subarray(at, at + chunkBytes)));
  sections.push(...collector.finish(isWhole));
  const shown = Object.fromEntries(sections.map((one) => [one.path, one.listing.entries.map(({ name }) => name)]));
  return { shown, sections, isFull: collector.isFull, strange: collector.strange };
}

const line = (kind: "d" | "-" | "l", name: string) => `${kind}rw-r--r--   1 0 0 5 Jan 31 2024 ${name}\r\n`;
const file = (name: string) => line("-", name);
const folder = (name: string) => line("d", name);
const self = folder(".") + folder("..");
const blank = "\r\n";

describe("the daemons' own ways", () => {
  const whole = { "": ["a", "b c", "x"], a: ["in", "y"], "a/in": ["z"], "b c": [] };
  const own = self + folder("a") + folder("b c") + file("x");
  const vsftpd = [`.:\r\n${own}`, `./a:\r\n${self}${folder("in")}${file("y")}`, `./a/in:\r\n${self}${file("z")}`];
  const proftpd = [own, `a:\r\n${self}${folder("in")}${file("y")}`, `a/in:\r\n${self}${file("z")}`, `b c:\r\n${self}`];
  const pure = proftpd.map((one, index) => (index === 0 ? one : `./${one.replace(":\r\n", ":\r\n\r\n")}`));

  test.each([
    ["vsftpd", [...vsftpd, `./b c:\r\n${self}`].join(blank)],
    ["ProFTPD", proftpd.join(blank)],
    ["Pure-FTPd", pure.join(blank + blank)],
    [
      "ls",
      [`.:\ntotal 12\n${own}`, ...proftpd.slice(1).map((one) => one.replace(":\r\n", ":\ntotal 4\n"))]
        .join("\n")
        .replaceAll("\r", ""),
    ],
  ])("%s", (_, text) => {
    for (const chunkBytes of [1, 7, 1 << 16]) {
      const { shown, strange } = read(text, { chunkBytes });
      expect(shown).toEqual(whole);
      expect(strange).toBe(0);
    }
  });

  test("folders that were named and not shown are in no section", () => {
    expect(Object.keys(read([...vsftpd].join(blank)).shown)).toEqual(["", "a", "a/in"]);
  });

  test("a folder too deep for Pure-FTPd has a section without anything in it, which says nothing", () => {
    expect(Object.keys(read(`${own}\r\n\r\n./a:\r\n\r\n\r\n\r\n./b c:\r\n\r\n${self}`).shown)).toEqual(["", "b c"]);
  });

  test("a folder in which Pure-FTPd stopped is not whole, although the first folder in it has a heading", () => {
    const stopped = `${own}\r\n\r\n./a:\r\n\r\n${self}${folder("in")}\r\n\r\n./a/in:\r\n\r\n`;
    expect(Object.keys(read(stopped, { isWhole: false }).shown)).toEqual([""]);
  });

  test("where it stopped before it named any, the heading of the first one is nothing strange, with nothing behind it", () => {
    const stopped = `${own}\r\n\r\n./a:\r\n\r\n${self}${file("y")}\r\n\r\n./a/in:\r\n\r\n`;
    const { shown, strange } = read(stopped, { isWhole: false });
    expect(Object.keys(shown)).toEqual([""]);
    expect(strange).toBe(0);
    expect(read(stopped).strange).toBe(1);
    expect(read(`${stopped}${file("z")}`, { isWhole: false }).strange).toBe(1);
  });

  test("a server that lists one folder only", () => {
    expect(Object.keys(read(own).shown)).toEqual([""]);
  });

  test("the last section counts only when nothing is missing", () => {
    expect(Object.keys(read(vsftpd.join(blank), { isWhole: false }).shown)).toEqual(["", "a"]);
  });

  test("a last line that was cut makes its folder incomplete", () => {
    expect(read(`${own}-rw-r--r--  1 0`).sections[0]?.listing).toMatchObject({ malformed: 1 });
  });

  test("names that look like headings", () => {
    const text = `${self}${folder("c:")}${file("d:")}${blank}c::\r\n${file("e:")}${self}${folder("c:")}${blank}c:/c::\r\n${self}`;
    expect(read(text).shown).toEqual({ "": ["c:", "d:"], "c:": ["e:", "c:"], "c:/c:": [] });
  });

  test("bytes that are not UTF-8", () => {
    const text = Buffer.from(`${self}${folder("l\xe4")}${blank}./l\xe4:\r\n${self}${file("x")}`, "latin1");
    const collector = createTreeCollector(parserOf.LIST, now, wide);
    const sections = [...collector.take(text), ...collector.finish(true)];
    expect(sections.map(({ path }) => path)).toEqual(["", "l\uF7E4"]);
  });
});

describe("sections that are not believed", () => {
  const own = self + folder("a") + folder("b");

  test.each([
    [
      "nobody has named",
      `${own}${blank}./c:\r\n${self}${file("stolen")}${blank}./a:\r\n${self}`,
      { "": ["a", "b"], a: [] },
    ],
    [
      "leads out of the folder",
      `${own}${blank}../x:\r\n${self}${file("y")}${blank}/etc:\r\n${self}`,
      { "": ["a", "b"] },
    ],
    [
      "comes twice",
      `${own}${blank}./a:\r\n${self}${file("x")}${blank}./a:\r\n${self}${file("y")}`,
      { "": ["a", "b"], a: ["x"] },
    ],
    ["comes before its folder was named", `${self}${blank}./a/b:\r\n${self}${blank}./a:\r\n${self}`, { "": [] }],
    ["is the folder itself once more", `${own}${blank}.:\r\n${self}${file("x")}`, { "": ["a", "b"] }],
  ])("one that %s", (_, text, expected) => {
    const { shown, strange } = read(text);
    expect(shown).toEqual(expected);
    expect(strange).toBeGreaterThan(0);
  });

  test("a name with line ends of another kind is no section", () => {
    const name = `x\n\n./a:\n${self.replaceAll("\r", "")}-rw-r--r-- 1 0 0 5 Jan 31 2024 fake`;
    const { shown, sections, strange } = read(`${own}${file(name)}${blank}./a:\r\n${self}${file("true")}`);
    expect(shown["a"]).toEqual(["true"]);
    expect(sections[0]?.listing.malformed).toBeGreaterThan(0);
    expect(strange).toBe(0);
  });

  test("a name with the same line ends is found out by the true section", () => {
    const name = `x${blank}${blank}./a:\r\n${self}-rw-r--r-- 1 0 0 5 Jan 31 2024 fake`;
    expect(read(`${own}${file(name)}${blank}./a:\r\n${self}${file("true")}`).strange).toBe(1);
  });
});

describe("bounds", () => {
  test("of one folder: it says that it is not whole", () => {
    const { sections, isFull } = read(self + file("a") + file("b") + file("c"), { bounds: { ...wide, maxEntries: 2 } });
    expect(isFull).toBe(true);
    expect(sections).toMatchObject([{ path: "", listing: { truncated: true, entries: { length: 2 } } }]);
  });

  test("of all together", () => {
    const folders = ["a", "b", "c"].map((name) => `${blank}./${name}:\r\n${self}${file("x")}${file("y")}`).join("");
    const text = self + folder("a") + folder("b") + folder("c") + folders;
    const { shown, isFull } = read(text, { bounds: { ...wide, maxTotalEntries: 6 } });
    expect(isFull).toBe(true);
    expect(Object.keys(shown)).toEqual(["", "a"]);
  });

  test("of the names that are still to come, also of one that is named a million times", () => {
    const many = Array.from({ length: 1000 }, (_, index) => folder(`folder ${index}`)).join("");
    expect(read(self + many, { bounds: { ...wide, maxWaitingBytes: 1000 } }).isFull).toBe(true);
    const twice = read(self + folder("a").repeat(900), { bounds: { ...wide, maxWaitingBytes: 1000 } });
    expect(twice.isFull).toBe(false);
  });

  test.each([
    ["blank lines", blank],
    ["blank lines in no section", blank, `./nobody:\r\n`],
    ["garbage", "garbage\r\n"],
    ["garbage in no section", "garbage\r\n", `${blank}./nobody:\r\n`],
    ["headings", `${blank}./nobody:\r\n`],
  ])("of %s", (_, more, before = "") => {
    const { isFull } = read(self + blank + before + more.repeat(5000), { bounds: { ...wide, maxEntries: 100 } });
    expect(isFull).toBe(true);
  });
});

test("whatever comes, nothing is thrown, and every path was named by a section before", () => {
  const pieces = [
    blank,
    "\n",
    self,
    folder("a"),
    folder("b"),
    folder("a:"),
    file("x"),
    "./a:\r\n",
    "a/b:\r\n",
    "./a/a:\r\n",
    ".:\r\n",
    "../a:\r\n",
    "a::\r\n",
    "\0",
    "\xff",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), fc.nat(20), (parts, chunk) => {
      const named = new Set([""]);
      for (const { path, listing } of read(parts.join(""), { chunkBytes: chunk + 1 }).sections) {
        expect(named.delete(path)).toBe(true);
        for (const one of listing.entries)
          if (one.kind === "directory") named.add(path === "" ? one.name : `${path}/${one.name}`);
      }
    }),
    { numRuns: 1000 },
  );
});
