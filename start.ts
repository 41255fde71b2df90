// `npm start`: the core and a bot, each a process of its own, under one small supervisor.
// Without a chat token the bot is the console and has the terminal to itself; the core's log then goes to a file.
import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { botArguments } from "./bot/process.ts";
import { coreArguments } from "./core/process.ts";

const root = import.meta.dirname;
const dataFolder = resolve(process.env["FONSHARE_DATA"] || "./data");
const isConsole = !["DISCORD_TOKEN", "TELEGRAM_BOT_TOKEN"].some(
  (name) => process.env[name] || process.env[`${name}_FILE`],
);
/** Somebody sits at the console; else it only tells what happens. */
const isChatting = isConsole && process.stdin.isTTY === true;
const stopping = new AbortController();

const say = (sentence: string) => process.stderr.write(`FonShare: ${sentence}\n`);

/** The environment without what the other process alone may know. */
function environmentWithout(...secrets: string[]): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !secrets.includes(name.replace(/_FILE$/, "")));
  return { ...Object.fromEntries(kept), ...shortApiAddress() };
}

/** A Unix socket's path has 107 bytes at most (103 on macOS); below a long data folder both processes meet elsewhere. */
function shortApiAddress(): NodeJS.ProcessEnv {
  const usual = join(dataFolder, "run", "api.sock");
  if (process.env["FONSHARE_API"] || Buffer.byteLength(usual) <= 103) return {};
  const name = createHash("sha256").update(dataFolder).digest("hex").slice(0, 16);
  return { FONSHARE_API: `unix:${join(tmpdir(), `fonshare-api-${name}`, "api.sock")}` };
}

const fullLogBytes = 10 * 1024 * 1024;

/** The file descriptor of `run/core.log`; a log that has grown large is kept once more, as `core.log.1`. */
function openLog(): number {
  const file = join(dataFolder, "run", "core.log");
  mkdirSync(join(dataFolder, "run"), { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > fullLogBytes) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

/**
 * Where Node keeps what it compiled, for the core and its threads: the next start is a third faster. Beside the code it
 * was made of; where that may not be written, Node does without.
 */
function compiledCode(): NodeJS.ProcessEnv {
  return {
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] || join(root, "node_modules/.cache/fonshare/compiled"),
  };
}

/** In a process group of its own: Ctrl-C reaches this process or the console, which end it in order. */
function spawnCore(output: number | "inherit"): ChildProcess {
  return spawn(process.execPath, coreArguments(), {
    env: { ...environmentWithout("DISCORD_TOKEN", "TELEGRAM_BOT_TOKEN"), ...compiledCode() },
    stdio: ["ignore", output, "inherit", "ipc"],
    detached: true,
  });
}

/** The bot can read its own code and its tokens' files, and nothing else of this machine. */
function spawnBot(): ChildProcess {
  const tokenFiles = Object.entries(process.env).filter(([name]) => /_TOKEN_FILE$/.test(name));
  const files = tokenFiles.flatMap(([, file]) => file ?? []);
  // As a service there is nobody to talk to: the console then stays and tells what happens, until it is stopped.
  const stay = isConsole && !isChatting && !process.argv.includes("--stay") ? ["--stay"] : [];
  return spawn(process.execPath, [...botArguments(files), ...process.argv.slice(2), ...stay], {
    env: environmentWithout("DATABASE_URL", "FONSHARE_KEY"),
    stdio: "inherit",
  });
}

async function ended(child: ChildProcess): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode ?? 1;
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await ended(child);
}

/** True when the core says that it serves; false when it ended before. */
async function isReady(core: ChildProcess): Promise<boolean> {
  return Promise.race([once(core, "message").then(() => true), ended(core).then(() => false)]);
}

const mostRestarts = 5;
const restartWindowMs = 60_000;

type Who = "core" | "bot";
type Running = Partial<Record<Who, ChildProcess>>;

/** Keeps a process running until it is told to stop; gives the exit code of one that cannot or need not be kept. */
async function keep(who: Who, running: Running, start: () => ChildProcess): Promise<number> {
  const restartedAt: number[] = [];
  for (;;) {
    const child = start();
    running[who] = child;
    const code = await ended(child);
    if (stopping.signal.aborted || isFinal(who, code)) return code;
    const recent = restartedAt.filter((at) => at > Date.now() - restartWindowMs).length;
    if (recent >= mostRestarts) {
      say(`The ${who} ends again and again; its log says why.`);
      return code;
    }
    // In a terminal the console itself says that the core is away, without breaking the line that is being typed.
    if (!isChatting) say(`The ${who} ended (${child.signalCode ?? `exit code ${code}`}) and is started again.`);
    restartedAt.push(Date.now());
    await wait(250 * 2 ** recent, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (stopping.signal.aborted) return code;
  }
}

/** A console that ends has nobody left to talk to; a bot that ends with 2 has told what somebody must change. */
function isFinal(who: Who, code: number): boolean {
  return who === "bot" && (isConsole || code === 0 || code === 2);
}

/** A console that was killed could not give the terminal its echo and its line ends back. */
function mendTerminal(): void {
  if (!isChatting) return;
  spawnSync("stty", ["sane"], { stdio: "inherit" });
  process.stderr.write("\n");
}

async function run(): Promise<number> {
  const output = isConsole ? openLog() : "inherit";
  if (isChatting) say(`starting; the core's log is ${join(dataFolder, "run", "core.log")}`);
  const core = spawnCore(output);
  const running: Running = { core };
  const stop = () => {
    stopping.abort();
    void end(running.bot);
    void end(running.core);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  if (!(await isReady(core))) return stopping.signal.aborted ? 0 : ended(core);
  const first = [core];
  const outcome = await Promise.race([
    keep("bot", running, spawnBot).then((code) => ({ who: "bot", code })),
    keep("core", running, () => first.pop() ?? spawnCore(output)).then((code) => ({ who: "core", code })),
  ]);
  const wasAsked = stopping.signal.aborted;
  if (outcome.who === "bot" && outcome.code !== 0 && !wasAsked) {
    mendTerminal();
    say(`The bot ended (${running.bot?.signalCode ?? `exit code ${outcome.code}`}); the core is stopped.`);
  }
  stop();
  await Promise.all([running.bot, running.core].map((child) => child && ended(child)));
  return wasAsked ? 0 : outcome.code;
}

process.exitCode = await run();
// A listener for signals and the channel to the core would keep this process; both children are gone.
process.exit();
