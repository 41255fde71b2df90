// Reading what must be told, in the order it was written, for the platforms that a bot serves.
// Who hears it, and what of it may still be told, is looked up at the moment of telling: a room that was unbound or a
// person who is gone hears nothing, and nothing is said of what was taken back meanwhile.
import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import type { FonEvent, Language, Platform } from "#contract";
import { eventSchema } from "#contract";
import { botCursor, identity, outbox, person, room } from "../schema/index.ts";
import type { Clock } from "./clock.ts";
import type { Db } from "./db.ts";
import type { Log } from "./log.ts";
import type { Signals } from "./signals.ts";

export interface EventStream {
  /**
   * Events after `after`, then live, until `signal` aborts. `quiet` each time nothing happened for a while.
   * Events that nobody on these platforms may hear are passed over.
   */
  follow(wanted: Wanted): AsyncGenerator<FonEvent | "quiet">;
  /** How far a bot has told. A bot that is new starts at the newest event: old news is not told to it. */
  cursorOf(bot: string): Promise<number>;
  /** Only moves forward. */
  moveCursor(bot: string, eventId: number): Promise<number>;
}
export interface Wanted {
  platforms: Platform[];
  after: number;
  signal: AbortSignal;
}
export interface EventStreamDeps {
  db: Db;
  signals: Signals;
  clock: Clock;
  log: Log;
  /** The whole telling of what the outbox keeps of it; undefined when there is nothing to tell any more. */
  fill?: (stored: Record<string, unknown>) => Promise<unknown>;
  /** How long nothing happens until `quiet` is said. */
  quietMs?: number;
}

type Row = typeof outbox.$inferSelect;

export function createEventStream(deps: EventStreamDeps): EventStream {
  const { db, signals, clock, quietMs = 15_000 } = deps;
  async function* follow({ platforms, after, signal }: Wanted): AsyncGenerator<FonEvent | "quiet"> {
    const wake = createWake(signals, clock);
    let last = after;
    try {
      while (!signal.aborted) {
        wake.forget();
        const row = await readNext(db, last);
        if (!row) {
          if ((await wake.wait(quietMs, signal)) === "late" && !signal.aborted) yield "quiet";
          continue;
        }
        last = row.id;
        const event = await addressEvent(deps, row, platforms);
        if (event) yield event;
      }
    } finally {
      wake.close();
    }
  }

  return { follow, cursorOf: (bot) => readCursor(db, bot), moveCursor: (bot, id) => writeCursor(db, bot, id) };
}

/** Remembers a signal that came between two looks. */
function createWake(signals: Signals, clock: Clock) {
  let isCalled = false;
  let call = () => {};
  const off = signals.on("outbox", () => {
    isCalled = true;
    call();
  });
  return {
    forget: () => {
      isCalled = false;
    },
    async wait(forMs: number, signal: AbortSignal): Promise<"called" | "late"> {
      if (isCalled) return "called";
      const over = new AbortController();
      call = () => over.abort();
      await clock.wait(forMs, AbortSignal.any([signal, over.signal]));
      return over.signal.aborted ? "called" : "late";
    },
    close: off,
  };
}

async function readNext(db: Db, after: number): Promise<Row | undefined> {
  const [row] = await db.select().from(outbox).where(gt(outbox.id, after)).orderBy(asc(outbox.id)).limit(1);
  return row;
}

async function addressEvent(
  { db, log, fill }: EventStreamDeps,
  row: Row,
  platforms: Platform[],
): Promise<FonEvent | undefined> {
  const rooms = row.groupId === null ? [] : await readRooms(db, row.groupId, platforms);
  const people = row.personId === null ? [] : await readPeople(db, row.personId, platforms);
  if (rooms.length === 0 && people.length === 0) return undefined;
  const { id, key } = row;
  const telling = fill ? await fill(row.telling) : row.telling;
  if (telling === undefined) return undefined;
  const parsed = eventSchema.safeParse({ id, key, createdAt: row.createdAt.toISOString(), rooms, people, telling });
  if (parsed.success) return parsed.data;
  log.error({ event: id, kind: row.telling["kind"] }, "an event does not fit the contract and is not told");
  return undefined;
}

function readRooms(db: Db, groupId: number, platforms: string[]) {
  return db
    .select({ platform: room.platform, roomId: room.roomId, language: sql<Language>`${room.language}` })
    .from(room)
    .where(and(eq(room.groupId, groupId), inArray(room.platform, platforms)));
}

function readPeople(db: Db, personId: number, platforms: string[]) {
  return db
    .select({ platform: identity.platform, userId: identity.userId, language: sql<Language>`${person.language}` })
    .from(identity)
    .innerJoin(person, eq(person.id, identity.personId))
    .where(and(eq(identity.personId, personId), inArray(identity.platform, platforms)));
}

/** Stored at the first question, so that a bot that dies before it tells its first event does not lose that one. */
async function readCursor(db: Db, bot: string): Promise<number> {
  const newest = sql<number>`coalesce((select max(${outbox.id}) from ${outbox}), 0)`;
  await db.insert(botCursor).values({ bot, eventId: newest }).onConflictDoNothing();
  const [row] = await db.select().from(botCursor).where(eq(botCursor.bot, bot));
  return row?.eventId ?? 0;
}

async function writeCursor(db: Db, bot: string, eventId: number): Promise<number> {
  const furthest = sql<number>`greatest(${botCursor.eventId}, excluded.event_id)`;
  const [row] = await db
    .insert(botCursor)
    .values({ bot, eventId })
    .onConflictDoUpdate({ target: botCursor.bot, set: { eventId: furthest, updatedAt: sql`now()` } })
    .returning();
  return row?.eventId ?? eventId;
}
