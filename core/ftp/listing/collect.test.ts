import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCollector, parserOf } from "./collect.ts";
import { readUnusualLine } from "./unix-list.ts";
import { readUsualLine } from "./usual-line.ts";

const now = new Date("2026-03-10T12:00:00Z");
const wide = { maxEntries: 1_000_000, maxBytes: 2 ** 30 };

function read(kind: "MLSD" | "LIST", text: string | Buffer, bounds = wide, chunkBytes = 1 << 16) {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const collector = createCollector(parserOf[kind], now, bounds);
  for (let at = 0; at < bytes.length; at += chunkBytes) if (!collector.take(bytes.subarray(at, at + chunkBytes))) break;
  return collector.finish();
}

/** One line: its entry, or what it was counted as. */
function one(kind: "MLSD" | "LIST", line: string | Buffer) {
  const listing = read(kind, Buffer.concat([Buffer.from(line), Buffer.from("\r\n")]));
  if (listing.malformed) return "malformed";
  if (listing.unaddressable) return "unaddressable";
  const { timeWithinMs: _, ...entry } = listing.entries[0] ?? {};
  return "name" in entry ? entry : "skip";
}

const file = (name: string, sizeBytes: number, at?: string) => ({
  name,
  kind: "file",
  sizeBytes,
  modifiedAt: at === undefined ? undefined : new Date(at),
});
const directory = (name: string, at?: string) => ({ ...file(name, 0, at), kind: "directory" });

describe("MLSD lines", () => {
  test.each([
    // the daemons
    [
      "modify=20240131123005;perm=adfrw;size=12;type=file;unique=FE00U2;UNIX.group=0; a b.txt",
      file("a b.txt", 12, "2024-01-31T12:30:05Z"),
    ],
    [
      "type=file;size=5;modify=20240131123005.250;UNIX.mode=0644;unique=fe00g1; é.txt",
      file("é.txt", 5, "2024-01-31T12:30:05.250Z"),
    ],
    [
      "type=dir;sizd=4096;modify=20240131123005;unique=fe00g2; d",
      { ...directory("d", "2024-01-31T12:30:05Z"), unique: "fe00g2" },
    ],
    ["type=cdir;modify=20240131123005; .", "skip"],
    ["type=pdir;modify=20240131123005; ..", "skip"],
    ["type=dir;modify=20240131123005; ..", "skip"],
    ["type=OS.unix=symlink;size=3; link", "skip"],
    ["type=OS.unix=slink:;size=3; link", "skip"],
    ["type=unknown;size=0; fifo", "skip"],
    // spelling
    ["TYPE=FILE;SIZE=1;MODIFY=20240131123005; x", file("x", 1, "2024-01-31T12:30:05Z")],
    ["Type=file;Size=1;  leading", file(" leading", 1)],
    ["type=file;size=1; a; b=c; [d]", file("a; b=c; [d]", 1)],
    ["type=file;size=9007199254740991; big", file("big", Number.MAX_SAFE_INTEGER)],
    // a bad time is no time
    ["type=file;size=1;modify=19100; x", file("x", 1)],
    ["type=file;size=1;modify=20241301000000; x", file("x", 1)],
    ["type=file;size=1;modify=00000000000000; x", file("x", 1)],
    // a bad size is a bad line
    ["type=file;size=-1; x", "malformed"],
    ["type=file;size=NaN; x", "malformed"],
    ["type=file;size=9007199254740993; x", "malformed"],
    ["type=file;size=1e3; x", "malformed"],
    ["type=file;size=; x", "malformed"],
    ["type=file; x", "malformed"],
    ["size=1; x", "malformed"],
    ["no facts here", "malformed"],
    ["type=file;size=1;", "malformed"],
    // names that cannot be asked for
    ["type=file;size=1; ../../etc/passwd", "unaddressable"],
    ["type=file;size=1; a/b", "unaddressable"],
    ["type=file;size=1; ..", "unaddressable"],
    ["type=file;size=1; a\rb", "unaddressable"],
    ["type=file;size=1; a\0b", "unaddressable"],
    ["type=file;size=1; ", "unaddressable"],
    [`type=file;size=1; ${"n".repeat(1000)}`, file("n".repeat(1000), 1)],
    [`type=file;size=1; ${"n".repeat(1001)}`, "unaddressable"],
    [`type=file;size=1; ${"n".repeat(10_000)}`, "unaddressable"],
  ])("%j", (line, expected) => {
    expect(one("MLSD", line)).toEqual(expected);
  });

  test("bytes that are not UTF-8 survive", () => {
    expect(one("MLSD", Buffer.from("type=file;size=1; l\xe4.txt", "latin1"))).toEqual(file("l\uF7E4.txt", 1));
  });
});

