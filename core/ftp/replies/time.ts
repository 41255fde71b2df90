// RFC 3659 time values (`YYYYMMDDHHMMSS[.sss]`, UTC), read strictly and written. A leap second (60) is the one before.

/** Undefined for anything that is no such time, like the 19100 of an old server. */
export function parseFtpTime(text: string): Date | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?$/.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (second > 60) return undefined;
  const ms = found[7] ? Number(found[7].slice(0, 3).padEnd(3, "0")) : 0;
  return utcDate(year, month, day, hour, minute, Math.min(second, 59), ms);
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
