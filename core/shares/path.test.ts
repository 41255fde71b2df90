// Paths and default names of shares.
import { describe, expect, test } from "vitest";
import { cleanSharePath, defaultName, isBelow } from "./path.ts";

describe("paths of shares", () => {
  test.each([
    ["", ""],
    ["/", ""],
    ["./", ""],
    ["/Photos//2024/", "Photos/2024"],
    ["Photos/./2024", "Photos/2024"],
    ["a..b/...", "a..b/..."],
  ])("%j is %j", (typed, path) => expect(cleanSharePath(typed)).toBe(path));

  test.each(["..", "a/../b", "/..", "a\r\nDELE b", "a\0", "x".repeat(1001)])("%j is no folder to share", (typed) => {
    expect(() => cleanSharePath(typed)).toThrow("share.path-missing");
  });

  test("below means whole parts", () => {
    expect(isBelow("Photos/2024", "Photos")).toBe(true);
    expect(isBelow("Photos", "Photos")).toBe(true);
    expect(isBelow("anything", "")).toBe(true);
    expect(isBelow("Photos2", "Photos")).toBe(false);
    expect(isBelow("Photos", "Photos/2024")).toBe(false);
  });

  test("a default name is the last part, or the label, without hostile characters", () => {
    expect(defaultName("a/Photos", "Box")).toBe("Photos");
    expect(defaultName("", "Box")).toBe("Box");
    expect(defaultName("a/\u202e\uf780", "Box")).toBe("Box");
    expect(defaultName("x".repeat(100), "Box")).toBe("x".repeat(64));
  });
});
