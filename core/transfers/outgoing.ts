// What an owner sees of those who take from their servers, and can end.
import type { Outgoing } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { readRef } from "../platform/refs.ts";
import { createOutgoingStore } from "./store/outgoing.ts";

export interface OutgoingPulls {
  /** Of others, from this person's servers, latest first; what is over too, as long as it is remembered. */
  list(owner: Person, limit: number): Promise<Outgoing[]>;
  /**
   * Ends for good what is open of it; gives how many files. Running ones are cut off, their unfinished copies go.
   * @throws `pull.unknown` also when nothing of it is from this person's servers, `pull.wrong-state` when all is over
   */
  stop(owner: Person, ref: string): Promise<number>;
}

export function createOutgoing({ db, clock }: { db: Db; clock: Clock }): OutgoingPulls {
  const store = createOutgoingStore(db);
  return {
    list: (owner, limit) => store.latest(owner.id, limit),
    async stop(owner, text) {
      const ref = readRef(text);
      const stopped = ref?.kind === "p" ? await store.stop(owner.id, ref.id, clock.now()) : undefined;
      if (stopped === undefined) throw new FonError("pull.unknown");
      if (stopped === 0) throw new FonError("pull.wrong-state", { state: "done" });
      return stopped;
    },
  };
}
