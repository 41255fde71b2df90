// What came to the catalog last, newest first.
import type { Api, InputOf, OutputOf, Room } from "#contract";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import type { Line } from "./items.ts";
import { refOf, toItems } from "./items.ts";
import { remember } from "./last-list.ts";
import { cap, numberAt, pageSize, readCursor, turnsOf } from "./page.ts";
import type { SearchDeps } from "./search.ts";
import { createSight } from "./sight.ts";
import { countFiles, latestFiles } from "./store/latest.ts";

type Latest = Api["catalog"]["latest"];

/** Files that came to the catalog last. @throws request.invalid (cursor) */
export async function latest(
  deps: SearchDeps,
  person: Person,
  room: Room,
  input: InputOf<Latest>,
): Promise<OutputOf<Latest>> {
  const cursor = readCursor(input.cursor);
  const shown = cursor?.shown ?? 0;
  const sight = createSight(await deps.shares.visible(person, room));
  if (sight.shares.length === 0) return { items: [], next: null, previous: null, total: 0, isCapped: false };
  const from = cursor && { seenAt: asDate(numberAt(cursor, 0)), id: numberAt(cursor, 1), isBack: cursor.isBack };
  const [{ page, hasMore }, count] = await Promise.all([
    latestFiles(deps.db, sight, from, pageSize),
    countFiles(deps.db, sight, cap + 1),
  ]);
  const lines = page.flatMap((row): Line[] => {
    const share = sight.locate(row.serverId, row.path);
    return share ? [{ kind: "file", row, share, copies: 1 }] : [];
  });
  const [items] = await Promise.all([
    toItems(deps.db, person, lines, shown),
    remember(deps, person, room, lines.map(refOf), shown),
  ]);
  const keys = page.map(({ seenAt, id }) => [seenAt.getTime(), id]);
  return {
    items,
    ...turnsOf(shown, keys, hasMore),
    total: Math.min(count, cap),
    isCapped: count > cap,
  };
}

function asDate(ms: number): Date {
  const at = new Date(ms);
  // PostgreSQL reads years of four digits only.
  if (!(at.getTime() >= 0 && at.getUTCFullYear() < 10_000)) throw new FonError("request.invalid", { field: "cursor" });
  return at;
}
