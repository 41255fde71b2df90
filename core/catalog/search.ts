// Search: what a person may see at this moment and asked for, best first, with mistyped words corrected when nothing is found.
import type { Api, InputOf, OutputOf, Room } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import type { VisibleShare } from "../shares/index.ts";
import { correct } from "./correct.ts";
import { refOf, toItems } from "./items.ts";
import { readKnownFor } from "./known.ts";
import { remember } from "./last-list.ts";
import type { Cursor } from "./page.ts";
import { cutPage, listed, numberAt, readCursor } from "./page.ts";
import { parse } from "./parse.ts";
import { planOf } from "./plan.ts";
import type { Query } from "./query.ts";
import { asksForFiles, isEmpty } from "./query.ts";
import type { Ranked, SortKey } from "./rank.ts";
import { compareKeys, rank } from "./rank.ts";
import type { Sight } from "./sight.ts";
import { createSight } from "./sight.ts";
import { findCandidates, rootsOf } from "./store/search.ts";
import type { CommonWords } from "./store/words.ts";
import { wordsOf } from "./words.ts";

export interface SearchDeps {
  db: Db;
  clock: Clock;
  shares: { visible(person: Person, room: Room): Promise<VisibleShare[]> };
}

export interface FindDeps extends SearchDeps {
  commonWords: CommonWords;
}

type Input = InputOf<Api["catalog"]["search"]>;
type Output = OutputOf<Api["catalog"]["search"]>;

/** @throws catalog.query-empty, catalog.query-invalid {filter}, request.invalid (cursor) */
export async function search(deps: FindDeps, person: Person, room: Room, input: Input): Promise<Output> {
  const cursor = readCursor(input.cursor);
  const query = understand(input.query, deps.clock.now());
  const sight = createSight(ownedBy(await deps.shares.visible(person, room), query, person));
  let found = await findRanked(deps, sight, query);
  let corrected: Query | undefined;
  if (found.ranked.length === 0) {
    corrected = await correct(deps, sight, query);
    if (corrected) found = await findRanked(deps, sight, corrected);
  }
  const page = cutPage(
    found.ranked,
    cursor,
    ({ key }) => key,
    (at) => placeOf(found.ranked, at),
  );
  const lines = page.lines.map(({ line }) => line);
  const [items] = await Promise.all([
    toItems(deps.db, person, lines, page.shown),
    remember(deps, person, room, lines.map(refOf), page.shown),
  ]);
  return {
    items,
    next: page.next,
    previous: page.previous,
    total: found.ranked.length,
    isCapped: found.isCapped,
    corrected: corrected ? corrected.wanted.map(({ word }) => word).join(" ") : null,
  };
}

function placeOf(ranked: Ranked[], cursor: Cursor): { index: number; isThere: boolean } {
  const key: SortKey = [numberAt(cursor, 0), numberAt(cursor, 1), numberAt(cursor, 2), numberAt(cursor, 3)];
  const index = ranked.findIndex((one) => compareKeys(one.key, key) >= 0);
  const found = ranked[index];
  return { index: found ? index : ranked.length, isThere: found !== undefined && compareKeys(found.key, key) === 0 };
}

function understand(text: string, now: Date): Query {
  const query = parse(text, now);
  if ("invalid" in query) throw new FonError("catalog.query-invalid", { filter: query.invalid });
  if (isEmpty(query)) throw new FonError("catalog.query-empty");
  return query;
}

/** `from:` – each word of the filter begins a word of the owner's name; `me` and `moi` are the asking person. */
export function ownedBy(shares: VisibleShare[], query: Query, person: Person): VisibleShare[] {
  if (query.owners.length === 0) return shares;
  return shares.filter(({ ownerId, ownerName }) =>
    query.owners.some((asked) => {
      if (asked.length === 1 && (asked[0] === "me" || asked[0] === "moi")) return ownerId === person.id;
      const name = wordsOf(ownerName);
      return asked.every((word) => name.some((part) => part.startsWith(word)));
    }),
  );
}

async function findRanked(
  deps: FindDeps,
  sight: Sight,
  query: Query,
): Promise<{ ranked: Ranked[]; isCapped: boolean }> {
  if (sight.shares.length === 0) return { ranked: [], isCapped: false };
  const onlyFiles = asksForFiles(query);
  const facts = await deps.commonWords.read(deps.db);
  const [known, roots] = await Promise.all([
    readKnownFor(deps.db, facts, sight, query),
    onlyFiles ? [] : rootsOf(deps.db, sight),
  ]);
  const files =
    query.only === "folders"
      ? undefined
      : planOf(query, { inOwnName: onlyFiles ? "none" : "one", withKinds: true }, known);
  const directories = onlyFiles ? undefined : planOf(query, { inOwnName: "one", withKinds: false }, known);
  const candidates = await findCandidates(deps.db, { sight, query, files, directories, limit: listed });
  return { ranked: rank(query, sight, candidates, roots), isCapped: candidates.isCut };
}
