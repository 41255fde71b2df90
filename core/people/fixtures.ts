// Tests only: callers as the API hands them to handlers, and a clock that a test moves.
import type { Actor, Room } from "#contract";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import type { Caller } from "../platform/handler.ts";
import type { People } from "./people.ts";

export const actorNamed = (displayName: string, over: Partial<Actor> = {}): Actor => ({
  platform: "console",
  userId: displayName.toLowerCase(),
  displayName,
  language: "en",
  ...over,
});

export const groupRoom = (roomId = "club", over: Partial<Room> = {}): Room => ({
  platform: "console",
  roomId,
  kind: "group",
  title: roomId,
  isAdmin: false,
  ...over,
});

export const privateRoom = (roomId = "private", over: Partial<Room> = {}): Room => ({
  ...groupRoom(roomId),
  kind: "private",
  isAdmin: true,
  ...over,
});

export interface MovableClock extends Clock {
  pass(ms: number): void;
}

/** The system's clock, as far ahead as the test says; waits are real. */
export function createMovableClock(): MovableClock {
  let aheadMs = 0;
  return {
    ...systemClock,
    now: () => new Date(Date.now() + aheadMs),
    monotonicMs: () => performance.now() + aheadMs,
    pass: (ms) => {
      aheadMs += ms;
    },
  };
}

export async function callerNamed(
  people: People,
  name: string,
  room: Room,
  over: Partial<Actor> = {},
): Promise<Caller> {
  const actor = actorNamed(name, over);
  return { person: await people.recognise(actor), actor, room };
}

/** Opens the pool's connections, so that calls made together afterwards really meet in the database. */
export async function openConnections(sql: Database["sql"]): Promise<void> {
  const held = await Promise.all(Array.from({ length: 8 }, () => sql.reserve()));
  for (const connection of held) connection.release();
}
