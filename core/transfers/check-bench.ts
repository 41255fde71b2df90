// The connections that one look at a pair works with, and the empty file that it may make in the inbox: written down
// before it is made, so that it goes even when this process dies.
import type { PairProbe, Session } from "../ftp/index.ts";
import { joinPath } from "../ftp/index.ts";
import { FonError } from "../platform/errors.ts";
import type { OpenServer } from "../servers/index.ts";
import type { Side } from "./blame.ts";
import { at, Blamed } from "./blame.ts";
import type { DoctorDeps, Patient } from "./check.ts";
import { probeName } from "./destination-path.ts";
import { troubleOf } from "./outcome.ts";

type Sessions = Omit<PairProbe, "arrangement" | "signal">;
type Member = Side | "lookout";

export interface Bench {
  /** As they are now; closed ones are opened anew by `use`. */
  source(): Session;
  destination(): Session;
  /** Of the file, as its server has just said. */
  sizeBytes: number;
  /** Of the servers' settings. */
  versions: [source: number, destination: number];
  /** Runs `work` with two open sessions. @throws Blamed when one cannot be opened again */
  use<T>(work: (sessions: Sessions) => Promise<T>): Promise<T>;
  /** Removes the empty file and closes everything; what cannot be removed now is left to the janitor. */
  clear(): Promise<void>;
}

/** When the janitor removes what this process could not. */
const leftoverMs = 3 * 60_000;
/** A server that was cut off in the middle may make the file only then. */
const uncleanMs = 60_000;
/** The pool keeps four idle connections of a kind at most; each of them may have died. */
const mostOpenings = 5;

/** @throws Blamed when a server cannot be opened or the file is not there */
export async function openBench(deps: DoctorDeps, patient: Patient, signal: AbortSignal): Promise<Bench> {
  const line = createLine(deps, patient, signal);
  try {
    const ends = { source: await line.open("source"), destination: await line.open("destination") };
    const lookout = await line.open("lookout").catch(unlessBusy);
    const sourcePath = joinPath(ends.source.root, patient.file.path);
    const sizeBytes = await at("source", ends.source.session.size(sourcePath));
    if (sizeBytes === undefined) throw new Blamed("source", new FonError("file.gone"));
    return bench(deps, patient, line, { ends, lookout, sourcePath, sizeBytes });
  } catch (error) {
    line.close();
    throw error;
  }
}

/** A server with few places is looked at without a second connection. */
function unlessBusy(error: unknown): undefined {
  if (troubleOf(error).code !== "server.busy") throw error;
}

interface Opened {
  ends: Record<Side, OpenServer>;
  lookout: OpenServer | undefined;
  sourcePath: string;
  sizeBytes: number;
}

function bench(deps: DoctorDeps, patient: Patient, line: Line, opened: Opened): Bench {
  const { ends, lookout, sourcePath, sizeBytes } = opened;
  const trace = createTrace(deps, patient.destinationId);
  const destinationPath = joinPath(inboxOf(ends.destination), trace.name);
  return {
    source: () => ends.source.session,
    destination: () => ends.destination.session,
    sizeBytes,
    versions: [ends.source.version, ends.destination.version],
    async use(work) {
      for (const side of ["source", "destination"] as const)
        if (ends[side].session.closed) ends[side] = await line.open(side);
      await trace.expect();
      const sessions = { source: ends.source.session, destination: ends.destination.session };
      const sizeOf = async () => lookout?.session.size(destinationPath);
      try {
        return await work({ ...sessions, sourcePath, sizeBytes, destinationPath, sizeOf });
      } finally {
        if (sessions.destination.closed) trace.doubt();
      }
    },
    async clear() {
      try {
        if (!trace.isExpected()) return;
        const living = [lookout, ends.destination].find((one) => one && !one.session.closed);
        if (!living) line.close();
        const remover = living ?? (await line.open("lookout"));
        await remover.session.remove(destinationPath);
        await trace.forget();
      } catch {
        // It is written down: the janitor comes.
      } finally {
        line.close();
      }
    },
  };
}

function inboxOf({ inbox }: OpenServer): string {
  // Its owner took the inbox away since it was asked about: without one, paths would begin at the login's home.
  if (inbox === undefined) throw new Blamed("destination", new FonError("server.no-inbox"));
  return inbox;
}

/** The empty file as it stands in the books. */
export function createTrace(
  { clock, leftovers, random }: Pick<DoctorDeps, "clock" | "leftovers" | "random">,
  serverId: number,
) {
  const id = -1 - Math.floor(random() * 2 ** 47);
  const name = probeName(id);
  const inMs = (ms: number) => new Date(clock.now().getTime() + ms);
  let isExpected = false;
  let isDoubtful = false;
  return {
    /** As `name` has it. */
    id: String(-id),
    name,
    isExpected: () => isExpected,
    async expect() {
      if (isExpected) return;
      await leftovers.expect({ transferId: id, serverId, path: name }, inMs(leftoverMs));
      isExpected = true;
    },
    doubt() {
      isDoubtful = true;
    },
    forget: () => (isDoubtful ? leftovers.putOff([id], inMs(uncleanMs)) : leftovers.forget([id])),
  };
}

interface Line {
  /** @throws Blamed */
  open(member: Member): Promise<OpenServer>;
  close(): void;
}

function createLine({ servers }: DoctorDeps, { file, destinationId }: Patient, signal: AbortSignal): Line {
  const opened: OpenServer[] = [];
  const openOnce = (member: Member) => {
    if (member === "source") return servers.open(file.serverId, { use: "fxp", signal });
    return servers.open(destinationId, { use: member === "lookout" ? "files" : "fxp", write: true, signal });
  };
  const openLiving = async (member: Member): Promise<OpenServer> => {
    for (let openings = 1; ; openings += 1) {
      const one = await openOnce(member);
      opened.push(one);
      try {
        await one.session.directoryExists(member === "source" ? one.root : inboxOf(one));
        return one;
      } catch (error) {
        one.release("close");
        if (!one.session.closed || signal.aborted || openings === mostOpenings) throw error;
      }
    }
  };
  return {
    open: (member) => at(member === "source" ? "source" : "destination", openLiving(member)),
    close: () => {
      for (const one of opened) one.release("close");
    },
  };
}
