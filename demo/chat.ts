// A conversation with the real console bot over pipes: say a line, wait for what it should answer.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { botArguments } from "../bot/process.ts";

export interface Chat {
  /** Sends a line and resolves with what `expected` matched in the text that came since. @throws when it does not come */
  say(line: string, expected: RegExp): Promise<RegExpExecArray>;
  /** The same without saying anything. */
  hear(expected: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

const root = resolve(import.meta.dirname, "..");
const patienceMs = 60_000;

/** @param onText gets everything that the bot prints */
export function openChat(apiAddress: string, speaker: string, onText: (text: string) => void): Chat {
  const { PATH, HOME, LANG } = process.env;
  const env = { PATH, HOME, LANG, FONSHARE_API: apiAddress };
  const bot = spawn(process.execPath, [...botArguments(), "--as", speaker], {
    cwd: root,
    env,
    stdio: "pipe",
    detached: true,
  });
  let unread = "";
  let wake = () => {};
  for (const stream of [bot.stdout, bot.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      unread += stripVTControlCharacters(text);
      onText(text);
      wake();
    });
  }
  bot.once("exit", () => wake());

  async function hear(expected: RegExp): Promise<RegExpExecArray> {
    const late = AbortSignal.timeout(patienceMs);
    for (;;) {
      const found = expected.exec(unread);
      if (found) {
        unread = unread.slice(found.index + found[0].length);
        return found;
      }
      if (late.aborted || bot.exitCode !== null) throw new Error(`Expected ${expected}, but the bot said:\n${unread}`);
      await nextText(late);
    }
  }

  function nextText(late: AbortSignal): Promise<void> {
    return new Promise((done) => {
      wake = done;
      late.addEventListener("abort", () => done(), { once: true });
    });
  }

  return {
    hear,
    say: async (line, expected) => {
      bot.stdin.write(`${line}\n`);
      // The bot repeats what it was told; the answer is what comes after.
      await hear(new RegExp(` ${RegExp.escape(line)}\n`));
      return await hear(expected);
    },
    stop: () => end(bot, "SIGTERM"),
    kill: () => end(bot, "SIGKILL"),
  };
}

async function end(bot: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (bot.exitCode !== null || bot.signalCode !== null) return;
  const ended = once(bot, "exit");
  bot.kill(signal);
  await ended;
}
