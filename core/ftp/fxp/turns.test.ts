import { expect, test } from "vitest";
import type { Clock } from "../../platform/clock.ts";
import { systemClock } from "../../platform/clock.ts";
import { createTurns } from "./turns.ts";

/** Time stands still until `pass` is called. */
function frozenClock() {
  const time = Promise.withResolvers<void>();
  const ended = (signal?: AbortSignal) =>
    new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
  const clock: Clock = { ...systemClock, wait: (_, signal) => Promise.race([time.promise, ended(signal)]) };
  return { clock, pass: time.resolve };
}
const never = () => new AbortController().signal;
/** Long enough for every promise that can resolve. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("one after the other at one place, at once at another", async () => {
  const turns = createTurns(frozenClock().clock);
  const order: string[] = [];
  const take = async (key: string, name: string) => {
    const end = await turns.take(key, never());
    order.push(name);
    return end;
  };
  const end = await take("a", "first");
  const second = take("a", "second");
  const third = take("a", "third");
  await take("b", "elsewhere");
  await settled();
  expect(order).toEqual(["first", "elsewhere"]);
  end();
  (await second)();
  await third;
  expect(order).toEqual(["first", "elsewhere", "second", "third"]);
});

test("a long turn is not waited for to its end", async () => {
  const { clock, pass } = frozenClock();
  const turns = createTurns(clock);
  await turns.take("a", never());
  const second = turns.take("a", never());
  pass();
  await second;
});

test("who gives up waiting holds up nobody", async () => {
  const turns = createTurns(frozenClock().clock);
  const end = await turns.take("a", never());
  const given = new AbortController();
  const second = turns.take("a", given.signal);
  const third = turns.take("a", never());
  given.abort();
  (await second)();
  end();
  await third;
});
