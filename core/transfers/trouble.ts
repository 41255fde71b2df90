// What a run that failed ends with: again later, over, or at once from another server that has the same file.
import type { ErrorCode } from "#contract";
import { mayGoElsewhere, tellsOfSpeed } from "./classify.ts";
import type { ElsewhereDeps } from "./elsewhere.ts";
import { bytesToKeep, findElsewhere } from "./elsewhere.ts";
import type { JobDeps } from "./job.ts";
import type { Elsewhere, Lease, Outcome, Progress } from "./lease.ts";
import { hasProgressed, outcomeOf, timesOf, troubleOf } from "./outcome.ts";
import { Faster } from "./pace.ts";
import type { Ends } from "./store/knowledge.ts";

export interface Ended {
  error: unknown;
  lease: Lease;
  ends: Ends;
  signal: AbortSignal;
  progress: Progress;
}

type Deps = ElsewhereDeps & Pick<JobDeps, "knowledge">;

/** @throws the signal's reason when it aborts meanwhile */
export async function endOf(deps: Deps, ended: Ended): Promise<Outcome> {
  const { error, lease, ends, signal, progress } = ended;
  if (error instanceof Faster) return await goElsewhere(deps, ended, error.to, "fxp.slow");
  const trouble = troubleOf(error);
  if (progress.way && tellsOfSpeed(trouble.code))
    await deps.knowledge.learnFailure(lease.sourceId, lease.destinationId, deps.clock.now());
  const wayId = progress.way?.id ?? lease.arrangement;
  const outcome = outcomeOf(trouble, {
    ...{ lease, ends, wayId, now: deps.clock.now() },
    hasProgressed: hasProgressed(lease, progress.bytesDone),
  });
  const mayGo = trouble.isUsedUp || mayGoElsewhere(trouble.code, trouble.side, timesOf(trouble.code, lease));
  if (!mayGo || (outcome.kind !== "wait" && outcome.kind !== "over")) return outcome;
  const { to, ruledOut } = await findElsewhere(deps, lease, ends, signal);
  const known = outcome.tried ?? lease.tried;
  if (to)
    return await goElsewhere(deps, { ...ended, lease: { ...lease, tried: [...known, ...ruledOut] } }, to, trouble.code);
  return ruledOut.length > 0 ? { ...outcome, tried: [...known, ...ruledOut] } : outcome;
}

/** Its source may not be read from now, by its owner's doing; another one may. @throws the signal's reason */
export async function instead(
  deps: Deps,
  { refusal, ends }: { refusal: Outcome; ends?: Ends },
  run: Pick<Ended, "lease" | "signal" | "progress">,
): Promise<Outcome> {
  if (!ends || (refusal.kind !== "wait" && refusal.kind !== "over")) return refusal;
  const { lease, signal } = run;
  const code = refusal.reason.code as ErrorCode;
  const isOfDestination = refusal.kind === "wait" && refusal.waitsForId === lease.destinationId;
  if (isOfDestination || !mayGoElsewhere(code, "source", 1)) return refusal;
  const { to, ruledOut } = await findElsewhere(deps, lease, ends, signal);
  const tried = [...lease.tried, ...ruledOut];
  return to ? await goElsewhere(deps, { ...run, lease: { ...lease, tried } }, to, code) : { ...refusal, tried };
}

async function goElsewhere(
  deps: Deps,
  ended: Pick<Ended, "lease" | "signal" | "progress">,
  to: Elsewhere,
  code: string,
): Promise<Outcome> {
  const { lease, signal, progress } = ended;
  const hasPart = progress.bytesDone > 0;
  const bytesDone = hasPart ? await bytesToKeep(deps, lease, to, signal) : 0;
  deps.log.info({ transfer: lease.id, code, bytesDone }, "another server takes over");
  return { kind: "elsewhere", to, bytesDone, tried: [...lease.tried, { sourceId: lease.sourceId, code }] };
}