describe("LIST lines", () => {
  test.each([
    ["-rw-r--r--    1 14       50             12 Jan 31 12:30 a b.txt", file("a b.txt", 12, "2026-01-31T12:30:00Z")],
    ["-rw-r--r--    1 14       50             12 Mar 11 11:00 tomorrow", file("tomorrow", 12, "2026-03-11T11:00:00Z")],
    [
      "-rw-r--r--    1 14       50             12 Dec 31 23:59 last year",
      file("last year", 12, "2025-12-31T23:59:00Z"),
    ],
    ["-rw-r--r--    1 14       50             12 Jan 31  2024 old", file("old", 12, "2024-01-31T00:00:00Z")],
    ["drwxr-xr-x    2 14       50           4096 Jan 31  2024 d", directory("d", "2024-01-31T00:00:00Z")],
    ["drwxr-xr-x    2 14       50           4096 Jan 31  2024 .", "skip"],
    ["drwxr-xr-x    2 14       50           4096 Jan 31  2024 ..", "skip"],
    ["total 12", "skip"],
    ["lrwxrwxrwx    1 0        0               7 Jan 31  2024 link -> target", "skip"],
    ["crw-rw-rw-    1 0        0          1,   3 Jan 31  2024 null", "skip"],
    ["-rw-r--r--+   1 anna     staff 5 Jan 31  2024 acl", file("acl", 5, "2024-01-31T00:00:00Z")],
    ["-rw-r--r--   1 anna   5 Jan 31  2024 no group", file("no group", 5, "2024-01-31T00:00:00Z")],
    ["-rw-r--r--   1 Domain Users anna 5 Jan 31  2024 owner", file("owner", 5, "2024-01-31T00:00:00Z")],
    ["-rw-r--r--   1 0 0 5 Jan 31  2024   spaces  ", file("  spaces  ", 5, "2024-01-31T00:00:00Z")],
    ["-rw-r--r--   1 0 0 5 Jan 31  2024 a -> b", file("a -> b", 5, "2024-01-31T00:00:00Z")],
    ["-rw-r--r--   1 0 0 5 Jan 31  2024 7 Jan 31  2023 x", file("7 Jan 31  2023 x", 5, "2024-01-31T00:00:00Z")],
    ["-rw-r--r--   1 0 0 5 31 Jan 2024 day first", file("day first", 5, "2024-01-31T00:00:00Z")],
    ["-rw-r--r--   1 0 0 5 2024-01-31 12:30 iso", file("iso", 5, "2024-01-31T12:30:00Z")],
    [
      "-rw-r--r--   1 0 0 5 janv. 31 2024 month of another language",
      file("month of another language", 5, "2024-01-31T00:00:00Z"),
    ],
    ["-rw-r--r--   1 0 0 5 avr. 31 2024 x", file("x", 5)],
    ["-rw-r--r--   1 0 0 5 Feb 31  2024 no such day", file("no such day", 5)],
    ["-rw-r--r--   1 0 0 -5 Jan 31  2024 x", "malformed"],
    ["-rw-r--r--   1 0 0 NaN Jan 31  2024 x", "malformed"],
    ["-rw-r--r--   1 0 0 99999999999999999999 Jan 31  2024 x", "malformed"],
    ["-rw-r--r--   1 0 0 5 Jan 31  2024 ../../x", "unaddressable"],
    ["-rw-r--r--   1 0 0 5 Jan 31  2024 a\rb", "unaddressable"],
    ["-rw-r--r--   1 0 0 5 Jan 31  2024", "malformed"],
    ["ls: cannot open directory", "malformed"],
    // Windows
    ["01-31-24  02:15PM                 1234 a b.txt", file("a b.txt", 1234, "2024-01-31T14:15:00Z")],
    ["01-31-2024  12:15AM            1,234 x", file("x", 1234, "2024-01-31T00:15:00Z")],
    ["2024-01-31  14:15       <DIR>          d e", directory("d e", "2024-01-31T14:15:00Z")],
    ["01-31-24  02:15PM       <JUNCTION>     j", "skip"],
    ["01-31-24  02:15PM                 -1 x", "malformed"],
    ["13-31-24  02:15PM                 1 x", file("x", 1)],
  ])("%j", (line, expected) => {
    expect(one("LIST", line)).toEqual(expected);
  });

  test("bytes that are not UTF-8 survive", () => {
    const line = Buffer.from("-rw-r--r--   1 0 0 5 Jan 31  2024 l\xe4.txt", "latin1");
    expect(one("LIST", line)).toEqual(file("l\uF7E4.txt", 5, "2024-01-31T00:00:00Z"));
  });
});

