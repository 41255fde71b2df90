// Hours of the day between two times of a zone, such as quiet hours: when they end. Pure, by the clock on the wall there.
import type { Quiet } from "#contract";
import { FonError } from "./errors.ts";

/** From and to as `22:00`, `zone` a name of the IANA database. */
export type WallHours = Quiet;

const minuteMs = 60_000;
const minutesOfDay = 24 * 60;
/** No zone puts its clock forward by more at once, but for whole days, which move no hour. */
const mostShiftMinutes = 180;

/**
 * The end of the hours in which `now` lies; undefined outside of them. An hour that the clock skips is not waited for, one
 * that comes twice counts twice.
 */
export function endOfHours(hours: WallHours, now: Date): Date | undefined {
  const [from, to] = [minuteOf(hours.from), minuteOf(hours.to)];
  const isInside = (minute: number) => (from < to ? from <= minute && minute < to : minute >= from || minute < to);
  const readWall = createWallClock(hours.zone);
  let atMs = Math.floor(now.getTime() / minuteMs) * minuteMs;
  let minute = readWall(atMs);
  if (from === to || !isInside(minute)) return undefined;
  while (isInside(minute)) {
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

/** Hours as they are kept: with a zone, this computer's when none is named. @throws `request.invalid` */
export function settleHours({ from, to, zone }: { from: string; to: string; zone?: string | undefined }): WallHours {
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
