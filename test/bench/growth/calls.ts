// The core alone: calls of the contract over its socket, one, ten and a hundred at a time, each by another person.
import type { Context } from "#contract";
import type { Driver } from "../../chat/driver.ts";
import { contextOf } from "../../chat/world.ts";
import type { Cell, Size, Table } from "../report.ts";
import type { Crowd } from "./gather.ts";
import { crowdSizes, shelf } from "./gather.ts";
import { quantile, rounded } from "./spread.ts";

const atOnce = [1, 10, 100];
/** Of each kind, at each number at once. */
const calls = { smoke: 20, full: 300 };
const queries = ["song", "song 12", "album 7", "sonk 33", "kind:audio song", "alb"];

export async function measureCalls<D extends Driver>({ world, places }: Crowd<D>, size: Size): Promise<Table> {
  const { driver, core } = world;
  const { catalog } = core().api;
  const people = places.flatMap(({ room, guests }) => guests.map((guest) => contextOf(driver, guest, room)));
  const kinds: Record<string, (context: Context, index: number) => Promise<unknown>> = {
    search: (context, index) => catalog.search(context, { query: queries[index % queries.length] ?? "" }),
    browse: (context) => catalog.browse(context, { where: `${shelf}/Songs` }),
    new: (context) => catalog.latest(context, {}),
  };
  const rows: Cell[][] = [];
  for (const [name, call] of Object.entries(kinds)) {
    for (const many of atOnce) rows.push([`${name}, ${many} at once`, ...(await run(call, people, many, calls[size]))]);
  }
  return {
    title: "The core alone",
    note: `${calls[size]} calls of each kind over the Unix socket, by ${people.length} people in turn, in a catalog of ${crowdSizes[size].files} files: milliseconds until the answer, and calls a second. The caller is a process of its own on the same machine.`,
    columns: ["call", "p50 ms", "p95 ms", "calls/s"],
    rows,
    plot: { kind: "bar", x: "call", y: ["p50 ms", "p95 ms"], unit: "ms", isLogarithmic: true },
  };
}

async function run(
  call: (context: Context, index: number) => Promise<unknown>,
  people: readonly Context[],
  many: number,
  count: number,
): Promise<Cell[]> {
  const times: number[] = [];
  let next = 0;
  const caller = async () => {
    for (let index = next++; index < count; index = next++) {
      const context = people[index % people.length];
      if (!context) return;
      const startedAt = performance.now();
      await call(context, index);
      times.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: many }, caller));
  const perSecond = (1000 * times.length) / (performance.now() - startedAt);
  return [rounded(quantile(times, 0.5)), rounded(quantile(times, 0.95)), rounded(perSecond)];
}
