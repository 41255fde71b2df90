// The bot's process: configuration, the way to the core, and one adapter for each platform that is switched on.
import { randomUUID } from "node:crypto";
import { createAnnounce } from "./announce.ts";
import type { Api } from "./api.ts";
import { createApi } from "./api.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { readConfig } from "./config.ts";
import { createConsole } from "./console/index.ts";
import type { ConsoleOptions } from "./console/options.ts";
import { readOptions } from "./console/options.ts";
import { createDispatch } from "./dispatch.ts";
import { followEvents } from "./event-stream.ts";
import { createLog } from "./log.ts";
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
    return await runConsole(api, read.config, parsed.options);
  } finally {
    await api.close();
  }
}

async function runConsole(api: Api, config: Config, options: ConsoleOptions): Promise<number> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const log = createLog(isTerminal && process.stderr.isTTY ? "silent" : (config.logLevel ?? "warn"));
  const stopping = stopOnSignals();
  const tongues: Record<Tongue["language"], Tongue> = { en: createTongue("en"), fr: createTongue("fr") };
  const tongueOf = (language: Tongue["language"]) => tongues[language];
  const { client } = api;
  const clock = systemClock;
  const dispatch = createDispatch({ client, clock, log, tongueOf });
  const { stdin: input, stdout: output } = process;
  const adapter = createConsole({ dispatch, clock, tongueOf, makeRequestId: randomUUID, options, input, output });
  const onEvent = createAnnounce({ adapter, client, clock, log });
  const onReach = (isReached: boolean) => adapter.onReach(isReached);

  const done = adapter.run(stopping.signal);
  const { platform } = adapter;
  const following = followEvents({ api, platform, clock, log, onEvent, onReach }, stopping.signal);
  const code = await done;
  stopping.abort();
  await following;
  return code;
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
process.exitCode = await main(process.argv.slice(2));
process.stdin.destroy();
