// The embedded database's life: fresh, again, after kill -9 of the core or of itself, and one core at a time.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import type { Database, DatabaseAddress } from "./db.ts";
import { migrate, openDatabase } from "./db.ts";
import type { EmbeddedPostgres } from "./embedded-postgres.ts";
import { createEmbeddedPostgres } from "./embedded-postgres.ts";
import { createLog } from "./log.ts";
import { createSignals, signal } from "./signals.ts";

let folder: string;
let running: Array<{ stop(): Promise<void> }>;

beforeEach(() => {
  // mkdtemp makes a folder of mode 0700: for root, the account of the database cannot enter it by itself.
  folder = mkdtempSync(join(tmpdir(), "fonshare-embedded-"));
  running = [];
});
afterEach(async () => {
  for (const one of running.toReversed()) await one.stop();
  rmSync(folder, { recursive: true, force: true });
});

function create(dataFolder = join(folder, "data")): EmbeddedPostgres {
  const postgres = createEmbeddedPostgres({
    dataFolder,
    clock: systemClock,
    log: createLog("silent", "test"),
    onGivenUp: (error) => {
      throw error;
    },
    settings: { fsync: "off" },
  });
  running.push(postgres);
  return postgres;
}

function open(address: DatabaseAddress): Database {
  const database = openDatabase(address, 4);
  running.push({ stop: database.close });
  return database;
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
};

it("is made at the first start, keeps its data, and leaves no process", async () => {
  const first = create();
  const address = await first.start();
  const pid = first.pid() ?? 0;
  const database = open(address);
  await migrate(database);
  await database.sql`create table kept (n int)`;
  await database.sql`insert into kept values (7)`;
  const [setting] =
    await database.sql`select current_setting('data_checksums') as sums, current_setting('listen_addresses') as tcp`;
  expect(setting).toEqual({ sums: "on", tcp: "" });
  await database.close();
  await first.stop();
  expect(isAlive(pid)).toBe(false);
  expect(await open(await create().start()).sql`select n from kept`).toEqual([{ n: 7 }]);
});

it("lets only its own user reach the socket", async () => {
  const address = (await create().start()) as { socket: string };
  expect(statSync(address.socket).mode & 0o777).toBe(0o700);
  expect(statSync(join(address.socket, ".s.PGSQL.5432")).mode & 0o777).toBe(0o700);
});

it("works below a path that is too long for a socket", async () => {
  const deep = join(folder, "x".repeat(60), "y".repeat(60));
  const address = (await create(deep).start()) as { socket: string; database: string; user: string };
  running.push({ stop: async () => rmSync(address.socket, { recursive: true, force: true }) });
  expect(Buffer.byteLength(`${address.socket}/.s.PGSQL.5432`)).toBeLessThanOrEqual(107);
  expect(await open(address).sql`select 1 as one`).toEqual([{ one: 1 }]);
});

it("refuses a second core on the same folder with one sentence", async () => {
  await create().start();
  await expect(create().start()).rejects.toThrow(/^Another FonShare core already uses .+: stop it first.+\.$/);
});

it("stops the server that a killed core left, and loses nothing that was committed", async () => {
  const core = await startInProcess();
  const database = open(core.address);
  await database.sql`create table kept (n int)`;
  await database.sql`insert into kept values (1)`;
  core.child.kill("SIGKILL");
  await once(core.child, "exit");
  expect(isAlive(core.pid)).toBe(true);
  const next = create();
  const address = await next.start();
  expect(isAlive(core.pid)).toBe(false);
  expect(await open(address).sql`select n from kept`).toEqual([{ n: 1 }]);
});

it("starts past a postmaster.pid whose process id belongs to somebody else now", async () => {
  const first = create();
  await first.start();
  await first.stop();
  const file = join(folder, "data", "postgres", "postmaster.pid");
  writeFileSync(file, `${process.pid}\n${join(folder, "data", "postgres")}\n1\n5432\n\n\n0 0\nready\n`);
  const second = create();
  expect(await open(await second.start()).sql`select 1 as one`).toEqual([{ one: 1 }]);
});

it("starts past a cluster that was left half made", async () => {
  mkdirSync(join(folder, "data", "postgres.new"), { recursive: true });
  writeFileSync(join(folder, "data", "postgres.new", "PG_VERSION"), "18\n");
  expect(await open(await create().start()).sql`select 1 as one`).toEqual([{ one: 1 }]);
});

it("comes back after kill -9 under a living core; connections and signals go on", async () => {
  const postgres = create();
  const database = open(await postgres.start());
  const signals = createSignals(database.sql);
  let looks = 0;
  let looked = () => {};
  const reach = async (wanted: number) => {
    while (looks < wanted) {
      await new Promise<void>((resolve) => {
        looked = resolve;
      });
    }
  };
  signals.on("queue", () => {
    looks++;
    looked();
  });
  await reach(1);
  const killed = postgres.pid() ?? 0;
  process.kill(killed, "SIGKILL");
  await reach(2);
  expect(postgres.pid()).not.toBe(killed);
  expect(await database.sql`select 1 as one`).toEqual([{ one: 1 }]);
  const before = looks;
  await signal(database.db, "queue");
  await reach(before + 1);
  await signals.close();
});

it("migrates once when several cores start at the same time", async () => {
  const address = await create().start();
  const cores = Array.from({ length: 4 }, () => open(address));
  await Promise.all(cores.map(migrate));
  const [done] = await (cores[0] as Database)
    .sql`select count(*)::int as n, count(distinct hash)::int as hashes from drizzle.__drizzle_migrations`;
  expect(done?.["n"]).toBe(done?.["hashes"]);
  expect(done?.["n"]).toBeGreaterThan(0);
});

/** A core's database in a process of its own, so that the process can be killed. */
async function startInProcess(): Promise<{ child: ChildProcess; address: DatabaseAddress; pid: number }> {
  const from = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const code = `
    const { createEmbeddedPostgres } = await import(${from("./embedded-postgres.ts")});
    const { systemClock } = await import(${from("./clock.ts")});
    const { createLog } = await import(${from("./log.ts")});
    const postgres = createEmbeddedPostgres({
      dataFolder: ${JSON.stringify(join(folder, "data"))}, clock: systemClock, log: createLog("silent", "test"), onGivenUp() {},
    });
    const address = await postgres.start();
    process.send({ address, pid: postgres.pid() });
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [message] = (await once(child, "message")) as [{ address: DatabaseAddress; pid: number }];
  return { child, ...message };
}
