// The queue of updates and the long poll: allowed_updates, offsets that confirm, one poller at a time. Which update is
// made when is not decided here.
import type { Params } from "./params.ts";
import { Refusal } from "./refusal.ts";
import type { Json } from "./state.ts";

const types = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "inline_query",
  "chosen_inline_result",
  "callback_query",
  "shipping_query",
  "pre_checkout_query",
  "poll",
  "poll_answer",
  "my_chat_member",
  "chat_join_request",
  "chat_boost",
  "removed_chat_boost",
] as const;
/** Only for who asks for them by name. */
const namedOnly = ["chat_member", "message_reaction", "message_reaction_count"] as const;

export type UpdateType = (typeof types)[number] | (typeof namedOnly)[number];
export type Update = Json & { update_id: number };

interface Poll {
  limit: number;
  answer: (updates: Update[]) => void;
  fail: (refusal: Refusal) => void;
}

const maxTimeoutS = 50;
export const conflict = () =>
  new Refusal(
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    false,
  );

export interface Updates {
  /** Queues it if the bot has asked for such updates by now. */
  add(type: UpdateType, payload: Json): void;
  poll(params: Params, signal: AbortSignal): Promise<Update[]>;
  /** Gives the last confirmed batch again, whatever the next offset says. */
  repeat(): void;
  drop(): void;
  /** Ends the poll that hangs, with the refusal or with nothing; false when none does. */
  release(refusal?: Refusal): boolean;
  pending(): number;
}

export function createUpdates(): Updates {
  let nextId = 700_000_001;
  let queue: Update[] = [];
  let confirmed: Update[] = [];
  let repeated: Update[] = [];
  let allowed = new Set<string>(types);
  let waiting: Poll | undefined;

  function take(limit: number): Update[] {
    const again = repeated.slice(0, limit);
    repeated = repeated.slice(again.length);
    return again.length > 0 ? again : queue.slice(0, limit);
  }

  function wake(): void {
    if (!waiting || queue.length + repeated.length === 0) return;
    const { answer, limit } = waiting;
    waiting = undefined;
    answer(take(limit));
  }

  function confirm(offset: number): void {
    const keep = (update: Update, index: number) =>
      offset < 0 ? index >= queue.length + offset : update.update_id >= offset;
    const done = queue.filter((update, index) => !keep(update, index));
    if (done.length > 0) confirmed = done;
    queue = queue.filter(keep);
  }

  function hang(limit: number, timeoutS: number, signal: AbortSignal): Promise<Update[]> {
    return new Promise((resolve, reject) => {
      const end = (then: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", leave);
        if (waiting === poll) waiting = undefined;
        then();
      };
      const leave = () => end(() => resolve([]));
      const timer = setTimeout(leave, Math.min(timeoutS, maxTimeoutS) * 1000);
      const poll: Poll = {
        limit,
        answer: (updates) => end(() => resolve(updates)),
        fail: (refusal) => end(() => reject(refusal)),
      };
      signal.addEventListener("abort", leave);
      waiting = poll;
    });
  }

  function release(refusal?: Refusal): boolean {
    if (!waiting) return false;
    if (refusal) waiting.fail(refusal);
    else waiting.answer([]);
    return true;
  }

  return {
    add(type, payload) {
      if (!allowed.has(type)) return;
      queue.push({ update_id: nextId++, [type]: payload });
      // After this turn, so that what happened together is given together.
      queueMicrotask(wake);
    },
    async poll(params, signal) {
      const asked = params.json("allowed_updates");
      if (Array.isArray(asked)) allowed = readAllowed(asked);
      waiting?.fail(conflict());
      confirm(params.int("offset") ?? 0);
      const limit = Math.min(Math.max(params.int("limit") ?? 100, 1), 100);
      const timeoutS = params.int("timeout") ?? 0;
      if (queue.length + repeated.length > 0 || timeoutS <= 0 || signal.aborted) return take(limit);
      return hang(limit, timeoutS, signal);
    },
    repeat() {
      repeated = [...confirmed];
      queueMicrotask(wake);
    },
    drop() {
      queue = [];
    },
    pending: () => queue.length,
    release,
  };
}

/** An empty list means the default again; names that do not exist are ignored. */
function readAllowed(asked: unknown[]): Set<string> {
  const known = asked.filter((name) => [...types, ...namedOnly].some((type) => type === name));
  return new Set<string>(known.length > 0 ? (known as string[]) : types);
}