test.each([
  ["MLSD", "type=file;size=1;modify=20240131123005; x", undefined],
  ["MLSD", "type=file;size=1; x", undefined],
  ["LIST", "-rw-r--r-- 1 0 0 5 Jan 31 12:30 x", 60_000],
  ["LIST", "-rw-r--r-- 1 0 0 5 Jan 31  2024 x", 86_400_000],
  ["LIST", "-rw-r--r-- 1 0 0 5 31 Jan 2024 x", 86_400_000],
  ["LIST", "-rw-r--r-- 1 0 0 5 2024-01-31 12:30 x", 60_000],
  ["LIST", "-rw-r--r-- 1 0 0 5 Feb 31 2024 x", undefined],
  ["LIST", "01-31-24  02:15PM  1234 x", 60_000],
] as const)("how exact a time is: %s %j within %s ms", (kind, line, within) => {
  expect(read(kind, `${line}\r\n`).entries[0]?.timeWithinMs).toBe(within);
});

describe("the usual line of LIST, read fast", () => {
  // No owners of letters alone: the slow way takes one before two numbers for a month.
  const word = fc.oneof(fc.constantFrom("0", "31", "2024", "a-b", "é", "-5", "NaN1"), fc.nat(99_999).map(String));
  const gap = fc.constantFrom(" ", "  ", "    ");
  const month = fc.constantFrom("Jan", "Feb", "Dec", "dec", "Mai", "janv.", "12");
  const day = fc.constantFrom("1", "31", "30", "07", "0", "123", "");
  const clock = fc.constantFrom(
    "12:30",
    "23:59",
    "24:00",
    "1:30",
    "12:3",
    "12:30:05",
    "2024",
    "1969",
    "99",
    "12345",
    "",
  );
  const name = fc.constantFrom("x", " x", "a b", "x ", ".", "..", "", "a/b", "a -> b", "Jan 31 2024 x", "l\xe4");
  const parts = fc.tuple(fc.constantFrom("-", "d"), word, word, word, word, month, day, clock, name, gap, gap);

  test("says what the slow way says, whatever comes", () => {
    let count = 0;
    fc.assert(
      fc.property(parts, ([type, links, owner, group, size, mon, on, at, called, one, two]) => {
        const line = `${type}rw-r--r--${one}${links}${two}${owner}${one}${group}${two}${size}${one}${mon}${two}${on}${one}${at} ${called}`;
        const fast = readUsualLine(line, now);
        if (fast === undefined) return;
        count += 1;
        expect(fast).toEqual(readUnusualLine(line, now));
      }),
      { numRuns: 5000 },
    );
    expect(count).toBeGreaterThan(100);
  });
});

