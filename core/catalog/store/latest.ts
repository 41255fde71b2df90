// What came last: a few rows of each visible share by the index of times, and of these the newest.
import type { Db } from "../../platform/db.ts";
import type { Sight } from "../sight.ts";
import type { Part } from "./browse.ts";
import { inPlaces, placesOf } from "./places.ts";
import { readRows, timeText, whole } from "./reading.ts";
import type { FileRow, RawFile } from "./rows.ts";
import { fileText, toFile } from "./rows.ts";

export interface From {
  seenAt: Date;
  id: number;
  isBack: boolean;
}

/** As the index has them: `id / 64` lies between the times and the ids, and changes no order. */
const keyOf = (way: string) => `f.seen_at ${way}, f.id / 64 ${way}, f.id ${way}`;

/** A page of the visible files, newest first: those after a file, or before it. */
export async function latestFiles(db: Db, sight: Sight, from: From | undefined, limit: number): Promise<Part<FileRow>> {
  const isBack = from?.isBack ?? false;
  const way = isBack ? "asc" : "desc";
  const most = isBack ? limit : limit + 1;
  const reading = { columns: fileText, conditions: from ? [isBeyond(from)] : [], order: `order by ${keyOf(way)}` };
  const rows = await readRows<RawFile & { path: string }>(
    db,
    `with f as materialized (
      select * from (${inPlaces(placesOf(sight), "file", { ...reading, limit: most })}) c
      order by c."seenMs" ${way}, c.id ${way} limit ${whole(most)})
    select f.*, d.path from f join directory d on d.id = f."directoryId" order by f."seenMs" ${way}, f.id ${way}`,
    "order",
  );
  const page = rows.map((row) => toFile(row, row.path));
  return isBack
    ? { page: page.toReversed(), hasMore: true }
    : { page: page.slice(0, limit), hasMore: page.length > limit };
}

function isBeyond({ seenAt, id, isBack }: From): string {
  const key = `${whole(id)}::bigint`;
  return `(f.seen_at, f.id / 64, f.id) ${isBack ? ">" : "<"} (${timeText(seenAt)}, ${key} / 64, ${key})`;
}

/** How many visible files there are, counted up to `limit`. */
export async function countFiles(db: Db, sight: Sight, limit: number): Promise<number> {
  const some = inPlaces(placesOf(sight), "file", { columns: "1", conditions: [], limit });
  const rows = await readRows<{ n: number }>(
    db,
    `select count(*)::int as n from (select from (${some}) c limit ${whole(limit)}) counted`,
    "order",
  );
  return rows[0]?.n ?? 0;
}
