// One adapter at its work: it listens to its platform and tells what the core tells, until the bot stops.
import type { Logger } from "pino";
import type { Client } from "#contract";
import type { Adapter } from "./adapter.ts";
import { AdapterProblem } from "./adapter.ts";
import { createAnnounce } from "./announce.ts";
import type { Api } from "./api.ts";
import type { Clock } from "./clock.ts";
import { followEvents } from "./event-stream.ts";

/** @param over aborts when this adapter's work is over, whatever the reason */
export type Make = (over: AbortSignal) => Adapter;

export interface ServeDeps {
  make: Make;
  api: Pick<Api, "readCursor" | "moveCursor" | "openEvents">;
  client: Client;
  clock: Clock;
  log: Logger;
  /** Somebody has to change something before this adapter can work. */
  onProblem: (sentence: string) => void;
}

const misconfigured = 2;
const againAfterMs = 5000;

/** Resolves with an exit code. An adapter that breaks for a reason that was not foreseen is made anew: its state is in the core. */
export async function keepServing(deps: ServeDeps, signal: AbortSignal): Promise<number> {
  for (;;) {
    try {
      return await serve(deps, signal);
    } catch (error) {
      if (error instanceof AdapterProblem) {
        deps.onProblem(error.sentence);
        return misconfigured;
      }
      deps.log.error({ err: error }, "an adapter broke and is started again");
    }
    await deps.clock.wait(againAfterMs, signal);
    if (signal.aborted) return 0;
  }
}

async function serve({ make, api, client, clock, log }: ServeDeps, signal: AbortSignal): Promise<number> {
  const over = new AbortController();
  const ending = AbortSignal.any([signal, over.signal]);
  const adapter = make(ending);
  const { platform } = adapter;
  const onEvent = createAnnounce({ adapter, client, clock, log });
  const onReach = (isReached: boolean) => adapter.onReach(isReached);
  const done = adapter.run(signal);
  const following = followEvents({ api, platform, clock, log, onEvent, onReach }, ending);
  try {
    return await done;
  } finally {
    over.abort();
    await following;
  }
}
