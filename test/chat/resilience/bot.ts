// The bot in this process, made as bot/main.ts makes it: real adapters, real talk, a core that remembers, and the
// stand-ins of the platforms. For what needs a process of its own see bot-process.ts.
import { EventEmitter, once } from "node:events";
import { pino } from "pino";
import { createApi } from "../../../bot/api.ts";
import type { TalkDeps } from "../../../bot/chat/talk.ts";
import { createTalk } from "../../../bot/chat/talk.ts";
import type { Clock } from "../../../bot/clock.ts";
import { systemClock } from "../../../bot/clock.ts";
import { createDiscord } from "../../../bot/discord/index.ts";
import { createDispatch } from "../../../bot/dispatch.ts";
import { keepServing } from "../../../bot/serve.ts";
import { createTelegram } from "../../../bot/telegram/index.ts";
import type { Tongue } from "../../../bot/words/index.ts";
import { createTongue } from "../../../bot/words/index.ts";
import type { MemoryCore } from "./memory-core.ts";

const tongues: Record<Tongue["language"], Tongue> = { en: createTongue("en"), fr: createTongue("fr") };

export interface RunningBot {
  /** Everything logged, at the level trace. */
  log(): string;
  /** Sentences for the operator. */
  problems: string[];
  /** Milliseconds that were to be waited, in order, as asked for. */
  waits: number[];
  /** Looks after each line of the log, each wait and each problem. */
  until<T>(look: () => T | undefined): Promise<T>;
  /** The greatest exit code. */
  outcome: Promise<number>;
  stop(): Promise<number>;
}

export interface BotOptions {
  env: Record<string, string>;
  core: Pick<MemoryCore, "socketPath">;
  /** Waits between attempts end after `hurryMs` at the latest: not for tests of what the platform asks to wait for. */
  isHurried?: boolean;
}

/** Longer ones are limits and rests, no pauses between attempts. */
const longestPauseMs = 9000;
const hurryMs = 60;

export function startBot({ env, core, isHurried = false }: BotOptions): RunningBot {
  const changes = new EventEmitter();
  changes.setMaxListeners(100);
  const lines: string[] = [];
  const problems: string[] = [];
  const waits: number[] = [];
  const note = <T>(list: T[], value: T) => {
    list.push(value);
    changes.emit("change");
  };
  const clock: Clock = {
    now: systemClock.now,
    wait(ms, signal) {
      note(waits, ms);
      return systemClock.wait(isHurried && ms <= longestPauseMs ? Math.min(ms, hurryMs) : ms, signal);
    },
  };
  const log = pino({ level: "trace" }, { write: (line: string) => note(lines, line) });
  const api = createApi({ socketPath: core.socketPath });
  const stopping = new AbortController();
  const { signal } = stopping;
  const { client } = api;
  const tongueOf = (language: Tongue["language"]) => tongues[language];
  const dispatch = createDispatch({ client, clock, log, tongueOf });
  const makeTalk = (port: TalkDeps["port"]) =>
    createTalk({ client, clock, dispatch, log, salt: "salt", signal, tongueOf, port });
  const parts = { makeTalk, clock, log, tongueOf, random: () => 0 };
  const { DISCORD_TOKEN, DISCORD_API_URL, TELEGRAM_BOT_TOKEN, TELEGRAM_API_ROOT } = env;
  const makers = [
    ...(DISCORD_TOKEN ? [() => createDiscord({ ...parts, token: DISCORD_TOKEN, apiUrl: DISCORD_API_URL })] : []),
    ...(TELEGRAM_BOT_TOKEN
      ? [() => createTelegram({ ...parts, token: TELEGRAM_BOT_TOKEN, apiRoot: TELEGRAM_API_ROOT })]
      : []),
  ];
  const onProblem = (sentence: string) => note(problems, sentence);
  const outcome = Promise.all(
    makers.map((make) => keepServing({ make, api, client, clock, log, onProblem }, signal)),
  ).then((codes) => Math.max(...codes));
  return {
    log: () => lines.join(""),
    problems,
    waits,
    outcome,
    async until<T>(look: () => T | undefined): Promise<T> {
      const patience = AbortSignal.timeout(25_000);
      for (;;) {
        const found = look();
        if (found !== undefined) return found;
        await once(changes, "change", { signal: patience }).catch(() => {
          throw new Error(`The bot did not say it; it said ${lines.slice(-10).join("")}`);
        });
      }
    },
    async stop() {
      stopping.abort();
      const code = await outcome;
      await api.close();
      return code;
    },
  };
}
