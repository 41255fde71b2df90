// Very many pulls asked for at once, between many servers: what they cost the core, and what of the contents it sees.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "../../../core/platform/db.ts";
import { openDatabase } from "../../../core/platform/db.ts";
import { findRunningDatabase } from "../../../core/platform/embedded-postgres.ts";
import { consoleContext } from "../../../demo/core-process.ts";
import type { DaemonKind } from "../../daemons/index.ts";
import type { Installation } from "../../e2e/installation.ts";
import { createInstallation, until } from "../../e2e/installation.ts";
import { makeFastFolder } from "../fast-folder.ts";
import type { Homes } from "../homes.ts";
import { openHomes } from "../homes.ts";
import { bytesReadBy, cpuMsOf, rssBytesOf, watchHighest } from "../process-figures.ts";
import type { Cell, Table } from "../report.ts";
import { writeBigFiles } from "./contents.ts";
import { openDoorTo } from "./world.ts";

export interface CrowdWish {
  kind: DaemonKind;
  servers: number;
  pullsEach: number;
  sizeBytes: number;
  tell: (line: string) => void;
}

const slots = 4;
const passivePorts = 60;
const pollMs = 200;
const giveUpMs = 10 * 60_000;
const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

const person = (n: number) => `Person${n}`;
const fileName = (server: number, n: number) => `file ${n} of ${server}.bin`;

