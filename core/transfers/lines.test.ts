// The lines in which transfers wait, found by going through an index, against a plain look at all rows.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { World } from "./fixtures/world.ts";
import { createWorld } from "./fixtures/world.ts";
import type { Lease } from "./lease.ts";
import { mayGoOn } from "./store/extending.ts";
import type { DueLine, DueRow } from "./store/lines.ts";
import { dueLines, frontsOf, lightAhead } from "./store/lines.ts";
import { lineOf } from "./trains.ts";

let world: World;
let people: number[];
let groups: number[];
let servers: number[];
const now = new Date("2026-06-01T12:00:00Z");

beforeAll(async () => {
  world = await createWorld();
  const all = [await world.addPerson("Anna"), await world.addPerson("Ben"), await world.addPerson("Chloé")];
  people = all.map(({ id }) => id);
  groups = [await world.addGroup(...all), await world.addGroup(...all)];
  servers = [];
  for (const person of all) servers.push((await world.addServer(person)).id);
});
afterAll(() => world.close());

interface Row {
  id: number;
  personId: number;
  groupId: number;
  sourceId: number;
  destinationId: number;
  rank: number;
  sizeBytes: number;
  state: string;
  dueAt: Date;
  startedAt: Date | null;
  attempts: number;
}

const minutes = (n: number) => new Date(now.getTime() + n * 60_000);
// Most are alike, so that lines of several come about.
const index = fc.constantFrom(0, 0, 0, 0, 1, 2);
const anyRow = fc.record({
  ...{ person: index, group: fc.constantFrom(0, 0, 0, 1), source: index, destination: index },
  ...{ rank: fc.nat(2), sizeBytes: fc.nat(3), attempts: fc.nat(1) },
  state: fc.constantFrom("queued", "queued", "queued", "waiting", "running", "paused", "done"),
  due: fc.integer({ min: -2, max: 2 }),
  started: fc.option(fc.integer({ min: -9, max: -1 })),
});

/** These and no others are there; ids in the order of the list. */
async function fill(drawn: readonly (typeof anyRow extends fc.Arbitrary<infer R> ? R : never)[]): Promise<Row[]> {
  await world.sql`delete from pull`;
  const rows: Row[] = [];
  for (const { person, group, source, destination, due, started, rank, sizeBytes, attempts, state } of drawn) {
    const line = {
      personId: people[person] ?? 0,
      groupId: groups[group] ?? 0,
      sourceId: servers[source] ?? 0,
      destinationId: servers[destination] ?? 0,
    };
    const startedAt = started === null ? null : minutes(started);
    const [pull] = await world.sql`insert into pull (person_id, group_id, destination_id, request_id, title)
      values (${line.personId}, ${line.groupId}, ${line.destinationId}, ${crypto.randomUUID()}, 't') returning id`;
    const [made] =
      await world.sql`insert into transfer (pull_id, person_id, group_id, source_id, destination_id, source_path,
      destination_path, size_bytes, rank, attempts, state, due_at, started_at) values (${pull?.["id"]}, ${line.personId},
      ${line.groupId}, ${line.sourceId}, ${line.destinationId}, 'x', ${crypto.randomUUID()}, ${sizeBytes}, ${rank}, ${attempts},
      ${state}, ${minutes(due).toISOString()}, ${startedAt?.toISOString() ?? null}) returning id`;
    rows.push({ ...line, id: Number(made?.["id"]), rank, sizeBytes, state, attempts, dueAt: minutes(due), startedAt });
  }
  return rows;
}

const isDue = ({ state, dueAt }: Row) => (state === "queued" || state === "waiting") && dueAt <= now;
const byPlace = (a: Row, b: Row) => a.rank - b.rank || a.sizeBytes - b.sizeBytes || a.id - b.id;
const idsOf = (rows: readonly { id: number }[]) => rows.map(({ id }) => id);
const manyRows = fc.array(anyRow, { maxLength: 14 });
const runs = { numRuns: 40 };

test("each line with something due is found once, with its person's last turn", async () => {
  const property = fc.asyncProperty(manyRows, async (drawn) => {
    const rows = await fill(drawn);
    const found = await world.db.execute<DueLine & Record<string, unknown>>(dueLines(now));
    const wanted = [...Map.groupBy(rows.filter(isDue), lineOf)].map(([line, [first]]) => {
      const turns = rows
        .filter((row) => row.personId === first?.personId)
        .flatMap((row) => row.startedAt?.getTime() ?? []);
      return { line, at: turns.length > 0 ? Math.max(...turns) : null };
    });
    const told = found.map((line) => ({ line: lineOf(line), at: line.lastTurnAtMs }));
    const inOrder = (lines: typeof wanted) => lines.toSorted((a, b) => (a.line < b.line ? -1 : 1));
    expect(inOrder(told)).toEqual(inOrder(wanted));
  });
  await fc.assert(property, runs);
});

test("the front of a line is its first ones that are due, and what may go in trains is counted", async () => {
  const property = fc.asyncProperty(manyRows, fc.nat(4), fc.nat(13), async (drawn, most, out) => {
    const rows = await fill(drawn);
    if (!rows.some(isDue)) return;
    const except = idsOf(rows.slice(out, out + 1));
    const lines = [...Map.groupBy(rows.filter(isDue), lineOf).values()];
    const heads = lines.map(([first]) => first as Row);
    const fronts = await world.db.execute<DueRow>(
      frontsOf(
        heads.map((head) => ({ ...head, most })),
        { now, except },
      ),
    );
    const rest = lines.map((line) => line.filter(({ id }) => !except.includes(id)).sort(byPlace));
    const byLine = Map.groupBy(fronts, lineOf);
    expect(heads.map((head) => idsOf(byLine.get(lineOf(head)) ?? []))).toEqual(
      rest.map((line) => idsOf(line.slice(0, most))),
    );
    for (const [at, head] of heads.entries()) {
      const ahead = (rest[at] ?? []).slice(0, most);
      const isLight = (row: Row) => row.sizeBytes <= 1 && row.state === "queued" && row.attempts === 0;
      const alone = ahead.findIndex((row) => !isLight(row));
      const [counted] = await world.db.execute(lightAhead({ ...head, most }, 1, { now, except }));
      expect(counted?.["files"]).toBe(alone < 0 ? ahead.length : alone);
    }
  });
  await fc.assert(property, runs);
});

test("a train goes on as long as nothing else is due that wants its source, or a place of its person", async () => {
  const property = fc.asyncProperty(manyRows, async (drawn) => {
    const rows = await fill(drawn);
    for (const head of rows.filter(({ state }) => state === "running")) {
      const isRival = (row: Row) =>
        isDue(row) &&
        lineOf(row) !== lineOf(head) &&
        (row.personId === head.personId || row.sourceId === head.sourceId);
      const lease = { ...head, token: 0 } as unknown as Lease;
      expect(await mayGoOn(world.db, lease, now)).toBe(!rows.some(isRival));
      expect(await mayGoOn(world.db, { ...lease, token: 1 }, now)).toBe(false);
    }
  });
  await fc.assert(property, runs);
});
