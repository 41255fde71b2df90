// Pages: how a list goes on where the last page ended. A cursor names the last line shown by its sort key, so lines
// that come or go meanwhile neither repeat nor skip others. It grants nothing: who may see what is asked again.
import { z } from "zod";
import { FonError } from "../platform/errors.ts";

export const pageSize = 10;
/** Matches ranked and counted at most; more are "1,000+". */
export const cap = 1_000;
/** One more tells that there are. */
export const listed = cap + 1;

const cursorSchema = z.object({
  /** Sort key of the line that the page ends before (`isBack`) or begins after. */
  key: z.array(z.number().int()).max(4),
  /** Lines of the list before the page. */
  shown: z.number().int().min(1).max(1_000_000),
  isBack: z.boolean(),
});
export type Cursor = z.infer<typeof cursorSchema>;

/** On the wire the direction is the sign of the first number. */
function writeCursor({ key, shown, isBack }: Cursor): string {
  return Buffer.from(JSON.stringify([isBack ? -shown : shown, ...key])).toString("base64url");
}

/** Undefined for the first page. @throws request.invalid for what was not made by writeCursor */
export function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    const [shown, ...key] = z.array(z.number()).parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    return cursorSchema.parse({ shown: Math.abs(shown ?? 0), key, isBack: (shown ?? 0) < 0 });
  } catch (cause) {
    throw new FonError("request.invalid", { field: "cursor" }, { cause });
  }
}

/** @throws request.invalid when the cursor is one of another list */
export function numberAt(cursor: Cursor | undefined, index: number): number {
  const value = cursor?.key[index];
  if (value === undefined) throw new FonError("request.invalid", { field: "cursor" });
  return value;
}

export interface Turns {
  next: string | null;
  previous: string | null;
}

/**
 * The cursors of a page that was cut from a list.
 * @param keys of its lines, in order; @param hasMore the list goes on after them
 */
export function turnsOf(shown: number, keys: readonly (readonly number[])[], hasMore: boolean): Turns {
  const [first, last] = [keys[0], keys.at(-1)];
  const next = hasMore && last ? writeCursor({ key: [...last], shown: shown + keys.length, isBack: false }) : null;
  if (shown === 0) return { next, previous: null };
  const isSecond = shown <= pageSize || !first;
  return { next, previous: isSecond ? "" : writeCursor({ key: [...first], shown: shown - pageSize, isBack: true }) };
}

/** One page of a list that is all there. @param placeOf where the line of a key is, or, when it is gone, would be */
export function cutPage<L>(
  list: readonly L[],
  cursor: Cursor | undefined,
  keyOf: (line: L) => readonly number[],
  placeOf: (cursor: Cursor) => { index: number; isThere: boolean },
): Turns & { lines: L[]; shown: number } {
  const shown = cursor?.shown ?? 0;
  const { begin, end } = cursor ? span(cursor, placeOf(cursor)) : { begin: 0, end: pageSize };
  const lines = list.slice(begin, end);
  return { lines, shown, ...turnsOf(shown, lines.map(keyOf), end < list.length) };
}

function span({ isBack }: Cursor, { index, isThere }: { index: number; isThere: boolean }) {
  if (isBack) return { begin: Math.max(0, index - pageSize), end: index };
  const begin = index + (isThere ? 1 : 0);
  return { begin, end: begin + pageSize };
}

/** For lists without an order of keys: the line whose only key is this; when it is gone, as many lines as were shown. */
export function placeByKey<L>(list: readonly L[], keyOf: (line: L) => readonly number[]) {
  return (cursor: Cursor) => {
    const wanted = numberAt(cursor, 0);
    const index = list.findIndex((line) => keyOf(line)[0] === wanted);
    if (index >= 0) return { index, isThere: true };
    return { index: cursor.isBack ? cursor.shown + pageSize : cursor.shown, isThere: false };
  };
}
