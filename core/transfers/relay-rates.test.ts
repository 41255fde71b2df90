// An owner's rate is one for all relays of their server.
import { expect, test } from "vitest";
import { createRelayRates, pieceFor } from "./relay-rates.ts";

/** A clock that stands still, and tells how long it was asked to wait. */
function stillClock() {
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(Math.round(ms));
  return { waits, now: () => new Date(0), monotonicMs: () => 5_000, wait };
}

test("what goes at the same time waits for each other, at one server only", async () => {
  const clock = stillClock();
  const rates = createRelayRates(clock);
  const { signal } = new AbortController();
  for (const serverId of [1, 1, 2, 1]) await rates.pass(serverId, 1_000, 500, signal);
  await rates.pass(1, null, 1e9, signal);
  expect(clock.waits).toEqual([500, 1_000]);
});

test("four pieces a second at the slower one's rate", () => {
  expect(pieceFor([100_000, 40_000])).toBe(10_000);
  expect(pieceFor([null, 3])).toBe(256);
  expect(pieceFor([null, null])).toBeUndefined();
});
