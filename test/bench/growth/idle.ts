// What an installation costs that nobody uses, and how long it takes to start: core, database and bot, each by itself.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { consoleContext, startCore } from "../../../demo/core-process.ts";
import { createDiscordDriver } from "../../chat/discord/driver.ts";
import type { Cell, Size, Table } from "../report.ts";
import type { Held } from "./memory.ts";
import { memoryNote, readMemory } from "./memory.ts";
import { cpuSecondsOf, findDatabase, findProcess } from "./processes.ts";
import { median, rounded } from "./spread.ts";
import type { LeaveAlone, Pids } from "./whole.ts";
import { runWhole } from "./whole.ts";

/** After the start, before anything is called idle. */
const settleMs = { smoke: 0, full: 5_000 };
const idleMs = { smoke: 1_000, full: 60_000 };
const rounds = { smoke: 1, full: 3 };

/** Milliseconds: on an empty folder, and again on what that left. */
interface Start {
  cold: number;
  warm?: number;
  /** Until the chat platform knows the bot. */
  coldOnline?: number;
  warmOnline?: number;
}

/** What was left alone, and what of a processor it took. */
interface Idle extends Held {
  cpuSecondsPerMinute: number;
}

/** `smoke` starts the core alone, once. */
export async function measureIdle(size: Size, tell: (line: string) => void): Promise<Table[]> {
  const core: Start[] = [];
  const whole: Start[] = [];
  let idle: Idle[] = [];
  const leave: LeaveAlone = async (pids) => {
    idle = await leaveAlone(pids, size);
  };
  for (let round = 0; round < rounds[size]; round += 1) core.push(await timeCore(size === "smoke" ? leave : undefined));
  tell("the core alone was started");
  if (size === "full") {
    for (let round = 1; round <= rounds.full; round += 1) {
      whole.push(await timeWhole(round === rounds.full ? leave : undefined));
    }
    tell("`npm start` was started, and left alone");
  }
  return [startTable(core, whole), idleTable(size, idle)];
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-idle-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param then takes the place of a warm one */
function timeCore(then: LeaveAlone | undefined): Promise<Start> {
  const time = async (dataFolder: string, after?: LeaveAlone) => {
    const startedAt = performance.now();
    const core = await startCore({ dataFolder });
    try {
      await core.api.servers.list(consoleContext("Olga"), {});
      const tookMs = performance.now() - startedAt;
      await after?.({ core: core.pid });
      return tookMs;
    } finally {
      await core.stop();
    }
  };
  return inFolder(async (folder) => {
    const data = join(folder, "data");
    const cold = await time(data, then);
    return then ? { cold } : { cold, warm: await time(data) };
  });
}

/** @param then for the warm one */
function timeWhole(then: LeaveAlone | undefined): Promise<Start> {
  return inFolder(async (folder) => {
    const driver = await createDiscordDriver();
    try {
      const cold = await runWhole(driver, join(folder, "data"), undefined);
      const warm = await runWhole(driver, join(folder, "data"), then);
      return { cold: cold.apiMs, warm: warm.apiMs, coldOnline: cold.onlineMs, warmOnline: warm.onlineMs };
    } finally {
      await driver.close();
    }
  });
}

async function leaveAlone({ core, npm }: Pids, size: Size): Promise<Idle[]> {
  await delay(settleMs[size]);
  const database = findDatabase(core);
  const bot = npm === undefined ? undefined : findProcess([npm], /bot\/main\.ts/);
  const base = database === undefined ? [] : [database];
  const cpu = (): Record<string, number> => ({
    core: cpuSecondsOf([core], base),
    database: cpuSecondsOf(base),
    bot: bot === undefined ? 0 : cpuSecondsOf([bot]),
  });
  const before = cpu();
  const startedAt = performance.now();
  await delay(idleMs[size]);
  const after = cpu();
  const minutes = (performance.now() - startedAt) / 60_000;
  return readMemory({ core, database, bot }).map((held) => {
    return { ...held, cpuSecondsPerMinute: ((after[held.name] ?? 0) - (before[held.name] ?? 0)) / minutes };
  });
}

function startTable(core: readonly Start[], whole: readonly Start[]): Table {
  const row = (name: string, starts: readonly Start[], cold: keyof Start, warm: keyof Start): Cell[] => [
    name,
    ...[cold, warm].map((key) => rounded(median(starts.map((start) => start[key] ?? Number.NaN)))),
  ];
  const ofWhole = [
    row("npm start, API answers", whole, "cold", "warm"),
    row("npm start, bot online", whole, "coldOnline", "warmOnline"),
  ];
  return {
    title: "Start-up",
    note: `Until the API has answered a first call, and until the bot has identified at the platform (a stand-in on this machine). Cold: an empty data folder, so the database cluster, its tables and the master key are made; the programs are in the kernel's cache. Medians of ${core.length}.`,
    columns: ["what", "cold ms", "warm ms"],
    rows: [row("core alone, API answers", core, "cold", "warm"), ...(whole.length > 0 ? ofWhole : [])],
    plot: { kind: "bar", x: "what", y: ["cold ms", "warm ms"], unit: "ms" },
  };
}

function idleTable(size: Size, parts: readonly Idle[]): Table {
  return {
    title: "Idle",
    note: `A fresh installation with nothing to do${size === "full" ? " (started by `npm start`, whose own two processes are not counted)" : ""}, watched for ${idleMs[size] / 1000} s. ${memoryNote}`,
    columns: ["part", "processes", "RSS MiB", "PSS MiB", "CPU s a minute"],
    rows: parts.map(({ name, processes, rss, pss, cpuSecondsPerMinute }) => {
      return [name, processes, rss, pss, rounded(cpuSecondsPerMinute)];
    }),
    plot: { kind: "bar", x: "part", y: ["PSS MiB"], unit: "MiB" },
  };
}
