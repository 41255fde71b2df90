// The doctor for a pair: could what somebody sees come to their own server, tried with the two real servers. No byte of a
// file moves, and nothing stays behind. Does not wait for slots and takes none: it works on connections of its own.
import type { api, OutputOf, Room } from "#contract";
import type { Catalog, PickedFile } from "../catalog/index.ts";
import type { Advice, createFxp, PairArrangement, ProbeTrace } from "../ftp/index.ts";
import { adviceFor, pickAlgorithm, waysBetween } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { createLimiter } from "../platform/limiter.ts";
import { readRef } from "../platform/refs.ts";
import type { Servers } from "../servers/index.ts";
import type { Shares } from "../shares/index.ts";
import type { Bench } from "./check-bench.ts";
import { createTrace, openBench } from "./check-bench.ts";
import { requireSight, tryWays } from "./check-ways.ts";
import { longestWholeBytes } from "./compare.ts";
import { troubleOf } from "./outcome.ts";
import { nameOf } from "./permit.ts";
import type { Ends, Knowledge, KnownPair } from "./store/knowledge.ts";
import { createKnowledge } from "./store/knowledge.ts";
import type { LeftoverStore } from "./store/leftovers.ts";
import { createLeftoverStore } from "./store/leftovers.ts";
import type { PairRow, PulledFile } from "./store/pairs.ts";
import { selectPairs, selectPulledFile } from "./store/pairs.ts";
import { allowedBy, codeOfLack } from "./ways.ts";

export interface DoctorNeeds {
  db: Db;
  clock: Clock;
  servers: Pick<Servers, "findInbox" | "open">;
  shares: Pick<Shares, "sight">;
  catalog: Pick<Catalog, "resolve" | "files">;
  /** The engine's own: servers that must not be met by two transfers at once are known to it. */
  fxp: ReturnType<typeof createFxp>;
  /** 0 up to 1. */
  random: () => number;
  /** How long two servers may take to meet. Default 6,000. */
  patienceMs?: number;
}

export interface DoctorDeps extends DoctorNeeds {
  knowledge: Knowledge;
  leftovers: LeftoverStore;
}

type PairCheck = OutputOf<typeof api.transfers.check>;

export interface Doctor {
  /**
   * @param wish one reference: of what can be pulled, or of a pull
   * @throws what `choose` throws; `pull.unknown`; what opening a server throws, with its name; `request.too-many`: one at a
   * time, and three a minute
   */
  check(person: Person, room: Room, wish: Wish): Promise<PairCheck>;
  /** What worked between this server and others, as its owner may know it. */
  pairsOf(ownerId: number, serverId: number): Promise<PairRow[]>;
  /** For one probe of one server: the janitor removes what it leaves. */
  traceOf(serverId: number): ProbeTrace;
}

const checksAMinute = 3;
/** Below what a bot waits for an answer. */
const longestMs = 75_000;

export function createDoctor(needs: DoctorNeeds): Doctor {
  const deps = { ...needs, knowledge: createKnowledge(needs.db), leftovers: createLeftoverStore(needs.db) };
  const limiter = createLimiter({ clock: deps.clock, most: checksAMinute, withinMs: 60_000 });
  const busy = new Set<number>();
  return {
    async check(person, room, wish) {
      if (busy.has(person.id)) throw new FonError("request.too-many");
      limiter.take(person.id);
      busy.add(person.id);
      try {
        return await checkPair(deps, await findPatient(deps, person, room, wish));
      } finally {
        busy.delete(person.id);
      }
    },
    pairsOf: (ownerId, serverId) => selectPairs(deps.db, ownerId, serverId),
    traceOf: (serverId) => createTrace(deps, serverId),
  };
}

/** What is looked at: one file, its server, and where it would go. */
export interface Patient {
  person: Person;
  file: Pick<PickedFile, "groupId" | "serverId" | "path">;
  destinationId: number;
  ends: Ends;
}

type Wish = { what: string[]; to?: string | undefined };

async function findPatient(deps: DoctorDeps, person: Person, room: Room, wish: Wish): Promise<Patient> {
  const { destinationId, ...file } =
    (await findPulled(deps, person, wish)) ?? (await findPicked(deps, person, room, wish));
  const { groupId, serverId: sourceId } = file;
  const ends = await deps.knowledge.ends({ personId: person.id, groupId, sourceId, destinationId });
  if (!ends?.isOwnDestination) throw new FonError("server.unknown");
  return { person, file, destinationId, ends };
}

