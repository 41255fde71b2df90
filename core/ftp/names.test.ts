import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeName, decodeText, encodeName, encodeText, joinPath } from "./names.ts";

describe("names", () => {
  test("every byte string survives, and never holds a lone surrogate or U+FFFD of ours", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const wire = Buffer.from(bytes);
        const name = decodeName(wire);
        expect(encodeName(name).equals(wire)).toBe(true);
        expect(name.isWellFormed()).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("every text survives, also one that uses the escape range itself", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "é", "日", "😀", "\uF77F", "\uF780", "\uF7FF", "\uF800", "\uFFFD"),
    });
    fc.assert(
      fc.property(text, (given) => {
        const wire = Buffer.from(given, "utf8");
        expect(encodeName(decodeName(wire)).equals(wire)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("bytes that are told as Latin-1 are the same name", () => {
    const ascii = fc.string({ unit: "binary-ascii", maxLength: 40 });
    const bytes = fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some).toString("latin1"));
    fc.assert(
      fc.property(fc.oneof(ascii, bytes), (latin1) => {
        const name = decodeText(latin1);
        expect(name).toBe(decodeName(Buffer.from(latin1, "latin1")));
        expect(encodeText(name)).toBe(latin1);
      }),
      { numRuns: 1000 },
    );
  });

  test("so are lines of which some have bytes that are no UTF-8", () => {
    const lines = ["plain", "\xc3\xa9t\xc3\xa9", "\xe9t\xe9", "", "\xef\x9e\x80", "\xc3", "\xa9 \xff"];
    const wire = lines.join("\r\n");
    expect(decodeText(wire)).toBe(decodeName(Buffer.from(wire, "latin1")));
    expect(decodeText(wire).split("\r\n").slice(0, 3)).toEqual(["plain", "été", "\uF7E9t\uF7E9"]);
    expect(encodeText(decodeText(wire))).toBe(wire);
  });

  test("different bytes never give the same name", () => {
    const bytes = fc.uint8Array({ maxLength: 6 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const same = Buffer.from(a).equals(Buffer.from(b));
        expect(decodeName(Buffer.from(a)) === decodeName(Buffer.from(b))).toBe(same);
      }),
    );
  });

  test("valid UTF-8 is left as it is, not normalised", () => {
    expect(decodeName(Buffer.from("e\u0301t\u00e9 日本 😀"))).toBe("e\u0301t\u00e9 日本 😀");
  });

  test("a latin1 name, an overlong form and a surrogate keep their bytes", () => {
    expect(decodeName(Buffer.from([0x6c, 0xe4, 0x2e]))).toBe("l\uF7E4.");
    expect(decodeName(Buffer.from([0xc0, 0xaf]))).toBe("\uF7C0\uF7AF");
    expect(decodeName(Buffer.from([0xed, 0xa0, 0x80]))).toBe("\uF7ED\uF7A0\uF780");
    expect(decodeName(Buffer.from("\uF780"))).toBe("\uF7EF\uF79E\uF780");
  });
});

describe("joinPath", () => {
  test.each([
    [["/", "a"], "/a"],
    [["/a/", "/b/", "c"], "/a/b/c"],
    [["", "a", "", "b"], "a/b"],
    [["/a", "..", "b"], "/a/../b"],
    [["/"], "/"],
    [["/srv//x", "y"], "/srv/x/y"],
    [["a", "b/"], "a/b/"],
    [[], ""],
  ])("%j is %s", (parts, joined) => {
    expect(joinPath(...parts)).toBe(joined);
  });

  test.each(["a\0b", "a\rb", "a\nb"])("%j is refused", (part) => {
    expect(() => joinPath("/x", part)).toThrow("request.invalid");
  });
});
