// One line of LIST as `ls -l` writes it (vsftpd, and everybody without MLSD).
// Times have minute or day precision in the server's own zone, which nobody tells: they are read as UTC.
import { utcDate } from "../replies/time.ts";
import { parseSize } from "./entry-name.ts";
import type { Line } from "./line.ts";
import { makeLine } from "./line.ts";
import { readUsualLine } from "./usual-line.ts";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const minuteMs = 60_000;
const dayMs = 86_400_000;

/** type, permissions, then anything; exactly one space before the name, which may itself begin with spaces */
const lineShape = /^([-dlbcpsD])[-rwxsStTlL?]{9}[.+@]?\s+\S/;
const sizeDateName =
  /\s(-?\d+|-?nan|-?inf)\s+(?:([A-Za-z\x80-\xff]{3,9}\.?)\s+(\d{1,2})|(\d{1,2})\.?\s+([A-Za-z\x80-\xff]{3,9}\.?)|(\d{4})-(\d\d)-(\d\d))\s+(\d{1,2}:\d\d(?::\d\d)?|\d{4}) (.+)$/is;

/** @param line without its line end, bytes as latin1 text */
export function parseUnixLine(line: string, now: Date): Line {
  // Nearly all lines of nearly all servers; the shapes below cost ten times as much.
  return readUsualLine(line, now) ?? readUnusualLine(line, now);
}

/** Every shape of such a line. */
export function readUnusualLine(line: string, now: Date): Line {
  if (line === "" || /^total \d+$/i.test(line)) return "skip";
  const type = lineShape.exec(line)?.[1];
  if (type === undefined) return "malformed";
  if (type !== "-" && type !== "d") return "skip";
  const found = sizeDateName.exec(line);
  if (!found) return "malformed";
  const [, size = "", nameFirst, dayLast, dayFirst, nameLast, isoYear, isoMonth, isoDay, clock = "", name = ""] = found;
  const modifiedAt = isoYear
    ? utcDate(Number(isoYear), Number(isoMonth), Number(isoDay), ...timeOfDay(clock))
    : listedDate(nameFirst ?? nameLast ?? "", Number(dayLast ?? dayFirst), clock, now);
  const within = clock.includes(":") ? minuteMs : dayMs;
  return makeLine(type === "d" ? "directory" : "file", name, parseSize(size), modifiedAt, within);
}

/** `Jan 31 2024`, or `Jan 31 12:30` for the latest such day that is not in the future. */
function listedDate(monthName: string, day: number, clock: string, now: Date): Date | undefined {
  const month = months.indexOf(monthName.slice(0, 3).toLowerCase()) + 1;
  if (month === 0) return undefined;
  if (!clock.includes(":")) return utcDate(Number(clock), month, day);
  const thisYear = utcDate(now.getUTCFullYear(), month, day, ...timeOfDay(clock));
  // A zone east of us may be a day ahead.
  if (thisYear && thisYear.getTime() <= now.getTime() + dayMs) return thisYear;
  return utcDate(now.getUTCFullYear() - 1, month, day, ...timeOfDay(clock));
}

function timeOfDay(clock: string): [hour: number, minute: number, second: number] {
  const [hour = 0, minute = 0, second = 0] = clock.includes(":") ? clock.split(":").map(Number) : [];
  return [hour, minute, second];
}
