import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileText } from "./hostile-text.ts";
import { cleanName, cutGraphemes, cutMiddle, cutToWidth, padTo, widthOf } from "./text.ts";

describe("cleanName", () => {
  it("leaves ordinary names as they are, in NFC", () => {
    expect(cleanName("Été à Saint-Malo (2024).jpg")).toBe("Été à Saint-Malo (2024).jpg");
    expect(cleanName("E\u0301te\u0301")).toBe("Été");
    expect(cleanName("日本語 🎵 שלום")).toBe("日本語 🎵 שלום");
  });

  it("takes out what hides, turns or moves text", () => {
    expect(cleanName("photo\u202Egpj.exe")).toBe("photogpj.exe");
    expect(cleanName("a\u200B\u200D\uFEFF\u2066b")).toBe("ab");
    expect(cleanName("a\u001B[2Jb\r\nc\u0085d")).toBe("a [2Jb c d");
    expect(cleanName("z\u0300\u0301\u0302\u0303\u0304\u0305")).toMatch(/^\p{L}\p{M}{0,3}$/u);
  });

  it("shows bytes that are no text as a replacement character, and an empty name too", () => {
    expect(cleanName("caf\uF7E9.txt")).toBe("caf\uFFFD.txt");
    expect(cleanName("\uD83D")).toBe("\uFFFD");
    expect(cleanName("\u200B \n")).toBe("\uFFFD");
  });

  it("gives one clean line for any text", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const cleaned = cleanName(text);
        expect(cleaned).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uF700-\uF7FF]/u);
        expect(cleaned.isWellFormed()).toBe(true);
        expect(cleaned.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe("cutting", () => {
  it("keeps the end of a file name", () => {
    expect(cutMiddle("A very long recording of the summer concert.flac", 24)).toBe("A very long rec…ert.flac");
    expect(cutToWidth("A very long name", 8)).toBe("A very…");
    expect(cutToWidth("日本語日本語", 6)).toBe("日本…");
  });

  it("never cuts a character in two", () => {
    expect(cutGraphemes("🇫🇷🇫🇷🇫🇷", 2)).toBe("🇫🇷…");
    expect(cutToWidth("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3)).toBe("👩‍👩‍👧‍👦…");
  });

  it("stays within the width for any text", () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 0, max: 40 }), (text, columns) => {
        const cleaned = cleanName(text);
        expect(widthOf(cutToWidth(cleaned, columns))).toBeLessThanOrEqual(columns);
        expect(widthOf(cutMiddle(cleaned, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it("pads by columns, not by characters", () => {
    expect(padTo("日本", 6)).toBe("日本  ");
    expect(padTo("a", 3, "left")).toBe("  a");
  });
});
