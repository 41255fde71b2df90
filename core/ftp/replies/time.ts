// RFC 3659 time values (`YYYYMMDDHHMMSS[.sss]`, UTC), read strictly and written. A leap second (60) is the one before.

/** Undefined for anything that is no such time, like the 19100 of an old server. */
export function parseFtpTime(text: string): Date | undefined {
  const found = /^\d{14}(?:\.(\d{1,9}))?$/.exec(text);
  if (!found) return undefined;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 4, 6), digits(text, 6, 8)];
  const [hour, minute, second] = [digits(text, 8, 10), digits(text, 10, 12), digits(text, 12, 14)];
  if (second > 60) return undefined;
  const ms = found[1] ? Number(found[1].slice(0, 3).padEnd(3, "0")) : 0;
  return utcDate(year, month, day, hour, minute, Math.min(second, 59), ms);
}

/** Without a piece of text for each: this runs once for every folder and maybe every file of a server. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) number = number * 10 + text.charCodeAt(at) - 48;
  return number;
}

/** Undefined when the parts are no date of a calendar (month 1 to 12) from 1970 on. */
export function utcDate(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  ms = 0,
): Date | undefined {
  if (year < 1970 || year > 9999 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : undefined;
}

export function formatFtpTime(at: Date): string {
  return at.toISOString().replace(/[-:T]|\.\d+Z$/g, "");
}
