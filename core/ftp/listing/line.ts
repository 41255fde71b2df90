// What one line of a listing can turn out to be. Parsers give this and never throw.
import type { Entry } from "../types.ts";
import { judgeName } from "./entry-name.ts";

export type Line =
  /** nothing to index: `.`, `..`, links, devices, headings */
  "skip" | "malformed" | "unaddressable" | Entry;

/** @param now for LIST lines that leave out the year */
export type LineParser = (line: string, now: Date) => Line;

/** @param rawName bytes as latin1 text; @param sizeBytes undefined when the line's size is none */
export function makeLine(
  kind: Entry["kind"],
  rawName: string,
  sizeBytes: number | undefined,
  modifiedAt: Date | undefined,
): Line {
  const verdict = judgeName(rawName, kind === "directory");
  if (verdict === "here") return "skip";
  if (verdict === "unaddressable") return "unaddressable";
  if (kind === "directory") return { name: verdict.name, kind, sizeBytes: 0, modifiedAt };
  return sizeBytes === undefined ? "malformed" : { name: verdict.name, kind, sizeBytes, modifiedAt };
}
