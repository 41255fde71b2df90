// Values that people type into filters: sizes and times, in English and French units.
import bytes from "bytes";

/** Bytes of `10mb`, `1.5 Go`, `300`; undefined when it is no size. Multiples of 1,024, as file managers show them. */
export function asSize(text: string): number | undefined {
  const match = /^(\d{1,12}(?:[.,]\d{1,3})?)\s*([kmgtp]?)[bo]?$/i.exec(text.trim());
  if (!match) return undefined;
  const size = bytes.parse(`${match[1]?.replace(",", ".")}${match[2]}b`);
  return size === null || !Number.isSafeInteger(Math.floor(size)) ? undefined : Math.floor(size);
}

const dayMs = 86_400_000;
const spans: Record<string, number> = {
  h: dayMs / 24,
  d: dayMs,
  j: dayMs,
  w: 7 * dayMs,
  s: 7 * dayMs,
  m: 30 * dayMs,
  y: 365 * dayMs,
  a: 365 * dayMs,
};

/** The instant that `7d`, `2w`, `3m`, `2024-01-31`, `2024-01` or `2024` begins at; undefined when it is none. */
export function asTime(text: string, now: Date): Date | undefined {
  const span = /^(\d{1,4})\s*([hdjwsmya])$/i.exec(text.trim());
  if (span) return new Date(now.getTime() - Number(span[1]) * (spans[span[2]?.toLowerCase() ?? ""] ?? 0));
  const date = /^((?:19|20)\d\d)(?:-(\d\d))?(?:-(\d\d))?$/.exec(text.trim());
  if (!date) return undefined;
  const [year, month, day] = [Number(date[1]), Number(date[2] ?? 1), Number(date[3] ?? 1)];
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at : undefined;
}
