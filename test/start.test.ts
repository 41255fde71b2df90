// `npm start` as a person meets it: one process, two children, nothing left behind.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { consoleContext } from "../demo/core-process.ts";
import { createTelegramDriver } from "./chat/telegram/driver.ts";

const isLinux = existsSync("/proc/self/task");
let folder: string;
let started: ChildProcess;
let errors: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fonshare-start-"));
  errors = "";
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(env: Record<string, string> = {}): ChildProcess {
  started = spawn(process.execPath, [join(import.meta.dirname, "..", "start.ts")], {
    env: {
      PATH: process.env["PATH"],
      FONSHARE_DATA: join(folder, "data"),
      FONSHARE_WEB_LISTEN: "127.0.0.1:0",
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  started.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  return started;
}

/** What the console says to what is typed; the input stays open. */
async function say(line: string, answer: RegExp): Promise<string> {
  started.stdin?.write(`${line}\n`);
  return hear(answer);
}

async function hear(answer: RegExp): Promise<string> {
  let text = "";
  for await (const chunk of started.stdout?.setEncoding("utf8").iterator({ destroyOnReturn: false }) ?? []) {
    text += chunk;
    if (answer.test(text)) return text;
  }
  throw new Error(`the console ended:\n${text}${errors}`);
}

async function ended(): Promise<number | null> {
  started.stdout?.resume();
  if (started.exitCode === null && started.signalCode === null) await once(started, "close");
  return started.exitCode;
}

function childrenOf(pid: number | undefined): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}
const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "utf8");
const cacheOf = (pid: number) =>
  /\0NODE_COMPILE_CACHE=([^\0]+)/.exec(readFileSync(`/proc/${pid}/environ`, "utf8"))?.[1];
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

it("is the console, with the core's log in a file, and ends when it is asked to", async () => {
  start();
  expect(await say("/help", /\/search/)).not.toContain('"level"');
  started.stdin?.write("/quit\n");
  expect(await ended()).toBe(0);
  expect(errors).toBe("");
  expect(readFileSync(join(folder, "data", "run", "core.log"), "utf8")).toMatch(/"msg":"ready"[\s\S]*"msg":"stopped"/);
});

it("does not start when the core cannot, and says why once", async () => {
  start({ FONSHARE_SCAN_EVERY: "never" });
  expect(await ended()).toBe(2);
  expect(errors.match(/FONSHARE_SCAN_EVERY/g)).toHaveLength(1);
});

it.runIf(isLinux)("ends both processes when it is told to end (on Linux: it reads /proc)", async () => {
  start();
  await say("/help", /\/search/);
  const children = childrenOf(started.pid);
  expect(children).toHaveLength(2);
  const caches = children.map((pid) => [cacheOf(pid), /core\/main\.ts/.test(commandOf(pid))] as const);
  started.kill("SIGTERM");
  expect(await ended()).toBe(0);
  expect(children.filter(isAlive)).toEqual([]);
  // The code of the core, for its next start; the bot may write nothing.
  const [[folderOfCore = ""] = [], ...others] = caches.toSorted(([, isCore]) => (isCore ? -1 : 1));
  expect(readdirSync(folderOfCore, { recursive: true }).length).toBeGreaterThan(200);
  expect(others).toEqual([[undefined, false]]);
});

it("goes on as a service after the end of its input, until it is told to end", async () => {
  start();
  await say("/group create Cycling club", /exists/);
  started.stdin?.end();
  const socketPath = join(folder, "data", "run", "api.sock");
  const joining = request({
    socketPath,
    path: "/v1/groups.join",
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  joining.end(JSON.stringify({ context: consoleContext("Ben"), input: {} }));
  expect(await hear(/Ben joined Cycling club/)).toContain("Ben joined");
  started.kill("SIGTERM");
  expect(await ended()).toBe(0);
  expect(errors).toBe("");
});

it.runIf(isLinux)("stops the core when the bot is killed, and says so (on Linux: it reads /proc)", async () => {
  start();
  await say("/help", /\/search/);
  const children = childrenOf(started.pid);
  const bot = children.find((pid) => commandOf(pid).includes("bot/main.ts")) ?? 0;
  process.kill(bot, "SIGKILL");
  expect(await ended()).toBe(1);
  expect(errors).toBe("FonShare: The bot ended (SIGKILL); the core is stopped.\n");
  expect(children.filter(isAlive)).toEqual([]);
});

it.runIf(isLinux)("starts a killed core again; the bot goes on by itself (on Linux: it reads /proc)", async () => {
  start();
  await say("/help", /\/search/);
  const core = childrenOf(started.pid).find((pid) => commandOf(pid).includes("core/main.ts")) ?? 0;
  process.kill(core, "SIGKILL");
  while (!errors.includes("is started again")) await once(started.stderr as NodeJS.EventEmitter, "data");
  expect(errors).toMatch(/^FonShare: The core ended \(SIGKILL\) and is started again\.\n$/);
  started.kill("SIGTERM");
  expect(await ended()).toBe(0);
  expect(isAlive(core)).toBe(false);
});

it.runIf(isLinux)("starts a killed bot of a chat platform again (on Linux: it reads /proc)", async () => {
  const telegram = await createTelegramDriver();
  try {
    start({ ...telegram.env });
    const greetings = () => telegram.requests().filter(({ method }) => method === "getMe").length;
    await telegram.until(() => greetings() > 0 || undefined);
    const children = childrenOf(started.pid);
    const bot = children.find((pid) => commandOf(pid).includes("bot/main.ts")) ?? 0;
    const before = greetings();
    process.kill(bot, "SIGKILL");
    await telegram.until(() => greetings() > before || undefined);
    expect(errors).toContain("FonShare: The bot ended (SIGKILL) and is started again.");
    started.kill("SIGTERM");
    expect(await ended()).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
  } finally {
    await telegram.close();
  }
});

it("ends when the only chat platform does not accept the token, and says what to do", async () => {
  const telegram = await createTelegramDriver();
  try {
    start({ ...telegram.env, TELEGRAM_BOT_TOKEN: "42:somebody-else" });
    expect(await ended()).toBe(2);
    expect(errors).toContain("Telegram does not accept TELEGRAM_BOT_TOKEN");
    expect(errors).not.toContain("somebody-else");
  } finally {
    await telegram.close();
  }
});
