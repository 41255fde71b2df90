// In which zone a server's LIST tells times: by one folder that MLSD (UTC, to the second) has told, too. Pure.
import type { Entry, Listing } from "../../ftp/index.ts";

export interface Zone {
  /** What LIST says minus UTC, when the latest of the compared times was told. */
  offsetMs: number;
  /** All compared times agree that LIST tells UTC: minutes are minutes. */
  isSure: boolean;
}

/** Of a server that has no MLSD: whatever its zone is, it is the same one every time. */
export const onlyZone: Zone = { offsetMs: 0, isSure: true };
export const unknownZone: Zone = { offsetMs: 0, isSure: false };

const minuteMs = 60_000;
/** Zones go from 12 hours behind to 14 hours before UTC; what differs by more was changed between the two listings. */
const widestMs = 14 * 3_600_000;
const stepMs = 15 * 60_000;

/** Undefined when they have no time in common that was told to the minute. */
export function compareZones(exact: Listing, told: Listing): Zone | undefined {
  const times = new Map(exact.entries.map((entry) => [entry.name, entry.modifiedAt?.getTime()]));
  let latest = { at: Number.NEGATIVE_INFINITY, offsetMs: 0 };
  let isSure = true;
  for (const { name, modifiedAt, timeWithinMs } of told.entries) {
    const at = times.get(name);
    if (at === undefined || modifiedAt === undefined || timeWithinMs !== minuteMs) continue;
    const offsetMs = modifiedAt.getTime() - Math.floor(at / minuteMs) * minuteMs;
    if (offsetMs % stepMs !== 0 || Math.abs(offsetMs) > widestMs) continue;
    if (offsetMs !== 0) isSure = false;
    if (at > latest.at) latest = { at, offsetMs };
  }
  return latest.at === Number.NEGATIVE_INFINITY ? undefined : { offsetMs: latest.offsetMs, isSure };
}

/** The same entries with their times in UTC, as far as that is known. A zone may have a summer: then only the day is sure. */
export function inUtc(listing: Listing, { offsetMs, isSure }: Zone): Listing {
  if (isSure) return listing;
  for (const entry of listing.entries) shift(entry, offsetMs);
  return listing;
}

function shift(entry: Entry, offsetMs: number): void {
  if (entry.timeWithinMs === undefined || entry.modifiedAt === undefined) return;
  if (entry.timeWithinMs === minuteMs) entry.modifiedAt = new Date(entry.modifiedAt.getTime() - offsetMs);
  entry.timeWithinMs = 86_400_000;
}
