// The unfinished file at the destination: is it still growing, can it be gone on with, remove it.

import type { Session } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import { FonError } from "../platform/errors.ts";

/** Between two looks at a size that shall stand still. */
export const lookMs = 700;
const maxLooks = 10;

/**
 * The size once two looks saw the same; undefined when nothing is there. A server may go on writing after its
 * control connection is gone (vsftpd, pyftpdlib), so one look tells nothing.
 * @throws `fxp.cut` when it keeps growing: the end of an earlier run has to be waited for
 */
export async function stillSize(
  session: Session,
  path: string,
  clock: Clock,
  signal?: AbortSignal,
): Promise<number | undefined> {
  let last = await session.size(path);
  for (let looks = 1; looks < maxLooks; looks += 1) {
    if (last === undefined) return undefined;
    await clock.wait(lookMs, signal);
    signal?.throwIfAborted();
    const size = await session.size(path);
    if (size === last) return size;
    last = size;
  }
  throw new FonError("fxp.cut", {}, { detail: "an unfinished file of ours still grows" });
}

export type PartPlan =
  /** A new file, over whatever part is there. */
  | { kind: "fresh" }
  /** Both sides start at `offsetBytes`. */
  | { kind: "resume"; offsetBytes: number }
  /** All bytes are there, only the name is missing. */
  | { kind: "whole" };

/**
 * Pure. Only a part whose progress we wrote down (`bytesDone`) is gone on with; when the source changes, that is set
 * back to 0, and so the part of the older file is never continued with the newer one. A part longer than the
 * source is never continued: its old tail would stay.
 */
export function planPart(
  partBytes: number | undefined,
  expected: { sizeBytes: number; bytesDone: number },
  canRestart: boolean,
): PartPlan {
  if (partBytes === undefined || expected.bytesDone === 0) return { kind: "fresh" };
  if (partBytes === expected.sizeBytes) return { kind: "whole" };
  if (partBytes === 0 || partBytes > expected.sizeBytes || !canRestart) return { kind: "fresh" };
  return { kind: "resume", offsetBytes: partBytes };
}
