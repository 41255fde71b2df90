// Times that people type into filters, in English and French units.

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
