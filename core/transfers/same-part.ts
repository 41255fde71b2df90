// Is an unfinished file the beginning of another server's file? Looked at in blocks, so that little of it has to be read.
import type { Session } from "../ftp/index.ts";
import { both } from "./blame.ts";

interface FileAt {
  session: Session;
  path: string;
}

const blockBytes = 64 * 1024;
/** Beside the first and the last one. */
const randomBlocks = 14;

/** @param random 0 up to 1, not to be known to a server. @throws what `readBlock` throws */
export async function isPartOfSame(
  part: FileAt,
  whole: FileAt,
  partBytes: number,
  random: () => number,
  signal: AbortSignal,
): Promise<boolean> {
  for (const offset of placesIn(partBytes, random)) {
    const length = Math.min(blockBytes, partBytes - offset);
    const [ours, theirs] = await both(
      part.session.readBlock(part.path, offset, length, signal),
      whole.session.readBlock(whole.path, offset, length, signal),
    );
    if (ours.length !== length || !ours.equals(theirs)) return false;
  }
  return true;
}

/** The end first: what was cut in the middle of a write shows there. Pure but for `random`. */
export function placesIn(bytes: number, random: () => number): number[] {
  const last = Math.max(0, bytes - blockBytes);
  const some = Array.from({ length: randomBlocks }, () => Math.floor(random() * last));
  return [...new Set([last, 0, ...(last > 0 ? some : [])])];
}
