// Follows the core's events for one adapter, for as long as the bot lives: each event is told, then the cursor is stored.
// The core going away ends nothing: it is tried again, from the last event that was told.
import type { EventSource } from "eventsource";
import type { Logger } from "pino";
import type { FonEvent, Platform } from "#contract";
import { CallError, eventSchema } from "#contract";
import type { Api } from "./api.ts";
import type { Clock } from "./clock.ts";

export interface FollowDeps {
  api: Pick<Api, "readCursor" | "moveCursor" | "openEvents">;
  platform: Platform;
  clock: Clock;
  log: Logger;
  /** Rejects when the event must be told again later. */
  onEvent: (event: FonEvent) => Promise<void>;
  /** Called when the core is reached after it was not, and the other way round. */
  onReach: (isReached: boolean) => void;
}

interface Message {
  data: string;
  id: number;
}

const retryMs = 1000;

/** Resolves when `signal` aborts. */
export async function followEvents(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  let told: number | undefined;
  let wasReached: boolean | undefined;
  const reach = (isReached: boolean) => {
    // That the core answers is news only after it did not.
    if (isReached !== (wasReached ?? true) && !signal.aborted) deps.onReach(isReached);
    wasReached = isReached;
  };
  while (!signal.aborted) {
    try {
      told ??= await orEnd(deps.api.readCursor(deps.platform), signal);
      const source = deps.api.openEvents([deps.platform], told);
      source.addEventListener("open", () => reach(true));
      for await (const event of messagesOf(source, signal)) {
        if (event.id <= told) continue;
        await orEnd(tell(deps, event), signal);
        // Told is told, also when the core goes away before it has stored that.
        told = event.id;
        await orEnd(deps.api.moveCursor(deps.platform, told), signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      const isForeseen = error instanceof CallError;
      deps.log[isForeseen ? "debug" : "warn"]({ err: error }, "the event stream broke off");
    }
    reach(false);
    await deps.clock.wait(retryMs, signal);
  }
}

/** What a silent core or platform leaves open for minutes must not hold up the end. */
async function orEnd<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = () => reject(new Error("the bot stops"));
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** An event that this version cannot read is left out, for good. */
async function tell(deps: FollowDeps, message: Message): Promise<void> {
  const parsed = eventSchema.safeParse(readJson(message.data));
  if (parsed.success) return deps.onEvent(parsed.data);
  deps.log.warn({ eventId: message.id }, "an event that this bot does not know was left out");
}

/** The stream as it comes, in order; ends when the connection does. */
async function* messagesOf(source: EventSource, signal: AbortSignal): AsyncGenerator<Message> {
  const waiting: Message[] = [];
  let isOpen = !signal.aborted;
  let wake = () => {};
  const end = () => {
    isOpen = false;
    source.close();
    wake();
  };
  source.addEventListener("message", ({ data, lastEventId }) => {
    waiting.push({ data: String(data), id: Number(lastEventId) || 0 });
    wake();
  });
  source.addEventListener("error", end);
  signal.addEventListener("abort", end, { once: true });
  try {
    while ((isOpen || waiting.length > 0) && !signal.aborted) {
      const message = waiting.shift();
      if (message) yield message;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    signal.removeEventListener("abort", end);
    source.close();
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
