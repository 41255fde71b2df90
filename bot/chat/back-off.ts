// How long to wait before the same is tried again. Pure.

const firstMs = 1000;
const longestMs = 60_000;

/** @param attempt 0 for the first wait @param random 0 up to 1: bots that lost the same platform do not return in step */
export function backOffMs(attempt: number, random: number): number {
  const ms = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 16));
  return Math.round(ms * (0.5 + random / 2));
}
