// Several core processes on one PostgreSQL: how many scans and pulls a second they bring together, and what the processors
// of this machine do meanwhile. Servers are near (loopback) or far (20 ms a round trip on the control connections).
import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../e2e/installation.ts";
import type { Size, Table } from "../report.ts";
import type { Plan, World } from "./core-world.ts";
import { openWorld, plans, puller, settle } from "./core-world.ts";
import type { Load, Result } from "./cores-tables.ts";
import { tablesOf } from "./cores-tables.ts";
import { cpuSecondsOf, cpuSecondsOfMachine } from "./processes.ts";

/** Between two looks for servers whose scan is over, to make them due again. */
const againMs = 100;
const lookMs = 50;

export async function measureCores(size: Size, tell: (line: string) => void): Promise<Table[]> {
  const plan: Plan = plans[size];
  await using ends = new AsyncDisposableStack();
  const world = await openWorld(ends, size, plan);
  await settle(world);
  tell(`${plan.sources} servers (${world.homes.software}) are shared`);
  const results: Result[] = [];
  let batch = 0;
  for (const many of plan.cores) {
    while (world.cores.length < many) await world.addCore();
    for (const roundTripMs of plan.roundTrips) {
      world.homes.setRoundTrip(roundTripMs);
      const known = { cores: many, roundTripMs };
      results.push({ ...known, what: "scans", ...(await scanAgainAndAgain(world)) });
      results.push({ ...known, what: "pulls", ...(await pullBatch(world, batch++)) });
    }
    tell(`${many} cores have scanned and pulled`);
  }
  const [version] = await world.postgres.sql`show server_version`;
  return tablesOf(plan, results, `${world.homes.software}; PostgreSQL ${version?.["server_version"]}`);
}

/** Every server is due again as soon as its scan is over, for as long as the window is open. */
async function scanAgainAndAgain(world: World): Promise<{ perSecond: number; load: Load }> {
  const { plan, postgres } = world;
  const over = new AbortController();
  const keepDue = async () => {
    while (!over.signal.aborted) {
      await postgres.sql`
        with again as (update scan set due_at = now()
          where lease_until is null and due_at > now() and server_id in (select server_id from share) returning 1)
        select pg_notify('fonshare', 'scan') from again limit 1`;
      await delay(againMs);
    }
  };
  const ended = async () => {
    const [row] = await postgres.sql`
      select sum(token)::float - count(lease_until) as n, count(*) filter (where state = 'failed')::int as failed
      from scan`;
    if (row?.["failed"] > 0) throw new Error("A scan failed.");
    return Number(row?.["n"]);
  };
  const keeping = keepDue();
  try {
    // Until the threads that scan have started everywhere.
    const first = await ended();
    await until(async () => ((await ended()) >= first + plan.sources ? true : undefined));
    return await observe(world, async () => {
      const before = await ended();
      await delay(plan.windowMs);
      return await until(async () => (await ended()) - before || undefined);
    });
  } finally {
    over.abort();
    await keeping;
    await until(async () => {
      const rows = await postgres.sql`
        select from scan join share using (server_id) where lease_until is not null or due_at <= now()`;
      return rows.length === 0 ? true : undefined;
    });
  }
}

/** Each puller takes one folder of small files from a source of its own; every core gets its share of the questions. */
async function pullBatch(world: World, batch: number): Promise<{ perSecond: number; load: Load }> {
  const { plan, postgres, cores } = world;
  const done = async () => {
    const [row] = await postgres.sql`
      select count(*) filter (where state = 'done')::int as done, count(*) filter (where state = 'failed')::int as failed
      from transfer`;
    if (row?.["failed"] > 0) throw new Error("A pull failed.");
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
    while ((await done()) < before + wanted) await delay(lookMs);
    return wanted;
  });
}

/** @param work gives how many were done */
async function observe(
  { cores, database, homes }: World,
  work: () => Promise<number>,
): Promise<{ perSecond: number; load: Load }> {
  const usage = () => ({
    cores: cpuSecondsOf(cores.map(({ pid }) => pid)),
    database: cpuSecondsOf([database]),
    ftp: cpuSecondsOf(homes.pids),
    all: cpuSecondsOfMachine(),
  });
  const before = usage();
  const startedAt = performance.now();
  const count = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const after = usage();
  const busy = (key: keyof typeof before) => (after[key] - before[key]) / seconds;
  const load = { cores: busy("cores"), database: busy("database"), ftp: busy("ftp") };
  const others = Math.max(0, busy("all") - load.cores - load.database - load.ftp);
  return { perSecond: count / seconds, load: { ...load, others } };
}
