// When a bot may write again into one chat. Pure. Telegram's FAQ for bots ("My bot is hitting limits"): about one message a
// second in a chat, short bursts are let through; no more than 20 a minute in a group. Edits count in groups, too.

interface Window {
  count: number;
  perMs: number;
}

const perChat: Window = { count: 5, perMs: 5000 };
const perGroup: Window = { count: 20, perMs: 60_000 };
/** Nothing older matters. */
export const longestWindowMs = perGroup.perMs;

/** @param doneAt when the last writes into this chat had ended, oldest first @returns 0 when it may write now */
export function waitBefore(doneAt: readonly number[], now: number, isGroup: boolean): number {
  const windows = isGroup ? [perChat, perGroup] : [perChat];
  const waits = windows.map(({ count, perMs }) => {
    const earliest = doneAt.at(-count);
    return earliest === undefined ? 0 : earliest + perMs - now;
  });
  return Math.max(0, ...waits);
}
