// The queue under load: 200 people, 50 servers, 20,000 queued files, four engines. At every step nobody has more than their
// share, nobody is forgotten, no slot stays empty that somebody could use, and the positions that are shown are true.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Lease } from "../../core/transfers/lease.ts";
import { viewPulls } from "../../core/transfers/store/views.ts";
import { mostOfOnePerson } from "../../core/transfers/turns.ts";
import { createTestDatabase } from "../database.ts";
import type { Evening } from "./evening.ts";
import { createEvening } from "./evening.ts";
import { bigEvening, seedLoad } from "./seed.ts";

const engines = 4;
const places = 16;
const steps = 90;
/** Minutes of the evening's clock; a file runs for five at most. */
const longestDrought = 15;
const startAt = new Date("2024-06-15T18:00:00Z");
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let evening: Evening;
const slots = new Map<number, { out: number; in: number }>();
/** Files that are not started yet, by person. */
const left = new Map<number, number>();
const lastSeenAt = new Map<number, number>();
let minute = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedLoad(database.sql, bigEvening, startAt);
  // Some owners limit: the first server in what one may take, the second in what all may, the third is closed for an hour.
  await database.sql`update server set member_day_bytes = 40e9::bigint where id = (select min(id) from server)`;
  await database.sql`update server set group_day_bytes = 300e9::bigint where id = (select min(id) + 1 from server)`;
  await database.sql`update server set hours = '{"from":"19:00","to":"23:00","zone":"UTC"}'
    where id = (select min(id) + 2 from server)`;
  for (const row of await database.sql`select id, slots_out, slots_in from server`) {
    slots.set(Number(row["id"]), { out: row["slots_out"], in: row["slots_in"] });
  }
  for (const row of await database.sql`select person_id, count(*) as files from transfer group by 1`) {
    left.set(Number(row["person_id"]), Number(row["files"]));
  }
  evening = createEvening(database, startAt, engines, places);
});
afterAll(() => database.close());

test("an evening of an hour and a half", { timeout: 600_000 }, async () => {
  for (minute = 1; minute <= steps; minute += 1) {
    const isSampled = minute % 30 === 0;
    let shown: Shown[] = [];
    const started = await evening.step(async () => {
      if (isSampled) shown = await shownPositions();
    });
    for (const { personId } of started) left.set(personId, (left.get(personId) ?? 0) - 1);
    expectWithinCaps();
    if (isSampled) expectOrder(shown, started);
    if (isSampled) await expectNoSlotWasted();
    await expectWithinVolumes();
    await expectNobodyForgotten();
  }
});

test("a newcomer's one file starts with the next slot of the busiest server, whoever waits there", async () => {
  const [busiest] = await database.sql`
    select source_id from transfer where state = 'queued' group by 1 order by count(*) desc limit 1`;
  const sourceId = Number(busiest?.["source_id"]);
  const personId = await addNewcomer(sourceId);
  for (;;) {
    const started = await evening.step();
    expectWithinCaps();
    const here = started.filter((lease) => lease.sourceId === sourceId);
    if (here.length === 0) continue;
    expect(here[0]?.personId).toBe(personId);
    return;
  }
});

const countBy = (key: (lease: Lease) => number) =>
  [...evening.running.values()].reduce(
    (counts, { lease }) => counts.set(key(lease), (counts.get(key(lease)) ?? 0) + 1),
    new Map<number, number>(),
  );

function expectWithinCaps(): void {
  for (const [id, n] of countBy((lease) => lease.sourceId)) expect(n).toBeLessThanOrEqual(slots.get(id)?.out ?? 0);
  for (const [id, n] of countBy((lease) => lease.destinationId)) expect(n).toBeLessThanOrEqual(slots.get(id)?.in ?? 0);
  for (const n of countBy((lease) => lease.personId).values()) expect(n).toBeLessThanOrEqual(mostOfOnePerson);
  expect(evening.running.size).toBeLessThanOrEqual(engines * places);
}

async function expectWithinVolumes(): Promise<void> {
  const over = await database.sql`
    with taken as (
      select server_id, person_id, bytes from volume union all
      select source_id, person_id, size_bytes - bytes_done from transfer where state = 'running')
    select s.id from server s join taken t on t.server_id = s.id and t.person_id <> s.owner_id
    where s.member_day_bytes is not null group by s.id, t.person_id having sum(t.bytes) > s.member_day_bytes
    union all
    select s.id from server s join taken t on t.server_id = s.id and t.person_id <> s.owner_id
    where s.group_day_bytes is not null group by s.id having sum(t.bytes) > s.group_day_bytes`;
  expect(over).toHaveLength(0);
  const early = await database.sql`
    select t.id from transfer t join server s on s.id = t.source_id
    where s.hours is not null and t.state = 'running' and t.person_id <> s.owner_id`;
  if (minute < 60) expect(early).toHaveLength(0);
}

