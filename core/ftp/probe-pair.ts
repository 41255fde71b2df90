// Does one way between two servers work: tried with both of them, for the doctor. The source is told to begin at the end of
// its file, so that no byte of it moves, and the destination gets an empty file of ours, which the caller removes.
import { asFonError } from "../platform/errors.ts";
import { introduce, RefusedEarly } from "./fxp/introduce.ts";
import type { Fxp } from "./fxp/pair.ts";
import { asOpen } from "./open-session.ts";
import type { FxpLimits, PairArrangement, Session } from "./types.ts";

export interface PairProbe {
  /** Both opened with use `fxp`, and used by nobody else meanwhile. Closed afterwards where a server may still be busy. */
  source: Session;
  destination: Session;
  sourcePath: string;
  /** What SIZE has just said of it. */
  sizeBytes: number;
  /** Of the empty file. */
  destinationPath: string;
  arrangement: PairArrangement;
  signal: AbortSignal;
  /** SIZE of the empty file over another session of the destination: more than nothing ends it at once. */
  sizeOf: () => Promise<number | undefined>;
}

export interface PairProbeDeps {
  fxp: Fxp;
  /** A server that says nothing for so long refuses in silence (Pure-FTPd). */
  patienceMs: number;
}

/**
 * `untried`: they agree on addresses, and more cannot be known without moving a byte, as the source does not begin at the
 * end of a file. @throws FonError as Fxp.transfer, or the signal's reason
 */
export async function probePair({ fxp, patienceMs }: PairProbeDeps, probe: PairProbe): Promise<"works" | "untried"> {
  if (!probe.source.features.rest && probe.sizeBytes > 0) return await introduceOnly(probe);
  const isMoving = new AbortController();
  try {
    await fxp.transfer({
      ...probe,
      offsetBytes: 0,
      ...(probe.sizeBytes > 0 && { sourceOffsetBytes: probe.sizeBytes }),
      limits: limitsOf(patienceMs),
      signal: AbortSignal.any([probe.signal, isMoving.signal]),
      onProgress: (bytes) => {
        if (bytes > 0) isMoving.abort();
      },
    });
    return "works";
  } catch (error) {
    probe.signal.throwIfAborted();
    // It was told to send nothing and sends: the way works, and it has been stopped.
    if (isMoving.signal.aborted) return "works";
    if (isAboutRestart(error)) return "untried";
    throw error;
  }
}

function limitsOf(ms: number): FxpLimits {
  return { openingMs: ms, stallMs: ms, lingerMs: ms, firstPollMs: 200, pollMs: 500 };
}

async function introduceOnly({ source, destination, arrangement }: PairProbe): Promise<"untried"> {
  try {
    await introduce({ source: asOpen(source), destination: asOpen(destination) }, arrangement, 0);
    return "untried";
  } catch (error) {
    throw error instanceof RefusedEarly ? error.reason : error;
  }
}

/** 554 or a refused REST: the addresses were agreed on before. */
function isAboutRestart(error: unknown): boolean {
  const trouble = asFonError(error);
  return trouble?.code === "file.changed" || trouble?.params["why"] === "resume";
}
