// Numbers of lines: every list a person is shown is remembered, and a next page goes on with its numbers.
import type { Room } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { readList, writeList } from "./store/lists.ts";

const longestList = 2_000;

/** @param shown lines of the same list that were shown before these: the first of `refs` has the number after them */
export async function remember(
  { db, clock }: { db: Db; clock: Clock },
  person: Person,
  room: Room,
  refs: string[],
  shown = 0,
): Promise<void> {
  const reader = { personId: person.id, platform: room.platform, roomId: room.roomId };
  const before = shown > 0 ? ((await readList(db, reader)) ?? []) : [];
  const kept = Array.from({ length: Math.min(shown, longestList) }, (_, i) => before[i] ?? "");
  await writeList(db, reader, [...kept, ...refs].slice(0, longestList), clock.now());
}

/** The reference of a line. @throws catalog.no-list, catalog.unknown-ref */
export async function refOfNumber(db: Db, person: Person, room: Room, number: number): Promise<string> {
  const list = await readList(db, { personId: person.id, platform: room.platform, roomId: room.roomId });
  if (!list) throw new FonError("catalog.no-list");
  const ref = list[number - 1];
  if (!ref) throw new FonError("catalog.unknown-ref", { ref: String(number) });
  return ref;
}
