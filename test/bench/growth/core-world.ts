// The world of the measurement of several cores: an outside PostgreSQL, servers that are shared and scanned, inboxes, and as
// many core processes as were asked for.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PQueue from "p-queue";
import type { CoreProcess } from "../../../demo/core-process.ts";
import { consoleContext, startCore } from "../../../demo/core-process.ts";
import { enrol, until, writeTree } from "../../e2e/installation.ts";
import type { OutsidePostgres } from "../../e2e/outside-postgres.ts";
import { startOutsidePostgres } from "../../e2e/outside-postgres.ts";
import type { Size } from "../report.ts";
import type { FarHomes, Home } from "./homes.ts";
import { putFarAway, startHomes } from "./homes.ts";
import { findDatabase } from "./processes.ts";

export const plans = {
  smoke: { cores: [1], roundTrips: [0], sources: 1, pullers: 1, batchFiles: 10, windowMs: 500 },
  full: { cores: [1, 2, 4], roundTrips: [0, 20], sources: 16, pullers: 4, batchFiles: 80, windowMs: 6_000 },
};
export type Plan = (typeof plans)[Size];

/** What a source has that is scanned again and again. */
export const shelf = { files: 60, folders: 6 };

const serversPerOwner = 6;

export interface World {
  plan: Plan;
  postgres: OutsidePostgres;
  database: number;
  homes: FarHomes;
  cores: CoreProcess[];
  addCore(): Promise<CoreProcess>;
}

export async function openWorld(ends: AsyncDisposableStack, size: Size, plan: Plan): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-growth-"));
  ends.defer(() => rmSync(folder, { recursive: true, force: true }));
  const postgres = await startOutsidePostgres();
  ends.defer(postgres.close);
  const homes = ends.use(await putFarAway(await startHomes(size, plan.sources + plan.pullers, folder)));
  const cores: CoreProcess[] = [];
  ends.defer(async () => void (await Promise.all(cores.map((core) => core.stop()))));
  const env = { DATABASE_URL: postgres.url, FONSHARE_KEY_FILE: join(folder, "master.key") };
  const addCore = async () => {
    const core = await startCore({ dataFolder: mkdtempSync(join(folder, "core-")), env });
    cores.push(core);
    return core;
  };
  return { plan, postgres, database: findDatabase(process.pid) ?? 0, homes, cores, addCore };
}

const ownerOf = (source: number) => consoleContext(`Olga ${Math.floor(source / serversPerOwner)}`);
export const puller = (index: number) => consoleContext(`Rita ${index}`);

/** Everybody is in one group; sources are shared and read, each puller has an inbox. */
export async function settle(world: World): Promise<void> {
  const { plan, postgres, homes } = world;
  const core = await world.addCore();
  const { api } = core;
  const sources = homes.all.slice(0, plan.sources);
  const inboxes = homes.all.slice(plan.sources);
  for (const [index, home] of sources.entries()) fill(home, index < plan.pullers ? plan : undefined);
  for (const { root } of inboxes) mkdirSync(join(root, "Inbox"), { recursive: true });
  await homes.own();
  await api.groups.create(ownerOf(0), { name: "Cores" });
  const owners = [...new Set(sources.map((_, i) => ownerOf(i).actor.displayName))].slice(1);
  const pullers = inboxes.map((_, i) => puller(i).actor.displayName);
  for (const name of [...owners, ...pullers]) await api.groups.join(consoleContext(name), {});
  const queue = new PQueue({ concurrency: 4 });
  const tasks = [
    ...sources.map((home, i) => () => share(core, home, i)),
    ...inboxes.map((home, i) => () => addInbox(core, home, i)),
  ];
  await Promise.all(tasks.map((task) => queue.add(task)));
  await until(async () => {
    const rows = await postgres.sql`select from scan join share using (server_id) where scan.files = 0`;
    return rows.length === 0 ? true : undefined;
  });
}

function fill({ root }: Home, batches: Plan | undefined): void {
  const names = Array.from({ length: shelf.files }, (_, i) => `Media/Folder ${i % shelf.folders}/file ${i}.bin`);
  const batchNames = Array.from(
    { length: batches ? batches.cores.length * batches.roundTrips.length : 0 },
    (_, batch) =>
      Array.from({ length: batches?.batchFiles ?? 0 }, (_unused, i) => `Media/Batch ${batch}/file ${i}.bin`),
  );
  const content = Buffer.alloc(1024, root);
  writeTree(root, Object.fromEntries([...names, ...batchNames.flat()].map((name) => [name, content])));
}

async function share(core: CoreProcess, daemon: Home, index: number): Promise<void> {
  const owner = ownerOf(index);
  const label = `source ${index}`;
  await connect(core, owner.actor.displayName, { label, daemon, sharePath: "/Media" });
  await core.api.servers.limit(owner, { server: label, limits: { slotsOut: 16 } });
  await core.api.shares.add(owner, { server: label, path: "", name: label });
}

async function addInbox(core: CoreProcess, daemon: Home, index: number): Promise<void> {
  const label = `inbox ${index}`;
  const person = puller(index);
  await connect(core, person.actor.displayName, { label, daemon, sharePath: "/Inbox", inboxPath: "/Inbox" });
  await core.api.servers.limit(person, { server: label, limits: { slotsIn: 16 } });
}

async function connect(
  core: CoreProcess,
  owner: string,
  form: { label: string; daemon: Home; sharePath: string; inboxPath?: string },
): Promise<void> {
  const page = await enrol(core, { owner, ...form, daemon: { ...form.daemon, fingerprint: undefined } });
  if (page.status !== 200) throw new Error(`The enrolment page answered ${page.status}: ${page.html}`);
}
