// What passes from those who move files to who compares them: in order, not too much of it, and a halt is heard.
import { expect, test } from "vitest";
import { createArrivals } from "./beside.ts";
import type { Car } from "./train.ts";

const car = (id: number) => ({ lease: { id } }) as Car;
const idOf = (one: Car | undefined) => one?.lease.id;

test("in order, and nothing after the last", async () => {
  const arrivals = createArrivals();
  arrivals.push(car(1));
  arrivals.push(car(2));
  expect(idOf(arrivals.peek())).toBe(1);
  arrivals.end();
  expect([await arrivals.next(), await arrivals.next(), await arrivals.next()].map(idOf)).toEqual([1, 2, undefined]);
});

test("who waits for one gets it, or hears that none comes", async () => {
  const arrivals = createArrivals();
  const [first, second] = [arrivals.next(), arrivals.next()];
  arrivals.push(car(1));
  expect(idOf(await first)).toBe(1);
  arrivals.end();
  expect(await second).toBeUndefined();
});

test("while four wait, the next one is for who moves files", async () => {
  const arrivals = createArrivals();
  for (let id = 1; id <= 4; id += 1) {
    expect(arrivals.isFull()).toBe(false);
    arrivals.push(car(id));
  }
  expect(arrivals.isFull()).toBe(true);
  await arrivals.next();
  expect(arrivals.isFull()).toBe(false);
});

test("the last ones may be given back, up to the one that comes next", () => {
  const arrivals = createArrivals();
  for (const id of [1, 2, 3]) arrivals.push(car(id));
  expect([arrivals.giveBack(), arrivals.giveBack(), arrivals.giveBack()].map(idOf)).toEqual([3, 2, undefined]);
  expect(idOf(arrivals.peek())).toBe(1);
});

test("who moves files hears a halt", () => {
  const arrivals = createArrivals();
  arrivals.push(car(1));
  arrivals.halt(new Error("lost"));
  expect(() => arrivals.goOn()).toThrow("lost");
});
