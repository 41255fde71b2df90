// Who is next: round robin between people, small files before large ones within a person's turn, within the
// slots of every server. Pure; store/queue.ts gives it what is due and leases what it chose.

export interface Candidate {
  id: number;
  personId: number;
  sourceId: number;
  destinationId: number;
  sizeBytes: number;
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

/**
 * The transfers to start now, in the order of their turns, at most `places`.
 * A turn goes to the person with the fewest running transfers, then to the one whose last turn is longest ago.
 */
export function takeTurns(
  candidates: readonly Candidate[],
  standings: ReadonlyMap<number, Standing>,
  slots: FreeSlots,
  places: number,
): Candidate[] {
  const table = openTable(standings, slots);
  const lines = linesByPerson(candidates);
  const taken: Candidate[] = [];
  while (taken.length < places) {
    const next = nextOf(lines, table);
    if (!next) break;
    table.start(next);
    taken.push(next);
  }
  return taken;
}

/** Every person's candidates, smallest first. */
function linesByPerson(candidates: readonly Candidate[]): Map<number, Candidate[]> {
  const lines = Map.groupBy(candidates, (candidate) => candidate.personId);
  for (const line of lines.values()) line.sort((a, b) => a.sizeBytes - b.sizeBytes || a.id - b.id);
  return lines;
}

function nextOf(lines: Map<number, Candidate[]>, table: Table): Candidate | undefined {
  const inTurn = [...lines.keys()].sort((a, b) => table.compare(a, b));
  for (const personId of inTurn) {
    const line = lines.get(personId) ?? [];
    const at = line.findIndex((candidate) => table.hasRoom(candidate));
    if (at >= 0) return line.splice(at, 1)[0];
  }
  return undefined;
}

/** The standings and free slots while turns are given out. */
function openTable(before: ReadonlyMap<number, Standing>, slots: FreeSlots) {
  const standings = new Map(before);
  const out = new Map(slots.out);
  const into = new Map(slots.in);
  let turns = 0;
  const standingOf = (personId: number) => standings.get(personId) ?? { running: 0, lastTurnAtMs: 0 };
  const use = (free: Map<number, number>, serverId: number) => free.set(serverId, (free.get(serverId) ?? 0) - 1);

  return {
    compare(a: number, b: number): number {
      const [one, other] = [standingOf(a), standingOf(b)];
      return one.running - other.running || one.lastTurnAtMs - other.lastTurnAtMs || a - b;
    },
    hasRoom({ sourceId, destinationId }: Candidate): boolean {
      return (out.get(sourceId) ?? 0) > 0 && (into.get(destinationId) ?? 0) > 0;
    },
    start({ personId, sourceId, destinationId }: Candidate): void {
      use(out, sourceId);
      use(into, destinationId);
      turns += 1;
      standings.set(personId, { running: standingOf(personId).running + 1, lastTurnAtMs: farFuture + turns });
    },
  };
}

type Table = ReturnType<typeof openTable>;
/** Later than every real instant, so that turns of this round count as the latest. */
const farFuture = 1e15;
