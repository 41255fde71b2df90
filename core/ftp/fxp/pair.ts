// One file from server to server (FXP, RFC 959 section 5.2): addresses the two servers, then runs the transfer.
// Whether the file arrived whole is the caller's to compare (226 proves nothing).
import type { Clock } from "../../platform/clock.ts";
import { asFonError, FonError } from "../../platform/errors.ts";
import { forgetsConnections } from "../arrangements.ts";
import type { OpenSession } from "../open-session.ts";
import { asOpen } from "../open-session.ts";
import type { FxpLimits, PairOutcome, PairTransfer } from "../types.ts";
import { canHurry, sendRest } from "./hurry.ts";
import type { Ends } from "./introduce.ts";
import { introduce, RefusedEarly, restart } from "./introduce.ts";
import { runPair } from "./run.ts";
import { createTurns } from "./turns.ts";
import type { Side } from "./verdict.ts";

export interface Fxp {
  /**
   * Resolves when both servers have said that they are done; rejects with a FonError, or the signal's reason.
   * After a rejection both sessions are closed, unless a server refused before both transfer commands were out.
   * A REST that is refused has `params.why === "resume"`: begin at 0.
   */
  transfer(pair: PairTransfer): Promise<PairOutcome>;
}

export interface FxpDeps {
  clock: Clock;
  limits?: Partial<FxpLimits>;
}

const defaultLimits: FxpLimits = {
  openingMs: 20_000,
  stallMs: 60_000,
  lingerMs: 30_000,
  firstPollMs: 300,
  pollMs: 1000,
};
const sides = ["source", "destination"] as const;

export function createFxp({ clock, limits: given }: FxpDeps): Fxp {
  const limits = { ...defaultLimits, ...given };
  const turns = createTurns(clock);

  async function transfer(pair: PairTransfer): Promise<PairOutcome> {
    const ends: Ends = { source: asOpen(pair.source), destination: asOpen(pair.destination) };
    for (const side of sides) ends[side].link.behind = [];
    const active = ends[pair.arrangement.passive === "source" ? "destination" : "source"];
    return forgetsConnections(active) ? await moveInTurn(pair, ends, active) : await move(pair, ends);
  }

  async function moveInTurn(pair: PairTransfer, ends: Ends, active: OpenSession): Promise<PairOutcome> {
    const { host, control } = active.link;
    const endTurn = await turns.take(`${host} ${control.currentSocket().remotePort}`, pair.signal);
    try {
      const outcome = await move(pair, ends);
      // Nothing is under way, but at this word it lets go of the old connection before another one gets its descriptor.
      await control.ask("ABOR").catch(() => undefined);
      return outcome;
    } finally {
      endTurn();
    }
  }

  async function move(pair: PairTransfer, ends: Ends): Promise<PairOutcome> {
    try {
      pair.signal.throwIfAborted();
      const paths = {
        source: await ends.source.absolute(pair.sourcePath),
        destination: await ends.destination.absolute(pair.destinationPath),
      };
      await address(pair, ends, paths);
      const startedAtMs = clock.monotonicMs();
      const bytes = await runPair({ pair, ends, paths, clock, limits: { ...limits, ...pair.limits } });
      return { bytes, elapsedMs: clock.monotonicMs() - startedAtMs };
    } catch (error) {
      // What was sent ahead is not asked any more.
      if (error instanceof RefusedEarly)
        for (const side of sides) if (ends[side].link.control.isAhead) ends[side].close();
      if (error instanceof RefusedEarly) throw error.reason;
      for (const side of sides) ends[side].close();
      pair.signal.throwIfAborted();
      throw error;
    }
  }

  return { transfer };
}

async function address(pair: PairTransfer, ends: Ends, paths: Record<Side, string>): Promise<void> {
  const { arrangement, offsetBytes, sourceOffsetBytes, signal, onState, hurry } = pair;
  const onMeeting = (told: string) => hurry && canHurry(ends) && sendRest(ends, told, { arrangement, paths, ...hurry });
  onState?.("addressing");
  const close = () => sides.forEach((side) => void ends[side].close());
  signal.addEventListener("abort", close, { once: true });
  try {
    await introduce(ends, arrangement, offsetBytes, onMeeting);
    if (sourceOffsetBytes !== undefined) await restart(ends, "source", sourceOffsetBytes);
  } catch (error) {
    onState?.(signal.aborted ? "aborted" : "failed");
    if (asFonError(error)?.code === "server.offline")
      throw new FonError("fxp.cut", {}, { detail: "lost while addressing" });
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
  signal.throwIfAborted();
}
