// What owners allow others in a day and in seven: how much is left, and from when on something fits again. Pure; days are
// days of UTC, `used[0]` is today's and `used[6]` that of six days ago.

export const dayMs = 24 * 60 * 60_000;
export const daysOfWeek = 7;

export interface VolumeLimit {
  dayBytes: number | null;
  weekBytes: number | null;
}

/**
 * The bytes that may still be started: now, and at each of the next seven midnights, if nothing else is started until then.
 * Undefined where there is no limit.
 * @param used bytes that moved, by day, today's first
 * @param reserved bytes that running transfers have still to move
 */
export function roomAhead(
  { dayBytes, weekBytes }: VolumeLimit,
  used: readonly number[],
  reserved: number,
): number[] | undefined {
  if (dayBytes === null && weekBytes === null) return undefined;
  const day = dayBytes ?? Number.POSITIVE_INFINITY;
  const week = weekBytes ?? Number.POSITIVE_INFINITY;
  return Array.from({ length: daysOfWeek + 1 }, (_, ahead) => {
    const counted = used.slice(0, daysOfWeek - ahead).reduce((sum, bytes) => sum + bytes, 0);
    // What runs counts as today's: it may have ended by then.
    const inWeek = ahead < daysOfWeek ? counted + reserved : 0;
    const inDay = ahead === 0 ? (used[0] ?? 0) + reserved : 0;
    return Math.max(0, Math.min(day - inDay, week - inWeek));
  });
}

/** Room under two limits at once; undefined where neither limits. */
export function narrower(one: number[] | undefined, other: number[] | undefined): number[] | undefined {
  if (!one || !other) return one ?? other;
  return one.map((bytes, ahead) => Math.min(bytes, other[ahead] ?? bytes));
}

/** The first midnights (UTC) after `now`, the next one first. */
export function midnightsAfter(now: Date): Date[] {
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  return Array.from({ length: daysOfWeek }, (_, index) => new Date(today + (index + 1) * dayMs));
}
