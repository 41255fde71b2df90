// Who is next: round robin between people, small files before large ones within a person's turn, within the slots of
// every server, the places of every person and what owners allow. Pure; store/leasing.ts gives it what is due and
// leases what it chose.

export interface Candidate {
  id: number;
  personId: number;
  groupId: number;
  sourceId: number;
  destinationId: number;
  sizeBytes: number;
  /** What is still to come of it. */
  leftBytes: number;
  /** Its place in its person's line, see `rankOf`. */
  rank: number;
  /** Its person owns the source: nobody is limited at home. */
  isOwn: boolean;
}

/** How a person stands: transfers running now, and when their last one started (ms of the epoch, 0: never). */
export interface Standing {
  running: number;
  lastTurnAtMs: number;
}

/** Free slots by server; a server that is not in the map has none. */
export interface FreeSlots {
  out: ReadonlyMap<number, number>;
  in: ReadonlyMap<number, number>;
}

export interface Table {
  /** Who is not in it has had no turn. */
  standings: ReadonlyMap<number, Standing>;
  slots: FreeSlots;
  /** Bytes that an owner still lets through, by `purseKeys`; without an entry there is no limit. */
  purses: ReadonlyMap<string, number>;
  /** At most so many. */
  places: number;
  nowMs: number;
}

/** One person never has more transfers running than this. */
export const mostOfOnePerson = 8;
/** A running transfer puts its person back in the round as if they had had their last turn so much later. */
export const turnWeightMs = 5 * 60_000;
/** A file of twice the size lets files pass that were queued up to this long after it. */
const doublingSeconds = 600;

/** What goes before what in a person's line: small before large, but nothing is passed by newer files for ever. */
export function rankOf(queuedAt: Date, sizeBytes: number): number {
  return Math.round(queuedAt.getTime() / 1000 + doublingSeconds * Math.log2(Math.max(sizeBytes, 0) + 1));
}

/** The purses that a transfer spends from: what its person, and what its group may take from its source. */
export function purseKeys({ sourceId, personId, groupId, isOwn }: Purse): string[] {
  return isOwn ? [] : [`${sourceId}/member ${personId}`, `${sourceId}/group ${groupId}`];
}

type Purse = Pick<Candidate, "sourceId" | "personId" | "groupId" | "isOwn">;

/**
 * The transfers to start now, in the order of their turns. A turn goes to the person whose last one is longest ago, each
 * running transfer counting as `turnWeightMs`; so somebody without any goes first, and nobody is passed over for ever.
 */
export function takeTurns<T extends Candidate>(candidates: readonly T[], table: Table): T[] {
  const seats = openSeats(table);
  const lines = linesByPerson(candidates);
  const taken: T[] = [];
  while (taken.length < table.places) {
    const next = nextOf(lines, seats);
    if (!next) break;
    seats.start(next);
    taken.push(next);
  }
  return taken;
}

/** Compares two people: whose turn comes first. */
export function byTurn(standings: ReadonlyMap<number, Standing>): (a: number, b: number) => number {
  const keyOf = (personId: number) => {
    const { running, lastTurnAtMs } = standings.get(personId) ?? unknown;
    return lastTurnAtMs + running * turnWeightMs;
  };
  return (a, b) => keyOf(a) - keyOf(b) || a - b;
}

const unknown: Standing = { running: 0, lastTurnAtMs: 0 };

function linesByPerson<T extends Candidate>(candidates: readonly T[]): Map<number, T[]> {
  const lines = Map.groupBy(candidates, (candidate) => candidate.personId);
  for (const line of lines.values()) line.sort((a, b) => a.rank - b.rank || a.sizeBytes - b.sizeBytes || a.id - b.id);
  return lines;
}

function nextOf<T extends Candidate>(lines: Map<number, T[]>, seats: Seats): T | undefined {
  const inTurn = [...lines.keys()].sort((a, b) => seats.compare(a, b));
  for (const personId of inTurn) {
    const line = lines.get(personId) ?? [];
    const at = line.findIndex((candidate) => seats.hasRoom(candidate));
    if (at >= 0) return line.splice(at, 1)[0];
    // What has no room now gets none in this round.
    lines.delete(personId);
  }
  return undefined;
}

/** Standings, slots and purses while turns are given out. */
function openSeats({ standings: before, slots, purses: full, nowMs }: Table) {
  const standings = new Map(before);
  const out = new Map(slots.out);
  const into = new Map(slots.in);
  const purses = new Map(full);
  let turns = 0;
  const standingOf = (personId: number) => standings.get(personId) ?? unknown;
  const use = (free: Map<number, number>, serverId: number) => free.set(serverId, (free.get(serverId) ?? 0) - 1);

  return {
    compare: byTurn(standings),
    hasRoom(one: Candidate): boolean {
      return (
        (out.get(one.sourceId) ?? 0) > 0 &&
        (into.get(one.destinationId) ?? 0) > 0 &&
        standingOf(one.personId).running < mostOfOnePerson &&
        purseKeys(one).every((key) => (purses.get(key) ?? Number.POSITIVE_INFINITY) >= one.leftBytes)
      );
    },
    start(one: Candidate): void {
      use(out, one.sourceId);
      use(into, one.destinationId);
      for (const key of purseKeys(one)) {
        const left = purses.get(key);
        if (left !== undefined) purses.set(key, left - one.leftBytes);
      }
      turns += 1;
      // A hair later each, as they are written down: of two who start together always the same one would go first.
      const lastTurnAtMs = nowMs + turns / 1000;
      standings.set(one.personId, { running: standingOf(one.personId).running + 1, lastTurnAtMs });
    },
  };
}

type Seats = ReturnType<typeof openSeats>;
