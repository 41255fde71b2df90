// References of announcements as people and bots hand them in.
import { FonError } from "../platform/errors.ts";
import { readRef } from "../platform/refs.ts";

/** The same answer for what is no reference, what never was, and what one may not see. */
export function unknownAnnouncement(ref: string): FonError {
  return new FonError("catalog.unknown-ref", { ref: ref.slice(0, 32) });
}

/** @throws `catalog.unknown-ref` */
export function readAnnouncementRef(text: string): number {
  const ref = readRef(text);
  if (ref?.kind !== "a") throw unknownAnnouncement(text);
  return ref.id;
}
