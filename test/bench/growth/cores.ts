// Several core processes on one PostgreSQL: how many scans and pulls a second they bring together, and what the processors
// of this machine do meanwhile. Servers are near (loopback) or far (20 ms a round trip on the control connections).
import { setTimeout as delay } from "node:timers/promises";
import type { Size, Table } from "../report.ts";
import type { Plan, World } from "./core-world.ts";
import { openWorld, plans, puller, settle } from "./core-world.ts";
import type { Measured, Result, Sessions } from "./cores-tables.ts";
import { tablesOf } from "./cores-tables.ts";
import { cpuSecondsOf, cpuSecondsOfMachine } from "./processes.ts";

const lookMs = 50;
/** For one step: a round of scans, a batch of pulls. */
const patienceMs = 60_000;

/** @param keep called with the tables so far */
export async function measureCores(
  size: Size,
  tell: (line: string) => void,
  keep: (tables: Table[]) => void,
): Promise<Table[]> {
  const plan: Plan = plans[size];
  await using ends = new AsyncDisposableStack();
  const world = await openWorld(ends, size, plan);
  await settle(world);
  tell(`${plan.sources} servers (${world.homes.software}) are shared`);
  const [version] = await world.postgres.sql`show server_version`;
  const programs = `${world.homes.software}; PostgreSQL ${version?.["server_version"]}`;
  const results: Result[] = [];
  let batch = 0;
  for (const many of plan.cores) {
    for (const roundTripMs of plan.roundTrips) {
      world.homes.setRoundTrip(roundTripMs);
      const add = async (what: Result["what"], work: () => Promise<Measured>) => {
        const measured = await growTo(world, many)
          .then(work)
          .catch((error: Error) => void tell(`! ${what}, ${many} cores: ${error.message}`));
        results.push({ what, cores: many, roundTripMs, ...measured });
      };
      await add("scans", () => scanAgainAndAgain(world));
      const number = batch++;
      await add("pulls", () => pullBatch(world, number));
    }
    tell(`${many} cores have scanned and pulled`);
    keep(tablesOf(plan, results, programs));
  }
  return tablesOf(plan, results, programs);
}

async function growTo(world: World, many: number): Promise<void> {
  while (world.cores.length < many) await world.addCore();
}

/** In the database itself: a look for scans that are over would be what is measured. */
const dueAgain = `
  create function due_again() returns trigger language plpgsql as $$ begin
    if new.lease_until is null and old.lease_until is not null then new.due_at := now(); end if;
    return new;
  end $$;
  create trigger due_again before update on scan for each row execute function due_again();
  update scan set due_at = now() where server_id in (select server_id from share);
  select pg_notify('fonshare', 'scan')`;

/** Every server is due again as soon as its scan is over, for as long as the window is open. */
async function scanAgainAndAgain(world: World): Promise<Measured> {
  const { plan, postgres } = world;
  const ended = async () => {
    const [row] = await postgres.sql`
      select sum(token)::float - count(lease_until) as n, min(problem) filter (where state = 'failed') as failed
      from scan`;
    if (row?.["failed"]) throw new Error(`A scan failed: ${row["failed"]}.`);
    return Number(row?.["n"]);
  };
  await postgres.sql.unsafe(dueAgain);
  try {
    // Until the threads that scan have started everywhere.
    const first = await ended();
    await within(async () => (await ended()) >= first + plan.sources);
    return await observe(world, async () => {
      const before = await ended();
      await delay(plan.windowMs);
      await within(async () => (await ended()) > before);
      return (await ended()) - before;
    });
  } finally {
    await postgres.sql.unsafe("drop function due_again cascade");
    await within(async () => {
      const rows = await postgres.sql`
        select from scan join share using (server_id) where lease_until is not null or due_at <= now()`;
      return rows.length === 0;
    });
  }
}

/** Each puller takes one folder of small files from a source of its own; every core gets its share of the questions. */
async function pullBatch(world: World, batch: number): Promise<Measured> {
  const { plan, postgres, cores } = world;
  const done = async () => {
    const [row] = await postgres.sql`
      select count(*) filter (where state = 'done')::int as done, min(reason->>'code') filter (where state = 'failed') as failed
      from transfer`;
    if (row?.["failed"]) throw new Error(`A pull failed: ${row["failed"]}.`);
    return Number(row?.["done"]);
  };
  const before = await done();
  const wanted = plan.pullers * plan.batchFiles;
  return await observe(world, async () => {
    for (let index = 0; index < plan.pullers; index += 1) {
      const api = cores[index % cores.length]?.api;
      if (!api) throw new Error("No core runs.");
      const { items } = await api.catalog.browse(puller(index), { where: `source ${index}` });
      const folder = items.find(({ name }) => name === `Batch ${batch}`);
      await api.transfers.pull(puller(index), { what: [folder?.ref ?? ""], requestId: `batch-${batch}-${index}` });
    }
    await within(async () => (await done()) >= before + wanted);
    return wanted;
  });
}

/** A step that hangs must not take the others' figures with it. @throws Error when it takes too long */
async function within(isOver: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (!(await isOver())) {
    if (performance.now() > untilMs) throw new Error(`It was not over within ${patienceMs / 1000} s.`);
    await delay(lookMs);
  }
}

/** @param work gives how many were done */
async function observe(world: World, work: () => Promise<number>): Promise<Measured> {
  const { cores, database, homes } = world;
  const usage = () => ({
    cores: cpuSecondsOf(cores.map(({ pid }) => pid)),
    database: cpuSecondsOf([database]),
    ftp: cpuSecondsOf(homes.pids),
    all: cpuSecondsOfMachine(),
  });
  const sessions = watchSessions(world);
  const before = usage();
  const startedAt = performance.now();
  const count = await work().finally(sessions.end);
  const seconds = (performance.now() - startedAt) / 1000;
  const after = usage();
  const busy = (key: keyof typeof before) => (after[key] - before[key]) / seconds;
  const load = { cores: busy("cores"), database: busy("database"), ftp: busy("ftp") };
  const others = Math.max(0, busy("all") - load.cores - load.database - load.ftp);
  return { perSecond: count / seconds, load: { ...load, others }, sessions: sessions.seen() };
}

/** Looks at the sessions of the cores now and then, until it is ended. */
function watchSessions({ postgres: { sql } }: World) {
  const over = new AbortController();
  const seen: Sessions[] = [];
  const watching = (async () => {
    while (!over.signal.aborted) {
      const [row] = await sql<[Sessions]>`
        select count(*)::int as open, (count(*) filter (where wait_event = 'advisory'))::int as advisory,
          (count(*) filter (where wait_event_type = 'Lock' and wait_event <> 'advisory'))::int as rows
        from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
      seen.push(row);
      await delay(lookMs);
    }
  })();
  const mean = (key: keyof Sessions) => seen.reduce((sum, one) => sum + one[key], 0) / seen.length;
  return {
    end: async () => {
      over.abort();
      await watching;
    },
    seen: (): Sessions => ({
      open: Math.max(...seen.map(({ open }) => open)),
      advisory: mean("advisory"),
      rows: mean("rows"),
    }),
  };
}
