// Removes parts of transfers that are over, when their server can be reached. Nothing but files of exactly our own names.
import { joinPath } from "../ftp/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { OpenServer, Servers } from "../servers/index.ts";
import { isPartOf } from "./destination-path.ts";
import { troubleOf } from "./outcome.ts";
import { stillSize } from "./part.ts";
import type { Leftover, LeftoverStore } from "./store/leftovers.ts";

export interface JanitorDeps {
  clock: Clock;
  servers: Pick<Servers, "open">;
  leftovers: LeftoverStore;
  log: Log;
}

const batch = 200;
/** How long one core has for what it took before another may take it. */
const takenMs = 120_000;
const againMs = 5 * 60_000;
const growingMs = 10_000;

export interface Janitor {
  /** Removes what is due; gives the number of parts that are surely gone. */
  tidy(signal: AbortSignal): Promise<number>;
}

export function createJanitor(deps: JanitorDeps): Janitor {
  return {
    async tidy(signal) {
      const now = deps.clock.now();
      const taken = await deps.leftovers.take(now, later(deps.clock, takenMs), batch);
      let gone = 0;
      for (const [serverId, parts] of Map.groupBy(taken, (part) => part.serverId)) {
        gone += await tidyServer(deps, serverId, parts, signal);
      }
      return gone;
    },
  };
}

function later(clock: Clock, ms: number): Date {
  return new Date(clock.now().getTime() + ms);
}

async function tidyServer(deps: JanitorDeps, serverId: number, parts: Leftover[], signal: AbortSignal) {
  const idsOf = (some: Leftover[]) => some.map((part) => part.transferId);
  let open: OpenServer | undefined;
  try {
    open = await deps.servers.open(serverId, { use: "files", write: true, signal });
    const { gone, growing } = await removeParts(deps, open, parts, signal);
    await deps.leftovers.forget(idsOf(gone));
    await deps.leftovers.putOff(idsOf(growing), later(deps.clock, growingMs));
    open.release("keep");
    return gone.length;
  } catch (error) {
    open?.release("close");
    deps.log.info({ server: serverId, code: troubleOf(error).code }, "parts are left for later");
    await deps.leftovers.putOff(idsOf(parts), later(deps.clock, againMs));
    return 0;
  }
}

async function removeParts(deps: JanitorDeps, open: OpenServer, parts: Leftover[], signal: AbortSignal) {
  const gone: Leftover[] = [];
  const growing: Leftover[] = [];
  for (const part of parts) {
    signal.throwIfAborted();
    const isGone = await removePart(deps.clock, open, part, signal);
    (isGone ? gone : growing).push(part);
  }
  return { gone, growing };
}

async function removePart(clock: Clock, open: OpenServer, part: Leftover, signal: AbortSignal): Promise<boolean> {
  if (!isPartOf(part.transferId, part.path) || open.inbox === undefined) return true;
  const path = joinPath(open.inbox, part.path);
  try {
    if ((await stillSize(open.session, path, clock, signal)) !== undefined) await open.session.remove(path);
    return true;
  } catch (error) {
    if (open.session.closed || signal.aborted) throw error;
    return false;
  }
}
