// One line of LIST as Windows servers write it: `01-31-24  02:15PM  <DIR>  name`.
// The zone is not told: times are read as UTC.
import { utcDate } from "../replies/time.ts";
import { parseSize } from "./entry-name.ts";
import type { Line } from "./line.ts";
import { makeLine } from "./line.ts";

const lineShape =
  /^(?:(\d\d)-(\d\d)-(\d{2}|\d{4})|(\d{4})-(\d\d)-(\d\d))\s+(\d{1,2}):(\d\d)\s?([AP]M)?\s+(?:<(DIR|JUNCTION|SYMLINKD?)>\s+|([-\d,.]+|NaN) )(.+)$/is;

export function isDosLine(line: string): boolean {
  const first = line.charCodeAt(0);
  return first >= 48 && first <= 57 && /^\d{2}(?:-\d\d-\d\d|\d\d-\d\d-\d\d)/.test(line);
}

/** @param line without its line end, bytes as latin1 text */
export function parseDosLine(line: string): Line {
  const found = lineShape.exec(line);
  if (!found) return "malformed";
  const [, month, day, shortYear, isoYear, isoMonth, isoDay, hour, minute, half, mark, size = "", name = ""] = found;
  if (mark && mark.toUpperCase() !== "DIR") return "skip";
  const year = isoYear ? Number(isoYear) : fullYear(shortYear ?? "");
  const at = utcDate(
    year,
    Number(isoMonth ?? month),
    Number(isoDay ?? day),
    hourOfDay(Number(hour), half),
    Number(minute),
  );
  return makeLine(mark ? "directory" : "file", name, parseSize(size.replace(/[,.](?=\d{3})/g, "")), at, 60_000);
}

function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 4) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

function hourOfDay(hour: number, half: string | undefined): number {
  if (!half) return hour;
  return (hour % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
}
