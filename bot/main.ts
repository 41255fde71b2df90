// The bot's process: configuration, the way to the core, and one adapter for each platform that is switched on.
import { randomBytes, randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Adapter } from "./adapter.ts";
import type { Api } from "./api.ts";
import { createApi } from "./api.ts";
import type { TalkDeps } from "./chat/talk.ts";
import { createTalk } from "./chat/talk.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { readConfig } from "./config.ts";
import { createConsole } from "./console/index.ts";
import type { ConsoleOptions } from "./console/options.ts";
import { readOptions } from "./console/options.ts";
import { createDiscord } from "./discord/index.ts";
import { createDispatch } from "./dispatch.ts";
import { createLog } from "./log.ts";
import type { Make } from "./serve.ts";
import { keepServing } from "./serve.ts";
import { createTelegram } from "./telegram/index.ts";
import type { Tongue } from "./words/index.ts";
import { createTongue } from "./words/index.ts";

const exitCodes = { fine: 0, crashed: 1, misconfigured: 2 } as const;

async function main(argv: readonly string[]): Promise<number> {
  const isCheck = argv.includes("--check");
  const read = readConfig();
  if ("mistakes" in read) return complain(read.mistakes);
  const parsed = readOptions(argv.filter((word) => word !== "--check"));
  if ("mistake" in parsed) return complain([parsed.mistake]);
  if (isCheck) return exitCodes.fine;
  const api = createApi(read.config.api);
  try {
    return await run(api, read.config, parsed.options);
  } finally {
    await api.close();
  }
}

/** Everything that any adapter is made of. */
type Parts = Omit<TalkDeps, "port" | "signal">;

async function run(api: Api, config: Config, options: ConsoleOptions): Promise<number> {
  const isConsole = config.discord === undefined && config.telegram === undefined;
  const stopping = stopOnSignals();
  const tongues: Record<Tongue["language"], Tongue> = { en: createTongue("en"), fr: createTongue("fr") };
  const tongueOf = (language: Tongue["language"]) => tongues[language];
  const log = openLog(config, isConsole);
  const { client } = api;
  const clock = systemClock;
  const { signal } = stopping;
  const dispatch = createDispatch({ client, clock, log, tongueOf });
  const salt = randomBytes(24).toString("base64url");
  const parts: Parts = { client, clock, dispatch, log, salt, tongueOf };
  const makers = isConsole ? [() => makeConsole(parts, options)] : makersOf(config, parts);
  const onProblem = (sentence: string) => void complain([sentence]);
  // One that cannot work leaves the others alone.
  const codes = await Promise.all(
    makers.map((make) => keepServing({ make, api, client, clock, log, onProblem }, signal)),
  );
  stopping.abort();
  return Math.max(...codes);
}

function makersOf(config: Config, parts: Parts): Make[] {
  const { clock, tongueOf } = parts;
  const makers: Make[] = [];
  const depsFor = (platform: string, signal: AbortSignal) => {
    const log = parts.log.child({ platform });
    return { clock, tongueOf, log, makeTalk: (port: TalkDeps["port"]) => createTalk({ ...parts, log, port, signal }) };
  };
  const { discord, telegram } = config;
  if (discord) {
    const { token, apiRoot: apiUrl } = discord;
    makers.push((over) => createDiscord({ ...depsFor("discord", over), token, apiUrl, random: Math.random }));
  }
  if (telegram)
    makers.push((over) => createTelegram({ ...depsFor("telegram", over), ...telegram, random: Math.random }));
  return makers;
}

function makeConsole({ clock, dispatch, tongueOf }: Parts, options: ConsoleOptions): Adapter {
  const { stdin: input, stdout: output } = process;
  return createConsole({ dispatch, clock, tongueOf, makeRequestId: randomUUID, options, input, output });
}

/** In a terminal the console itself says what goes wrong; a service has a log. */
function openLog(config: Config, isConsole: boolean): Logger {
  if (!isConsole) return createLog(config.logLevel ?? "info");
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  return createLog(isTerminal && process.stderr.isTTY ? "silent" : (config.logLevel ?? "warn"));
}

function stopOnSignals(): AbortController {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  // The reader of our output went away: nobody is left to talk to.
  process.stdout.once("error", stop);
  return stopping;
}

function complain(sentences: readonly string[]): number {
  for (const sentence of sentences) process.stderr.write(`${sentence}\n`);
  return exitCodes.misconfigured;
}

process.on("uncaughtException", (error) => {
  createLog("fatal").fatal({ err: error }, "the bot ends: something was not foreseen");
  process.exit(exitCodes.crashed);
});
// Libraries drop a promise now and then while they reconnect; that costs a line in the log, not everybody's answers.
process.on("unhandledRejection", (error) => {
  createLog("error").error({ err: error }, "a promise was rejected and nobody listened");
});
const code = await main(process.argv.slice(2));
// A library's timer for a rate limit may outlive its client by seconds; everything of ours has ended.
process.stdout.write("", () => process.exit(code));