/** Whoever has something queued that no owner's limit holds back has something running, or had so a short while ago. */
async function expectNobodyForgotten(): Promise<void> {
  for (const { lease } of evening.running.values()) lastSeenAt.set(lease.personId, minute);
  const waiting = await database.sql`select distinct person_id from transfer where state = 'queued'`;
  for (const row of waiting) {
    const personId = Number(row["person_id"]);
    expect(minute - (lastSeenAt.get(personId) ?? 0)).toBeLessThanOrEqual(longestDrought);
  }
}

async function expectNoSlotWasted(): Promise<void> {
  if (evening.running.size === engines * places) return;
  const usable = await database.sql`
    with busy as (select source_id, destination_id, person_id from transfer where state = 'running')
    select distinct t.source_id from transfer t join server s on s.id = t.source_id join server d on d.id = t.destination_id
    where t.state = 'queued' and s.slots_out > (select count(*) from busy where source_id = s.id)
      and d.slots_in > (select count(*) from busy where destination_id = d.id)
      and (select count(*) from busy where person_id = t.person_id) < ${mostOfOnePerson}`;
  expect(usable).toHaveLength(0);
}

interface Shown {
  pullId: number;
  personId: number;
  sourceId: number;
  destinationId: number;
  position: number;
}

/** As their people see them. Every pull of the load has one source. */
async function shownPositions(): Promise<Shown[]> {
  const rows = await database.sql`
    select pull_id, person_id, min(source_id) as source_id, min(destination_id) as destination_id from transfer
    where state = 'queued' group by 1, 2`;
  const shown: Shown[] = [];
  for (const [personId, own] of Map.groupBy(rows, (row) => Number(row["person_id"]))) {
    const ids = own.map((row) => Number(row["pull_id"]));
    const views = await viewPulls(database.db, personId, ids, new Date(evening.nowMs()));
    for (const view of views) {
      const pullId = Number.parseInt(view.ref.slice(1), 36);
      const row = own.find((one) => Number(one["pull_id"]) === pullId);
      if (view.position === null || !row) continue;
      const { source_id, destination_id } = row;
      const ends = { sourceId: Number(source_id), destinationId: Number(destination_id) };
      shown.push({ pullId, personId, ...ends, position: view.position });
    }
  }
  expect(shown.length).toBeGreaterThan(0);
  return shown;
}

/** Who stood before somebody that started at the same server started too, had a turn elsewhere, or had no room. */
function expectOrder(shown: readonly Shown[], started: readonly Lease[]): void {
  const startedPulls = new Set(started.map((lease) => lease.pullId));
  const startedPeople = new Set(started.map((lease) => lease.personId));
  const into = countBy((lease) => lease.destinationId);
  const people = countBy((lease) => lease.personId);
  const hadRoom = (one: Shown) =>
    (into.get(one.destinationId) ?? 0) < (slots.get(one.destinationId)?.in ?? 0) &&
    (people.get(one.personId) ?? 0) < mostOfOnePerson;
  for (const one of shown.filter(({ pullId }) => startedPulls.has(pullId))) {
    const passedOver = shown.filter(
      (other) =>
        other.sourceId === one.sourceId &&
        other.position < one.position &&
        !startedPulls.has(other.pullId) &&
        !startedPeople.has(other.personId) &&
        hadRoom(other),
    );
    expect(passedOver).toEqual([]);
  }
}

async function addNewcomer(sourceId: number): Promise<number> {
  const { sql } = database;
  const at = new Date(evening.nowMs()).toISOString();
  const [person] = await sql`insert into person (display_name, language) values ('Newcomer', 'en') returning id`;
  const personId = Number(person?.["id"]);
  const [inbox] = await sql`
    insert into server (owner_id, label, security, state, has_inbox) values (${personId}, 'new', 'tls', 'online', true)
    returning id`;
  slots.set(Number(inbox?.["id"]), { out: 2, in: 2 });
  await sql`
    with made as (
      insert into pull (person_id, group_id, destination_id, request_id, title)
      select ${personId}, id, ${Number(inbox?.["id"])}, 'first', 't' from share_group returning id, group_id, destination_id)
    insert into transfer (pull_id, person_id, group_id, source_id, destination_id, source_path, destination_path, size_bytes,
      rank, due_at)
    select id, ${personId}, group_id, ${sourceId}, destination_id, 'x', 'x', 1000,
      round(extract(epoch from ${at}::timestamptz) + 6000), ${at}::timestamptz from made`;
  return personId;
}
