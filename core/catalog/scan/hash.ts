// Tells what one listing says of files from what another one says. Pure, but for the turns that it gives to others on its way
// through a long one.
import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Entry } from "../../ftp/index.ts";

/** An entry as it was listed, or what became of it. */
type Told = Pick<Entry, "name" | "sizeBytes"> & {
  modifiedAt?: Date | null | undefined;
  timeWithinMs?: number | undefined;
};

const entriesPerTurn = 5_000;
/** Hexadecimal digits of a number that is a safe integer: 52 bits. */
const digits = 13;

/**
 * Of names, sizes and times, and of how exactly these were told, in their order. Two that differ have the same one once in
 * 10^15 times; a full sweep compares them all the same.
 */
export async function hashEntries(entries: readonly Told[]): Promise<number> {
  const hash = createHash("sha256");
  let text = "";
  for (let at = 0; at < entries.length; at += 1) {
    if (at % entriesPerTurn === entriesPerTurn - 1) {
      hash.update(text);
      text = "";
      await nextTurn();
    }
    const { name, sizeBytes, modifiedAt, timeWithinMs } = entries[at] as Told;
    // No name has a slash in it.
    text += `${name}/${sizeBytes}/${modifiedAt ? modifiedAt.getTime() / 1000 : ""}/${timeWithinMs}/`;
  }
  return Number.parseInt(hash.update(text).digest("hex").slice(0, digits), 16);
}
