// What passes from those who move files to who compares them: in order, not too much of it, and a halt is heard.
import { expect, test } from "vitest";
import { createArrivals } from "./beside.ts";
import type { Car } from "./train.ts";

const car = (id: number) => ({ lease: { id } }) as Car;
const idOf = (one: Car | undefined) => one?.lease.id;

test("in order, and nothing after the last", async () => {
  const arrivals = createArrivals();
  await arrivals.push(car(1));
  await arrivals.push(car(2));
  expect(idOf(arrivals.peek())).toBe(1);
  arrivals.end();
  expect([await arrivals.next(), await arrivals.next(), await arrivals.next()].map(idOf)).toEqual([1, 2, undefined]);
});

test("who waits for one gets it, or hears that none comes", async () => {
  const arrivals = createArrivals();
  const [first, second] = [arrivals.next(), arrivals.next()];
  await arrivals.push(car(1));
  expect(idOf(await first)).toBe(1);
  arrivals.end();
  expect(await second).toBeUndefined();
});

test("eight wait at most: the ninth is let in when one was taken", async () => {
  const arrivals = createArrivals();
  for (let id = 1; id <= 8; id += 1) await arrivals.push(car(id));
  let isIn = false;
  const ninth = arrivals.push(car(9)).then(() => {
    isIn = true;
  });
  await new Promise(setImmediate);
  expect(isIn).toBe(false);
  await arrivals.next();
  await ninth;
});

test("who moves files hears a halt, also while it waits", async () => {
  const arrivals = createArrivals();
  for (let id = 1; id <= 8; id += 1) await arrivals.push(car(id));
  const ninth = arrivals.push(car(9));
  arrivals.halt(new Error("lost"));
  await expect(ninth).rejects.toThrow("lost");
  await expect(arrivals.push(car(10))).rejects.toThrow("lost");
});