describe("a whole listing", () => {
  const line = (name: string) => `type=file;size=1; ${name}\r\n`;

  test("one bad line loses only itself", () => {
    const listing = read("MLSD", `${line("a")}garbage\r\n${line("b")}${line("c/d")}${line("e")}`);
    expect(listing.entries.map(({ name }) => name)).toEqual(["a", "b", "e"]);
    expect(listing).toMatchObject({ malformed: 1, unaddressable: 1, truncated: false });
  });

  test("chunks may end anywhere, lines may end with LF only", () => {
    const text = `${line("é日本")}${line("b")}type=file;size=1; c\ntype=file;size=1; last\r\n`;
    for (const chunkBytes of [1, 2, 3, 7, 1000])
      expect(read("MLSD", text, wide, chunkBytes).entries.map(({ name }) => name)).toEqual(["é日本", "b", "c", "last"]);
  });

  test("a last line without an end was cut: its name may go on, and what follows is missing", () => {
    for (const chunkBytes of [1, 1000])
      expect(read("MLSD", `${line("a")}type=file;size=1; holid`, wide, chunkBytes)).toMatchObject({
        malformed: 1,
        entries: [{ name: "a" }],
      });
  });

  test("a name out of a long line is the same name", () => {
    const facts = `x=${"y".repeat(1000)};unique=u1;`;
    expect(read("MLSD", `type=file;size=1;${facts} é\u{1F600}l\r\n`).entries).toEqual([
      { name: "é\u{1F600}l", kind: "file", sizeBytes: 1, modifiedAt: undefined },
    ]);
    expect(read("MLSD", `type=dir;${facts} d\r\n`).entries).toMatchObject([{ name: "d", unique: "u1" }]);
  });

  test("a line without an end is not kept in memory, and the next one is read", () => {
    const listing = read("MLSD", `type=file;size=1; ${"x".repeat(100_000)}\r\n${line("next")}`, wide, 1000);
    expect(listing).toMatchObject({ unaddressable: 1, malformed: 0, entries: [{ name: "next" }] });
  });

  test("bounds are kept and told", () => {
    const text = Array.from({ length: 10 }, (_, index) => line(`${index}`)).join("");
    expect(read("MLSD", text, { maxEntries: 3, maxBytes: 2 ** 20 })).toMatchObject({
      truncated: true,
      entries: { length: 3 },
    });
    expect(read("MLSD", text, { maxEntries: 10, maxBytes: 2 ** 20 })).toMatchObject({
      truncated: false,
      entries: { length: 10 },
    });
    expect(read("MLSD", text, { maxEntries: 10, maxBytes: 50 }, 25).truncated).toBe(true);
  });

  test.each(["MLSD", "LIST"] as const)(
    "%s: whatever comes, nothing is thrown and every name can be asked for",
    (kind) => {
      const pieces = [
        "type=file;",
        "size=",
        "-1",
        "5",
        " ",
        "\r\n",
        "\n",
        "\r",
        "\0",
        "/",
        "..",
        "-rw-r--r-- 1 0 0 ",
        "Jan 31 12:30 ",
        "\xff",
        "é",
      ];
      const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })), { maxLength: 30 });
      fc.assert(
        fc.property(text, (parts) => {
          for (const entry of read(kind, parts.join("")).entries) {
            expect(entry.name).not.toMatch(/[\0\r\n/]/);
            expect(["", ".", ".."]).not.toContain(entry.name);
            expect(Number.isSafeInteger(entry.sizeBytes)).toBe(true);
            expect(Number.isNaN(entry.modifiedAt?.getTime() ?? 0)).toBe(false);
          }
        }),
        { numRuns: 1000 },
      );
    },
  );

  test("a spiteful line costs no more than its length allows", () => {
    const spiteful = [
      "-rw-r--r-- ",
      "1 ".repeat(2000),
      "\n",
      `-rw-r--r-- 1 ${" ".repeat(4000)}\n`,
      "1,".repeat(2000),
      "\n",
    ];
    const listing = read("LIST", spiteful.join("").repeat(50));
    expect(listing.malformed).toBe(150);
  });
});
