// What one line of a listing can turn out to be. Parsers give this and never throw.
import type { Entry } from "../types.ts";
import { judgeName } from "./entry-name.ts";

export type Line =
  /** nothing to index: `.`, `..`, links, devices, headings */
  "skip" | "malformed" | "unaddressable" | Entry;

/** @param now for LIST lines that leave out the year */
export type LineParser = (line: string, now: Date) => Line;

/**
 * @param rawName bytes as latin1 text
 * @param sizeBytes undefined when the line's size is none
 * @param timeWithinMs left out when the time is exact
 */
export function makeLine(
  kind: Entry["kind"],
  rawName: string,
  sizeBytes: number | undefined,
  modifiedAt: Date | undefined,
  timeWithinMs?: 60_000 | 86_400_000,
): Line {
  const verdict = judgeName(rawName, kind === "directory");
  if (verdict === "here") return "skip";
  if (verdict === "unaddressable") return "unaddressable";
  const { name } = verdict;
  if (kind === "file" && sizeBytes === undefined) return "malformed";
  const entry: Entry = { name, kind, sizeBytes: kind === "file" ? (sizeBytes ?? 0) : 0, modifiedAt };
  if (timeWithinMs !== undefined && modifiedAt !== undefined) entry.timeWithinMs = timeWithinMs;
  return entry;
}