export async function measureCrowd(wish: CrowdWish): Promise<Table> {
  const folder = makeFastFolder();
  const ends: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  try {
    fill(folder, wish);
    const homes = await openHomes(wishesOf(folder, wish), { roundTripMs: 0, isCounted: true, passivePorts });
    ends.push(homes.stop);
    const installation = await createInstallation();
    ends.push(installation.stop);
    await introduceAll(installation, homes);
    await untilScanned(installation, wish);
    wish.tell(`${wish.servers} servers are enrolled and scanned`);
    const address = await findRunningDatabase(installation.dataFolder);
    if (!address) throw new Error("the core's database does not run");
    const database = openDatabase(address, 1);
    ends.push(database.close);
    return await measure(wish, installation, homes, database);
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

function fill(folder: string, { servers, pullsEach, sizeBytes }: CrowdWish): void {
  const names: string[] = [];
  for (let server = 0; server < servers; server += 1) {
    mkdirSync(join(folder, `home ${server}`, "Inbox"), { recursive: true });
    mkdirSync(join(folder, `home ${server}`, "Media"));
    for (let n = 0; n < pullsEach; n += 1) names.push(join(`home ${server}`, "Media", fileName(server, n)));
  }
  writeBigFiles(folder, sizeBytes, names);
}

function wishesOf(folder: string, { servers, kind }: CrowdWish) {
  return Array.from({ length: servers }, (_, n) => {
    return { name: `box ${n}`, kind, options: { root: join(folder, `home ${n}`) } };
  });
}

async function introduceAll(installation: Installation, { homes }: Homes): Promise<void> {
  const door = await openDoorTo(installation);
  try {
    for (const [n, home] of homes.entries()) {
      const places = { sharePath: "/Media", inboxPath: "/Inbox", share: home.name };
      const limits = { slotsOut: slots, slotsIn: slots };
      await door.introduce({ owner: person(n), label: home.name, home, ...places, limits });
    }
  } finally {
    await door.close();
  }
}

async function untilScanned({ core }: Installation, { servers, pullsEach }: CrowdWish): Promise<void> {
  await until(async () => {
    const { shares } = await core.api.shares.list(consoleContext(person(0)), {});
    return shares.length === servers && shares.every(({ files }) => files === pullsEach) ? true : undefined;
  });
}

async function measure(
  { servers, pullsEach, sizeBytes, kind, tell }: CrowdWish,
  { core }: Installation,
  homes: Homes,
  database: Database,
): Promise<Table> {
  const wanted = await refsOf(core.api, servers, pullsEach);
  const before = {
    cpuMs: cpuMsOf(core.pid),
    rss: rssBytesOf(core.pid),
    read: bytesReadBy(core.pid),
    between: await bytesBetween(homes),
  };
  const memory = watchHighest(() => rssBytesOf(core.pid), pollMs);
  const startedMs = performance.now();
  const asked = wanted.map(({ reader, ref }, n) =>
    core.api.transfers.pull(reader, { what: [ref], to: `box ${n % servers}`, requestId: `bench crowd ${n}` }),
  );
  await Promise.all(asked);
  tell(`${wanted.length} pulls are asked for`);
  const { done, mostRunning } = await untilOver(database, tell).finally(() => memory.end());
  const tookMs = performance.now() - startedMs;
  const cpuMs = cpuMsOf(core.pid) - before.cpuMs;
  const readBytes = bytesReadBy(core.pid) - before.read;
  const between = (await bytesBetween(homes)) - before.between;
  const bytes = done * sizeBytes;
  const grown = memory.end() - before.rss;
  const rows: Cell[][] = [
    ["pulls asked for at once", wanted.length],
    ["pulls done", done],
    ["most transfers running at a time", mostRunning],
    ["seconds until the last was done", tookMs / 1000],
    ["MiB of files moved", bytes / mebibyte],
    ["core CPU s per GiB", cpuMs / 1000 / (bytes / gibibyte)],
    ["core CPU ms per pull", cpuMs / Math.max(1, done)],
    ["core RSS before, MiB", before.rss / mebibyte],
    ["core RSS at its highest, MiB", memory.end() / mebibyte],
    ["growth per transfer running, MiB", grown / Math.max(1, mostRunning) / mebibyte],
    ["growth per pull asked for, KiB", grown / wanted.length / 1024],
    ["MiB from server to server", between / mebibyte],
    ["MiB of files relayed by the core", Math.max(0, bytes - between) / mebibyte],
    ["MiB that the core read in all", readBytes / mebibyte],
  ];
  return {
    title: `${wanted.length} pulls at once between ${servers} servers (${kind})`,
    note: `Files of ${sizeBytes / mebibyte} MiB; each owner allows ${slots} transfers in and ${slots} out. All connections pass counting proxies. Relayed: what did not go from server to server. Read in all: every byte from every socket of the core, its database and the samples of both copies that it compares included.`,
    columns: ["figure", "value"],
    rows,
  };
}

async function bytesBetween(homes: Homes): Promise<number> {
  return (await homes.traffic())?.dataOfNeighbours ?? 0;
}

/** Everybody wants one file of each of the servers after their own. */
async function refsOf(api: Installation["core"]["api"], servers: number, pullsEach: number) {
  const refs = new Map<string, string>();
  for (let server = 0; server < servers; server += 1) {
    const { items } = await api.catalog.browse(consoleContext(person(0)), { where: `box ${server}` });
    for (const { name, ref } of items) refs.set(name, ref);
  }
  const wanted = [];
  for (let n = 0; n < pullsEach; n += 1) {
    for (let reader = 0; reader < servers; reader += 1) {
      const from = (reader + 1 + (n % (servers - 1))) % servers;
      const ref = refs.get(fileName(from, n));
      if (ref === undefined) throw new Error(`the catalog does not show file ${n} of ${from}`);
      wanted.push({ reader: consoleContext(person(reader)), ref });
    }
  }
  return wanted;
}

async function untilOver(
  { sql }: Database,
  tell: (line: string) => void,
): Promise<{ done: number; mostRunning: number }> {
  let mostRunning = 0;
  let told = 0;
  const giveUpAtMs = performance.now() + giveUpMs;
  for (;;) {
    const rows = await sql`select state, count(*)::int as count from transfer group by state`;
    const counts = new Map(rows.map((row) => [row["state"] as string, row["count"] as number]));
    const of = (state: string) => counts.get(state) ?? 0;
    mostRunning = Math.max(mostRunning, of("running"));
    const over = of("done") + of("failed") + of("cancelled");
    const total = rows.reduce((sum, row) => sum + (row["count"] as number), 0);
    if (over === total || performance.now() > giveUpAtMs) return { done: of("done"), mostRunning };
    if (of("done") >= told + 100) {
      told = of("done");
      tell(`${told} pulls are done`);
    }
    await delay(pollMs);
  }
}
