// One line of MLSD (RFC 3659 section 7): `fact=value;fact=value; name`.
// A bad time is no time; a bad size makes the line malformed.
import { parseFtpTime } from "../replies/time.ts";
import { parseSize } from "./entry-name.ts";
import type { Line } from "./line.ts";
import { makeLine } from "./line.ts";

/** @param line without its line end, bytes as latin1 text */
export function parseMlsdLine(line: string): Line {
  const space = line.indexOf(" ");
  if (space < 0) return "malformed";
  const facts = parseFacts(line, space);
  const type = facts.type?.toLowerCase();
  if (type === undefined) return "malformed";
  const modifiedAt = parseFtpTime(facts.modify ?? "");
  if (type === "file") return makeLine("file", line.slice(space + 1), parseSize(facts.size ?? ""), modifiedAt);
  // cdir and pdir are the directory itself and its parent; OS.unix=slink and the rest are links and devices.
  if (type !== "dir") return "skip";
  const made = makeLine("directory", line.slice(space + 1), 0, modifiedAt);
  return typeof made === "object" && facts.unique ? { ...made, unique: facts.unique } : made;
}

/** Of one line; texts as they were told. */
export interface Facts {
  type?: string;
  size?: string;
  modify?: string;
  unique?: string;
}

const known = new Set<string>(["type", "size", "modify", "unique"] satisfies Array<keyof Facts>);

/**
 * Without a list of all facts: this runs once for each of maybe 400,000 lines.
 * @param end where the facts end and the name begins
 */
export function parseFacts(line: string, end: number): Facts {
  const facts: Facts = {};
  for (let from = 0; from < end; ) {
    const semicolon = line.indexOf(";", from);
    const to = semicolon < 0 || semicolon > end ? end : semicolon;
    const equals = line.indexOf("=", from);
    if (equals > from && equals < to) {
      const name = line.slice(from, equals).toLowerCase();
      if (known.has(name)) facts[name as keyof Facts] = line.slice(equals + 1, to);
    }
    from = to + 1;
  }
  return facts;
}
