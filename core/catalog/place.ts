// The folder that somebody means: a number of the last list, a folder's reference, or `share/path` as it is read.
import type { Room } from "#contract";
import type { Db } from "../platform/db.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { readRef } from "../platform/refs.ts";
import type { VisibleShare } from "../shares/index.ts";
import { refOfNumber } from "./last-list.ts";
import type { Sight } from "./sight.ts";
import { isWithin } from "./sight.ts";
import { findDirectory, findDirectoryAt } from "./store/browse.ts";
import type { DirectoryRow } from "./store/rows.ts";

export interface Place {
  row: DirectoryRow;
  share: VisibleShare;
}

/**
 * A line that was shown wins over a share that is called like its number, and a share over a reference.
 * @throws catalog.no-list, catalog.unknown-ref {ref}
 */
export async function findPlace(db: Db, person: Person, room: Room, sight: Sight, where: string): Promise<Place> {
  const unknown = new FonError("catalog.unknown-ref", { ref: where.slice(0, 100) });
  // PostgreSQL takes no NUL, so no row has one.
  if (where.includes("\0")) throw unknown;
  const number = /^#?(\d{1,6})$/.exec(where)?.[1];
  if (!number) {
    const place = (await findTyped(db, sight, where)) ?? (await findReferred(db, sight, where));
    if (place) return place;
    throw unknown;
  }
  try {
    const place = await findReferred(db, sight, await refOfNumber(db, person, room, Number(number)));
    if (place) return place;
    throw unknown;
  } catch (error) {
    const typed = asFonError(error) && (await findTyped(db, sight, where));
    if (typed) return typed;
    throw error;
  }
}

async function findReferred(db: Db, sight: Sight, text: string): Promise<Place | undefined> {
  const ref = readRef(text);
  const row = ref?.kind === "d" ? await findDirectory(db, ref.id) : undefined;
  const share = row && sight.locate(row.serverId, row.path);
  return row && share ? { row, share } : undefined;
}

/** Share names may hold a slash: the longest name that fits wins, an exact one before one of other case. */
async function findTyped(db: Db, sight: Sight, where: string): Promise<Place | undefined> {
  const typed = where.replace(/^\/+|\/+$/g, "");
  const begins = (name: string, text: string) => text === name || text.startsWith(`${name}/`);
  const isAlike = ({ name }: VisibleShare) => begins(name.toLowerCase(), typed.toLowerCase());
  const candidates = sight.shares.filter(isAlike).sort((a, b) => {
    const exact = Number(begins(b.name, typed)) - Number(begins(a.name, typed));
    return b.name.length - a.name.length || exact || a.id - b.id;
  });
  for (const share of candidates) {
    const inside = typed.slice(share.name.length + 1);
    const path = [share.path, inside].filter((part) => part !== "").join("/");
    const row = await findDirectoryAt(db, share.serverId, path);
    if (row && isWithin(row.path, share.path)) return { row, share };
  }
  return undefined;
}
