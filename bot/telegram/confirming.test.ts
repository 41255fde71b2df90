import { expect, it } from "vitest";
import type { Clock } from "../clock.ts";
import { createConfirming } from "./confirming.ts";

function prepare() {
  let nowMs = 0;
  const clock: Clock = { now: () => new Date(nowMs), wait: async () => undefined };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { confirming: createConfirming(clock), pass };
}

const forEver = new Promise<void>(() => undefined);

it("confirms what was worked on, and holds the oldest that was not", async () => {
  const { confirming } = prepare();
  expect(confirming.offset()).toBe(0);
  const { promise, resolve } = Promise.withResolvers<void>();
  confirming.take(11, Promise.resolve());
  confirming.take(12, promise);
  confirming.take(13, undefined);
  await Promise.resolve();
  expect(confirming.offset()).toBe(12);
  // Told again, as it was asked for.
  confirming.take(12, undefined);
  confirming.take(13, undefined);
  expect([confirming.offset(), confirming.isHolding()]).toEqual([12, true]);
  resolve();
  await promise.then();
  expect([confirming.offset(), confirming.isHolding()]).toEqual([14, false]);
});

it("lets go what takes too long, and what would leave no room for new ones", () => {
  const { confirming, pass } = prepare();
  confirming.take(1, forEver);
  pass(61_000);
  expect(confirming.offset()).toBe(2);
  confirming.take(2, forEver);
  for (let id = 3; id <= 60; id += 1) confirming.take(id, undefined);
  expect(confirming.offset()).toBe(61);
  confirming.take(61, forEver);
  expect(confirming.offset()).toBe(61);
  confirming.letGo();
  expect(confirming.offset()).toBe(62);
});

it("follows ids that begin anew", () => {
  const { confirming } = prepare();
  confirming.take(900, undefined);
  confirming.take(5, undefined);
  expect(confirming.offset()).toBe(6);
});
