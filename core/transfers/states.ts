// The states of a file transfer and of a pull, as tables. Pure: the store turns them into one SQL statement each.
import type { PullState } from "#contract";

/** A transfer has the same states as the pull that it is part of. */
export type TransferState = PullState;

/** Something may still happen to it without a person's doing. */
export const openStates = ["queued", "running", "waiting", "paused"] as const satisfies TransferState[];
export const finalStates = ["done", "failed", "cancelled"] as const satisfies TransferState[];

export type Verb = "pause" | "resume" | "cancel" | "retry";

interface Change {
  from: readonly TransferState[];
  to: TransferState;
}

/** What a person's word does to each transfer of a pull; those in other states stay as they are. */
export const changes: Readonly<Record<Verb, Change>> = {
  pause: { from: ["queued", "running", "waiting"], to: "paused" },
  resume: { from: ["paused"], to: "queued" },
  cancel: { from: ["queued", "running", "waiting", "paused"], to: "cancelled" },
  // On something that waits it means: do not wait any longer.
  retry: { from: ["failed", "cancelled", "waiting"], to: "queued" },
};

export function nextState(verb: Verb, state: TransferState): TransferState {
  const change = changes[verb];
  return change.from.includes(state) ? change.to : state;
}

export type StateCounts = Readonly<Partial<Record<TransferState, number>>>;

const byWeight: readonly TransferState[] = ["running", "queued", "waiting", "paused", "failed", "cancelled", "done"];

/** The state of a pull follows from its transfers; one whose transfers all went with their servers counts as cancelled. */
export function pullStateOf(counts: StateCounts): PullState {
  return byWeight.find((state) => (counts[state] ?? 0) > 0) ?? "cancelled";
}

export function isFinal(state: TransferState): boolean {
  return (finalStates as readonly TransferState[]).includes(state);
}
