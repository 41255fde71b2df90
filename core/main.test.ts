// The core as a process: refusals with a sentence, --check, start, ordered stop, kill -9, an orphan ending by itself.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CoreProcess } from "../demo/core-process.ts";
import { consoleContext, startCore } from "../demo/core-process.ts";
import { startOutsidePostgres } from "../test/e2e/outside-postgres.ts";
import { connectionsOfCore } from "./connection-check.ts";
import { openDatabase } from "./platform/db.ts";
import { coreArguments } from "./process.ts";

let folder: string;
let cores: CoreProcess[];
const dataFolder = () => join(folder, "data");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fonshare-core-"));
  cores = [];
});
afterEach(async () => {
  for (const core of cores) await core.stop();
  expect(processesIn(folder)).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<CoreProcess> {
  const core = await startCore({ dataFolder: dataFolder() });
  cores.push(core);
  return core;
}

/** Ids of processes whose working directory (a postmaster's is its data) lies in `place`; Linux only. */
function processesIn(place: string): string[] {
  if (!existsSync("/proc/self/cwd")) return [];
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`).startsWith(place);
    } catch {
      return false;
    }
  });
}

function run(env: Record<string, string>, ...words: string[]): ChildProcess {
  return spawn(process.execPath, coreArguments(words), {
    env: { PATH: process.env["PATH"], FONSHARE_DATA: dataFolder(), FONSHARE_WEB_LISTEN: "127.0.0.1:0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const text = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text.stderr += chunk;
  });
  await once(child, "close");
  return { code: child.exitCode, ...text };
}

it("says every mistake of the configuration and touches nothing", async () => {
  const refused = await outcome(run({ FONSHARE_RETENTION: "long", FONSHARE_WEB: "x" }));
  expect(refused.code).toBe(2);
  expect(refused.stdout).toBe("");
  expect(
    refused.stderr
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(":")[0]),
  ).toEqual(["FONSHARE_WEB", "FONSHARE_RETENTION"]);
  expect(existsSync(dataFolder())).toBe(false);
});

it("--check tries the installation out and ends", async () => {
  const checked = await outcome(run({}, "--check"));
  expect(checked).toMatchObject({ code: 0, stderr: "" });
  const refused = await outcome(run({ DATABASE_URL: "postgres://fon:hunter2@127.0.0.1:1/fon" }, "--check"));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^FonShare cannot start: DATABASE_URL: .+\.\n$/);
  expect(refused.stderr + refused.stdout).not.toContain("hunter2");
});

it("--check refuses a database that allows too few connections, and says what to do", async () => {
  const postgres = await startOutsidePostgres({ max_connections: `${connectionsOfCore + 2}` });
  try {
    const refused = await outcome(run({ DATABASE_URL: postgres.url }, "--check"));
    expect(refused.code).toBe(1);
    const sentence =
      /^FonShare cannot start: DATABASE_URL: a core holds up to (\d+) connections, .+ allows it (\d+); raise .+\.\n$/;
    expect(refused.stderr.match(sentence)?.slice(1).map(Number)).toEqual([connectionsOfCore, connectionsOfCore - 1]);
    const all = await Promise.all(Array.from({ length: connectionsOfCore + 2 }, () => occupy(postgres.url)));
    const full = await outcome(run({ DATABASE_URL: postgres.url }, "--check"));
    expect(full.stderr).toMatch(/^FonShare cannot start: DATABASE_URL: .+ hold all connections .+\.\n$/);
    for (const end of all) await end();
  } finally {
    await postgres.close();
  }
});

/** Holds a connection, when there is one. @returns what gives it back */
async function occupy(url: string): Promise<() => Promise<void>> {
  const database = openDatabase({ url }, 1);
  await database.sql`select 1`.catch(() => undefined);
  return database.close;
}

it("serves, refuses a second core on the same data, and stops in order", async () => {
  const core = await start();
  expect(await core.api.people.hello(consoleContext("Anna"), {})).toMatchObject({ name: "Anna", groups: [] });
  const second = await outcome(run({}));
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(/^FonShare cannot start: Another FonShare core already uses .+\.\n$/);
  expect(await core.stop()).toBe(0);
  expect(existsSync(join(dataFolder(), "run", "api.sock"))).toBe(false);
});

it("starts again after kill -9 of itself and of its database, with everything that was acknowledged", async () => {
  const first = await start();
  await first.api.groups.create(consoleContext("Anna"), { name: "Club" });
  await first.kill();
  const second = await start();
  expect(await second.api.people.hello(consoleContext("Anna"), {})).toMatchObject({ group: "Club", isMember: true });
  const postmaster = Number(readFileSync(join(dataFolder(), "postgres", "postmaster.pid"), "utf8").split("\n")[0]);
  process.kill(postmaster, "SIGKILL");
  await answersAgain(second);
  expect(await second.stop()).toBe(0);
});

it("ends by itself when the process that started it is gone", async () => {
  const url = JSON.stringify(new URL("../demo/core-process.ts", import.meta.url).href);
  const code = `
    const { startCore } = await import(${url});
    const core = await startCore({ dataFolder: ${JSON.stringify(dataFolder())} });
    console.log(core.pid);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  parent.kill("SIGKILL");
  await gone(pid);
});

/** Asks until the database is back; until then each answer says that the core is away for a moment. */
async function answersAgain(core: CoreProcess): Promise<void> {
  for (;;) {
    try {
      expect(await core.api.people.hello(consoleContext("Anna"), {})).toMatchObject({ group: "Club" });
      return;
    } catch (error) {
      expect(error).toMatchObject({ code: "core.unavailable" });
    }
  }
}

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await delay(10);
  }
}