/** A pull of this person's, when that is what they named. @throws `pull.unknown` */
async function findPulled(deps: DoctorDeps, person: Person, { what }: Wish): Promise<PulledFile | undefined> {
  const ref = readRef(what[0] ?? "");
  if (ref?.kind !== "p") return undefined;
  const found = await selectPulledFile(deps.db, person.id, ref.id);
  if (!found) throw new FonError("pull.unknown");
  return found;
}

/** Of a folder or an announcement the first file that is not on the destination itself. */
async function findPicked(deps: DoctorDeps, person: Person, room: Room, wish: Wish): Promise<PulledFile> {
  const picked = await deps.catalog.resolve(person, room, wish.what);
  const destination = await deps.servers.findInbox(person.id, wish.to);
  let isAnythingThere = false;
  for (const one of picked) {
    const files = await deps.catalog.files(one);
    isAnythingThere ||= files.length > 0;
    const file = files.find(({ serverId }) => serverId !== destination.id);
    if (file) return { ...file, destinationId: destination.id };
  }
  throw new FonError(isAnythingThere ? "pull.own-file" : "pull.nothing-to-do");
}

async function checkPair(deps: DoctorDeps, patient: Patient): Promise<PairCheck> {
  const late = new AbortController();
  const done = new AbortController();
  void deps.clock.wait(longestMs, done.signal).then(() => late.abort(new FonError("fxp.stalled")));
  try {
    await requireSight(deps, patient);
    const bench = await openBench(deps, patient, late.signal).catch((error: unknown) => renamed(error, patient));
    try {
      return await examine(deps, patient, bench, late.signal);
    } finally {
      await bench.clear();
    }
  } finally {
    done.abort();
  }
}

async function examine(deps: DoctorDeps, patient: Patient, bench: Bench, signal: AbortSignal): Promise<PairCheck> {
  const { ends, file, destinationId } = patient;
  const { source, destination } = bench;
  const remembered = await deps.knowledge.pairOf(file.serverId, destinationId, bench.versions);
  const allowed = allowedBy(ends);
  const { ways, lacks } = waysBetween(source(), destination(), allowed, remembered?.arrangement);
  const comparison = comparisonOf(bench);
  const lack = ways.length === 0 ? codeOfLack(lacks, ends) : comparison ? undefined : "fxp.not-comparable";
  const tried = await tryWays(deps, patient, bench, ways, signal);
  const needs = [...tried.needs, ...(lacks === "protection" ? needsForProtection(bench) : [])];
  if (tried.works) await learn(deps, patient, bench, tried.works, remembered);
  return {
    from: ends.sourceOwner,
    to: ends.destinationLabel,
    ways: tried.ways,
    reason: lack ? { code: lack, params: {} } : tried.reason,
    comparison: (ways.length > 0 && comparison) || null,
    remembered: remembered ?? null,
    advice: adviceFor(destination().features.software, needs).map(({ line, why }) => ({ line, why })),
  };
}

/** Undefined: a copy could not be compared with its source (see compare.ts), so that it would not be kept. */
function comparisonOf(bench: Bench): "hash" | "blocks" | undefined {
  const ends = [bench.source().features, bench.destination().features] as const;
  if (pickAlgorithm(...ends)) return "hash";
  return bench.sizeBytes <= longestWholeBytes || ends.every(({ rest }) => rest) ? "blocks" : undefined;
}

function needsForProtection({ destination }: Bench): Advice["why"][] {
  const { dataProtection, canProtectData } = destination();
  return [
    ...(dataProtection === "protected" ? (["clear-data"] as const) : []),
    ...(canProtectData ? [] : (["protected-data"] as const)),
  ];
}

async function learn(
  { knowledge, clock }: DoctorDeps,
  { file, destinationId }: Patient,
  { versions }: Bench,
  way: PairArrangement,
  remembered: KnownPair | undefined,
): Promise<void> {
  if (remembered?.arrangement === way.id) return;
  const [sourceVersion, destinationVersion] = versions;
  const pair = { sourceId: file.serverId, destinationId, sourceVersion, destinationVersion };
  await knowledge.learn({ ...pair, arrangement: way.id, bytesPerSecond: null }, clock.now());
}

/** The trouble of one of the two servers, with the name that the person knows it by. */
function renamed(error: unknown, { ends }: Patient): never {
  const { code, side } = troubleOf(error);
  if (code === "core.internal" || !side) throw error;
  throw new FonError(code, nameOf(side, ends), { cause: error });
}
