// Browse: the list of shares, then folders and files. One page at a time, in a stable order.
import type { Api, InputOf, OutputOf, Room } from "#contract";
import type { Person } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import type { VisibleShare } from "../shares/index.ts";
import type { Line } from "./items.ts";
import { refOf, toItems } from "./items.ts";
import { remember } from "./last-list.ts";
import { cutPage, numberAt, pageSize, placeByKey, readCursor, turnsOf } from "./page.ts";
import type { Place } from "./place.ts";
import { findPlace } from "./place.ts";
import type { SearchDeps } from "./search.ts";
import type { Sight } from "./sight.ts";
import { createSight, insideShare } from "./sight.ts";
import type { Child } from "./store/browse.ts";
import { childRows, childrenOf, countChildren } from "./store/browse.ts";
import { directoriesAt } from "./store/items.ts";

type Browse = Api["catalog"]["browse"];

/** @throws catalog.unknown-ref {ref}, catalog.no-list, request.invalid (cursor) */
export async function browse(
  deps: SearchDeps,
  person: Person,
  room: Room,
  input: InputOf<Browse>,
): Promise<OutputOf<Browse>> {
  const sight = createSight(await deps.shares.visible(person, room));
  const where = input.where?.trim() ?? "";
  if (where === "" || where === "/") return browseShares(deps, person, room, sight, input.cursor);
  const place = await findPlace(deps.db, person, room, sight, where);
  return browseFolder(deps, person, room, place, input.cursor);
}

async function browseShares(
  deps: SearchDeps,
  person: Person,
  room: Room,
  sight: Sight,
  from: string | undefined,
): Promise<OutputOf<Browse>> {
  const cursor = readCursor(from);
  const rows = await directoriesAt(deps.db, sight.shares);
  const lines = sight.shares.flatMap((share): Line[] => {
    const row = rows.find((one) => one.serverId === share.serverId && one.path === share.path);
    return row ? [{ kind: "folder", row, share }] : [];
  });
  lines.sort((a, b) => a.share.name.localeCompare(b.share.name) || a.share.id - b.share.id);
  const keyOf = (line: Line) => [line.share.id];
  const page = cutPage(lines, cursor, keyOf, placeByKey(lines, keyOf));
  await remember(deps, person, room, page.lines.map(refOf), page.shown);
  return {
    items: await toItems(deps.db, person, page.lines, page.shown),
    next: page.next,
    previous: page.previous,
    total: lines.length,
    isCapped: false,
    share: null,
    path: "",
    parentRef: null,
  };
}

async function browseFolder(
  deps: SearchDeps,
  person: Person,
  room: Room,
  { row, share }: Place,
  asked: string | undefined,
): Promise<OutputOf<Browse>> {
  const cursor = readCursor(asked);
  const shown = cursor?.shown ?? 0;
  const from = cursor && { ...cursor, rank: numberAt(cursor, 0), id: numberAt(cursor, 1) };
  const { page, hasMore } = await childrenOf(deps.db, row.id, from, pageSize);
  const lines = await toLines(deps, page, share);
  await remember(deps, person, room, lines.map(refOf), shown);
  const keys = page.map(({ rank, id }) => [rank, id]);
  const isRoot = row.path === share.path;
  return {
    items: await toItems(deps.db, person, lines, shown),
    ...turnsOf(shown, keys, hasMore),
    total: await countChildren(deps.db, row.id),
    isCapped: false,
    share: share.name,
    path: insideShare(row.path, share),
    parentRef: isRoot || row.parentId === null ? null : makeRef("d", row.parentId),
  };
}

/** In the order of `page`; a row that went meanwhile is left out. */
async function toLines({ db }: SearchDeps, page: Child[], share: VisibleShare): Promise<Line[]> {
  const { files, directories } = await childRows(db, page);
  const fileById = new Map(files.map((row) => [row.id, row]));
  const directoryById = new Map(directories.map((row) => [row.id, row]));
  return page.flatMap((child): Line[] => {
    if (child.rank === 0) {
      const row = directoryById.get(child.id);
      return row ? [{ kind: "folder", row, share }] : [];
    }
    const row = fileById.get(child.id);
    return row ? [{ kind: "file", row, share, copies: 1 }] : [];
  });
}
