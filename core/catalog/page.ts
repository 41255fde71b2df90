// Pages: how a list goes on where the last page ended. A cursor names the last line shown by its sort key, so lines
// that come or go meanwhile neither repeat nor skip others. It grants nothing: who may see what is asked again.
import { z } from "zod";
import { FonError } from "../platform/errors.ts";

export const pageSize = 10;
/** Matches ranked and counted at most; more are "2,000+". */
export const cap = 2_000;

const keySchema = z.array(z.number().int()).max(4);
const cursorSchema = z.object({ key: keySchema, shown: z.number().int().min(1).max(1_000_000) });
export type Cursor = z.infer<typeof cursorSchema>;

export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.shown, ...cursor.key])).toString("base64url");
}

/** @throws request.invalid for what was not made by writeCursor */
export function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined;
  try {
    const [shown, ...key] = z.array(z.unknown()).parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    return cursorSchema.parse({ shown, key });
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
