// When a group is told of its new files. Pure.

const secondMs = 1_000;
const longestWindowMs = 15 * 60 * secondMs;
/** How far back the digests count that a group was told. */
export const newsHourMs = 60 * 60 * secondMs;

/**
 * How long new files are gathered before the next digest. A bot that posts with every scan is what people complain
 * about most in sharing groups, and mute: so a group that was left alone hears at once, and each digest within the
 * hour doubles the wait for the next one.
 * @param toldLately digests that the group was told in the last hour
 */
export function windowMs(toldLately: number): number {
  return toldLately === 0 ? 0 : Math.min(10 * secondMs * 2 ** (toldLately - 1), longestWindowMs);
}

export interface News {
  now: Date;
  /** Digests told in the last hour, and the last of them. */
  told: { count: number; lastAt: Date | null };
  /** The end of the quiet hours, within them. */
  quietUntil: Date | undefined;
}

/** Not before `now`. */
export function dueAt({ now, told, quietUntil }: News): Date {
  const afterWindow = (told.lastAt?.getTime() ?? 0) + windowMs(told.count);
  return new Date(Math.max(now.getTime(), afterWindow, quietUntil?.getTime() ?? 0));
}
