// Quiet hours: when they end, and in which zone they are counted. Pure, by the clock on the wall of the group's zone.
import type { Quiet } from "#contract";
import { FonError } from "../platform/errors.ts";

const minuteMs = 60_000;
const minutesOfDay = 24 * 60;
/** No zone puts its clock forward by more at once, but for whole days, which move no hour. */
const mostShiftMinutes = 180;

/**
 * The end of the quiet hours in which `now` lies; undefined outside of them. An hour that the clock skips is not
 * waited for, one that comes twice may be quiet twice.
 */
export function quietUntil(quiet: Quiet, now: Date): Date | undefined {
  const [from, to] = [minuteOf(quiet.from), minuteOf(quiet.to)];
  const isQuietAt = (minute: number) => (from < to ? from <= minute && minute < to : minute >= from || minute < to);
  const readWall = createWallClock(quiet.zone);
  let atMs = Math.floor(now.getTime() / minuteMs) * minuteMs;
  let minute = readWall(atMs);
  if (from === to || !isQuietAt(minute)) return undefined;
  while (isQuietAt(minute)) {
    const left = (to - minute + minutesOfDay) % minutesOfDay;
    // In one leap as far as cannot be too far, then minute by minute: right also when the clock is changed meanwhile.
    atMs += Math.max(1, left - mostShiftMinutes) * minuteMs;
    minute = readWall(atMs);
  }
  return new Date(atMs);
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Tells the minute of the day that a clock in the zone shows. */
function createWallClock(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return (atMs) => minuteOf(format.format(atMs));
}

/** Quiet hours as they are kept: with a zone, this computer's when none is named. @throws `request.invalid` */
export function settleQuiet({ from, to, zone }: { from: string; to: string; zone?: string | undefined }): Quiet {
  if (from === to) throw new FonError("request.invalid", { field: "to" });
  return { from, to, zone: knownZone(zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone) };
}

/** The zone with the database's capitals, but under the name that was given. Offsets such as `+02:00` are no names. */
function knownZone(zone: string): string {
  try {
    if (!/^[a-z]/i.test(zone)) throw new RangeError(zone);
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions();
    return timeZone.toLowerCase() === zone.toLowerCase() ? timeZone : zone;
  } catch (cause) {
    throw new FonError("request.invalid", { field: "zone" }, { cause });
  }
}
