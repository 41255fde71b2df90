// The connections that one transfer works with, kept for the next file of the same two servers, so that two thousand
// small files do not log in two thousand times. Knows nothing of files.
import type { Session } from "../ftp/index.ts";
import { isIdle } from "../ftp/index.ts";
import type { OpenServer, Servers } from "../servers/index.ts";
import type { Side } from "./blame.ts";
import { at, both } from "./blame.ts";
import type { Lease } from "./lease.ts";
import type { KnownPair } from "./store/knowledge.ts";

type Pair = Pick<Lease, "sourceId" | "destinationId">;

export interface Crew {
  readonly source: OpenServer;
  readonly destination: OpenServer;
  /** It worked for another file before: a connection of it may have died since. */
  readonly isUsed: boolean;
  /** Folders below the inbox that are surely there. */
  readonly knownFolders: Set<string>;
  /** What is remembered of this pair; undefined until somebody asked. */
  memory: KnownPair | undefined;
  /** Free space of the destination, as last told and less what came since; undefined until somebody asked. */
  freeBytes: number | undefined;
  /** A second session of the destination, opened when first needed, for looks while the first one is busy. */
  lookout(): Promise<Session>;
  /** Further sessions of the destination that are open now: the lookout's, which must not be at work. */
  spares(): Session[];
  /** Opens anew what a failed arrangement closed. */
  mend(signal: AbortSignal): Promise<void>;
}

export interface Crews {
  /** @throws Blamed when a server cannot be opened */
  take(pair: Pair, signal: AbortSignal): Promise<Crew>;
  /** Gives it back for the next file, or ends it when `isSound` is false or something of it is closed. */
  put(crew: Crew, isSound: boolean): void;
  /** Gives the connections of idle crews back to the servers' pool. */
  rest(): void;
  /** Servers or rights changed: no connection that is open now is used for another file. */
  expire(): void;
}

interface Member extends Crew {
  readonly key: string;
  isUsed: boolean;
  isStale: boolean;
  end(verdict: "keep" | "close"): void;
  isWhole(): boolean;
}

export function createCrews(servers: Pick<Servers, "open">): Crews {
  const idle: Member[] = [];
  const working = new Set<Member>();

  function rest(): void {
    for (const crew of idle.splice(0)) crew.end("keep");
  }

  return {
    async take(pair, signal) {
      const key = `${pair.sourceId}>${pair.destinationId}`;
      const at = idle.findIndex((crew) => crew.key === key);
      const kept = at < 0 ? undefined : idle.splice(at, 1)[0];
      // Others are not held back from the servers' few places while this pair is busy.
      if (!kept) rest();
      const crew = kept ?? (await openCrew(servers, key, pair, signal));
      working.add(crew);
      return crew;
    },
    put(crew, isSound) {
      const member = crew as Member;
      working.delete(member);
      if (!isSound || member.isStale || !member.isWhole()) return member.end(isSound ? "keep" : "close");
      member.isUsed = true;
      idle.push(member);
    },
    rest,
    expire() {
      for (const crew of working) crew.isStale = true;
      for (const crew of idle.splice(0)) crew.end("close");
    },
  };
}

async function openCrew(
  servers: Pick<Servers, "open">,
  key: string,
  { sourceId, destinationId }: Pair,
  signal: AbortSignal,
): Promise<Member> {
  const openSide = (side: Side, now: AbortSignal) =>
    side === "source"
      ? at(side, servers.open(sourceId, { use: "fxp", signal: now }))
      : at(side, servers.open(destinationId, { use: "fxp", write: true, signal: now }));
  const openings = [openSide("source", signal), openSide("destination", signal)] as const;
  try {
    const [source, destination] = await both(...openings);
    const openLookout = () => servers.open(destinationId, { use: "files", write: true });
    return member(key, { source, destination }, openSide, openLookout);
  } catch (error) {
    for (const opening of openings) void opening.then((end) => end.release("keep")).catch(() => undefined);
    throw error;
  }
}

function member(
  key: string,
  ends: Record<Side, OpenServer>,
  openSide: (side: Side, signal: AbortSignal) => Promise<OpenServer>,
  openLookout: () => Promise<OpenServer>,
): Member {
  let lookout: OpenServer | undefined;
  const all = () => [ends.source, ends.destination, ...(lookout ? [lookout] : [])];
  return {
    key,
    isUsed: false,
    isStale: false,
    knownFolders: new Set(),
    memory: undefined,
    freeBytes: undefined,
    get source() {
      return ends.source;
    },
    get destination() {
      return ends.destination;
    },
    async lookout() {
      if (lookout?.session.closed) lookout.release("close");
      if (!lookout || lookout.session.closed) lookout = await openLookout();
      return lookout.session;
    },
    spares: () => (lookout && !lookout.session.closed ? [lookout.session] : []),
    async mend(signal) {
      for (const side of ["source", "destination"] as const) {
        if (!ends[side].session.closed) continue;
        ends[side].release("close");
        ends[side] = await openSide(side, signal);
      }
    },
    isWhole: () => all().every(({ session }) => !session.closed && isIdle(session)),
    end(verdict) {
      for (const end of all()) end.release(end.session.closed || !isIdle(end.session) ? "close" : verdict);
    },
  };
}
