// How often a bot may write: Telegram's three windows. Over them comes 429 with the seconds to wait; whoever does not
// wait is noted.
import { tooMany } from "./refusal.ts";
import type { Chat } from "./state.ts";

export interface Window {
  count: number;
  perMs: number;
}

export interface Rates {
  /** New messages into one chat: a short burst is let through, one a second for a while. */
  perChat: Window;
  /** New messages and edits in one group. */
  perGroup: Window;
  /** All new messages and edits of the bot. */
  inAll: Window;
}

export const realRates: Rates = {
  perChat: { count: 5, perMs: 5_000 },
  perGroup: { count: 20, perMs: 60_000 },
  inAll: { count: 30, perMs: 1_000 },
};

/** Requests that were on their way when the refusal left are no disobedience. */
const graceMs = 300;

export interface Limits {
  set(rates: Partial<Rates> | "off"): void;
  /** Counts one message or edit; throws the 429. */
  spend(chat: Chat, kind: "send" | "edit"): void;
  /** Remembers a refusal that was made on purpose. */
  hold(key: string, seconds: number): void;
  /** Notes a call that came before such a refusal was over. */
  watch(key: string): void;
}

export function createLimits(deps: { now: () => number; blame: (sentence: string) => void }): Limits {
  let rates: Rates | undefined = realRates;
  const spent = new Map<string, number[]>();
  const refused = new Map<string, { at: number; until: number }>();

  function waitFor(key: string, window: Window): number {
    const now = deps.now();
    const times = (spent.get(key) ?? []).filter((at) => at > now - window.perMs);
    spent.set(key, times);
    const oldest = times.at(-window.count);
    return oldest === undefined ? 0 : Math.max(1, Math.ceil((oldest + window.perMs - now) / 1000));
  }

  function watch(key: string): void {
    const now = deps.now();
    const before = refused.get(key);
    if (before && now > before.at + graceMs && now < before.until) {
      deps.blame(`Called again ${before.until - now} ms before the wait of ${key} was over.`);
    }
  }

  function hold(key: string, seconds: number): void {
    const now = deps.now();
    const before = refused.get(key);
    refused.set(key, { at: now, until: before && before.until > now ? before.until : now + seconds * 1000 });
  }

  function refuse(key: string, seconds: number): never {
    watch(key);
    hold(key, seconds);
    throw tooMany(seconds);
  }

  return {
    hold,
    watch,
    set(next) {
      rates = next === "off" ? undefined : { ...(rates ?? realRates), ...next };
      refused.clear();
    },
    spend(chat, kind) {
      if (!rates) return;
      const keys: [string, Window][] = [["the bot", rates.inAll]];
      if (chat.type !== "private") keys.push([`group ${chat.id}`, rates.perGroup]);
      if (kind === "send") keys.push([`chat ${chat.id}`, rates.perChat]);
      for (const [key, window] of keys) {
        const seconds = waitFor(key, window);
        if (seconds > 0) refuse(key, seconds);
      }
      for (const [key] of keys) spent.get(key)?.push(deps.now());
    },
  };
}
