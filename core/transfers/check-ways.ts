// The ways between two servers, one after the other until one works: the doctor's half that tries.
import type { api, ErrorCode, OutputOf, Reason } from "#contract";
import type { Advice, Arrangement, PairArrangement } from "../ftp/index.ts";
import { probePair } from "../ftp/index.ts";
import { asFonError, FonError } from "../platform/errors.ts";
import type { Side } from "./blame.ts";
import { Blamed } from "./blame.ts";
import type { DoctorDeps, Patient } from "./check.ts";
import type { Bench } from "./check-bench.ts";
import { mayTryAnother } from "./classify.ts";
import { troubleOf } from "./outcome.ts";
import { nameOf } from "./permit.ts";

type Way = OutputOf<typeof api.transfers.check>["ways"][number];

export interface Tried {
  ways: Way[];
  works?: PairArrangement;
  /** What the destination should be told, where it is the one that refused. */
  needs: Advice["why"][];
  /** Trouble that no other way would be without. */
  reason: Reason | null;
}

const untried = (way: Arrangement): Way => ({ arrangement: way.id, result: "untried", reason: null });

/** In their order; what comes after one that works is not tried. */
export async function tryWays(
  deps: DoctorDeps,
  patient: Patient,
  bench: Bench,
  ways: readonly Arrangement[],
  signal: AbortSignal,
): Promise<Tried> {
  const tried: Tried = { ways: [], needs: [], reason: null };
  let isOver = false;
  for (const way of ways) {
    // The relay moves contents or nothing: it is never tried.
    if (isOver || way.data === "relayed") {
      tried.ways.push(untried(way));
      continue;
    }
    const found = await tryWay(deps, patient, bench, way, signal);
    tried.ways.push({ arrangement: way.id, result: found.result, reason: found.reason });
    if (found.result === "refused") tried.needs.push(...needsFor(way, found.side));
    if (found.result === "works") tried.works = way;
    isOver = found.isLast;
    if (found.isLast && found.result === "refused") tried.reason = found.reason;
  }
  const isAllRefused = tried.ways.length > 0 && tried.ways.every(({ result }) => result === "refused");
  if (isAllRefused) tried.reason ??= { code: "fxp.no-arrangement", params: {} };
  return tried;
}

const defaultPatienceMs = 6_000;

interface Found {
  result: Way["result"];
  reason: Reason | null;
  side: Side | undefined;
  /** No further way needs to be tried. */
  isLast: boolean;
}

async function tryWay(
  deps: DoctorDeps,
  patient: Patient,
  bench: Bench,
  way: PairArrangement,
  signal: AbortSignal,
): Promise<Found> {
  try {
    await requireSight(deps, patient);
    const { fxp, patienceMs = defaultPatienceMs } = deps;
    const result = await bench.use((sessions) =>
      probePair({ fxp, patienceMs }, { ...sessions, arrangement: way, signal }),
    );
    return { result, reason: null, side: undefined, isLast: true };
  } catch (error) {
    if (!signal.aborted && !(error instanceof Blamed) && !asFonError(error)) throw error;
    const late: { code: ErrorCode; side: Side | undefined } = { code: "fxp.stalled", side: undefined };
    const { code, side } = signal.aborted ? late : troubleOf(error);
    const params = side ? nameOf(side, patient.ends) : {};
    const isLast = signal.aborted || !mayTryAnother(code, false);
    return { result: "refused", reason: { code, params }, side, isLast };
  }
}

/** Somebody may have left, or taken the share away, since the last way. */
export async function requireSight({ shares }: DoctorDeps, { person, file }: Patient): Promise<void> {
  const sees = await shares.sight(person.id, file.groupId);
  if (sees(file.serverId, file.path)) return;
  throw new FonError("pull.no-longer-allowed");
}

/** What can be changed at the destination when a way is refused: by itself, or for its TLS by either of the two. */
function needsFor(way: PairArrangement, side: Side | undefined): Advice["why"][] {
  const isClient = way.tlsClient?.side === "destination";
  const address = way.passive === "destination" ? ("fxp-passive" as const) : ("fxp-active" as const);
  return [
    ...(side === "destination" ? [address] : []),
    ...(way.data === "protected" && isClient ? (["peer-certificate"] as const) : []),
    ...(way.data === "protected" && !isClient && side === "destination" ? (["session-reuse"] as const) : []),
  ];
}
