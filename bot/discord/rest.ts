// Requests to Discord's REST API: the bot's own ones, and those with an interaction's token.
import type { RawFile, RouteLike } from "discord.js";
import { REST } from "discord.js";
import type { Clock } from "../clock.ts";
import { classifyFailure } from "./failures.ts";
import type { Payload } from "./render.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";
export interface Sent {
  body?: unknown;
  files?: Payload["files"];
  query?: URLSearchParams;
}

export interface Rest {
  /**
   * As the bot. Waits as Discord asks it to. Failures of Discord and cut connections are tried again: what creates a message
   * carries a nonce, so that a repetition is the same message; only follow-ups to interactions know no such thing.
   */
  asBot(method: Method, route: RouteLike, sent?: Sent): Promise<unknown>;
  /** With an interaction's own token. */
  asInteraction(method: Method, route: RouteLike, sent?: Sent): Promise<unknown>;
  /** Ends what is under way; later requests are refused. */
  close(): void;
}

/** After the library's own attempts, which follow at once and leave out a connection that was closed in good order. */
const retryAfterMs = [300, 1000];

/** Discord's clock and ours begin a second at different moments; a little longer, and no burst falls into the old one. */
const windowSlackMs = 250;

/** @param api root with `/api`, without version; the library's own default when undefined */
export function createRest(token: string, api: string | undefined, clock: Clock): Rest {
  // Acknowledgements go out at once; of everything else the library sends 50 a second. Discord bans an address that runs
  // into 429 too often, so replies to a crowd rather wait: they were acknowledged, and have 15 minutes.
  const rest = new REST({ version: "10", offset: windowSlackMs, ...(api === undefined ? {} : { api }) });
  const running = new Set<AbortController>();
  const closing = new AbortController();

  async function insist(attempt: () => Promise<unknown>): Promise<unknown> {
    for (const pauseMs of retryAfterMs) {
      try {
        return await attempt();
      } catch (error) {
        if (classifyFailure(error) !== "away" || closing.signal.aborted) throw error;
        await clock.wait(pauseMs, closing.signal);
      }
    }
    return attempt();
  }

  async function request(method: Method, route: RouteLike, { files, ...sent }: Sent, auth: boolean) {
    if (closing.signal.aborted) throw new Error("the bot stops");
    const controller = new AbortController();
    running.add(controller);
    try {
      const rawFiles: RawFile[] = files ?? [];
      const more = rawFiles.length > 0 ? { files: rawFiles } : {};
      return await rest[method](route, { ...sent, ...more, auth, signal: controller.signal });
    } finally {
      running.delete(controller);
    }
  }

  return {
    asBot: (method, route, sent = {}) => {
      // The library forgets a token that was refused once, and would then send nothing any more.
      rest.setToken(token);
      return insist(() => request(method, route, sent, true));
    },
    asInteraction: (method, route, sent = {}) => insist(() => request(method, route, sent, false)),
    close() {
      closing.abort();
      for (const controller of running) controller.abort();
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
}
