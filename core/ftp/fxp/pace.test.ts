// A transfer that never stands still and never ends: a byte now and then, or more bytes than the file has.
import { expect, test } from "vitest";
import type { FxpLimits } from "../types.ts";
import type { PairEvent, Progress } from "./states.ts";
import { advance, openProgress } from "./states.ts";

const limits: FxpLimits = { openingMs: 20_000, stallMs: 60_000, lingerMs: 30_000, firstPollMs: 300, pollMs: 1000 };
const started: PairEvent[] = [
  { type: "started", side: "destination" },
  { type: "started", side: "source" },
];

/** Looks every ten seconds; gives the state and when it was reached. */
function watched(bytesAt: (seconds: number) => number, sizeBytes?: number): Progress & { seconds: number } {
  let progress = openProgress({ passive: "source" }, 0, 0, sizeBytes);
  for (const event of started) progress = advance(progress, event, 0, limits);
  let seconds = 0;
  while (progress.state === "moving" && seconds < 3600) {
    seconds += 10;
    progress = advance(progress, { type: "seen", bytes: bytesAt(seconds) }, seconds * 1000, limits);
    progress = advance(progress, { type: "tick" }, seconds * 1000, limits);
  }
  return { ...progress, seconds };
}

test("a byte a second is ended after five times a stall", () => {
  const ended = watched((seconds) => seconds);
  expect(ended).toMatchObject({ state: "failed", verdict: { code: "fxp.stalled" }, seconds: 300 });
});

test("also when it began well", () => {
  const ended = watched((seconds) => (seconds < 600 ? seconds * 1e6 : 6e8 + seconds));
  expect(ended).toMatchObject({ state: "failed", verdict: { code: "fxp.stalled" } });
});

test("a slow line goes on", () => {
  expect(watched((seconds) => seconds * 1000).state).toBe("moving");
});

test("more than the file has is ended at once; all of it is not", () => {
  expect(watched((seconds) => seconds * 1e6, 40e6)).toMatchObject({
    state: "failed",
    verdict: { code: "fxp.size-differs" },
    seconds: 50,
  });
  expect(watched((seconds) => Math.min(seconds * 1e6, 40e6), 40e6)).toMatchObject({ verdict: { code: "fxp.stalled" } });
});
