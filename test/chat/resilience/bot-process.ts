// The bot as a process of its own, started as for real: for what only a process can show – exit codes, kills, and
// everything that it writes.
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { botArguments } from "../../../bot/process.ts";
import { endLater } from "./stage.ts";

export interface BotProcess {
  /** Standard output and error. */
  output(): string;
  /** What is no line of the log. */
  sentences(): string[];
  /** Looks after everything it writes. */
  until<T>(look: () => T | undefined): Promise<T>;
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<number | string>;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

/** @param env token and address of the stand-ins, and the core's address; nothing of this process is handed on */
export function spawnBot(env: Record<string, string>): BotProcess {
  const bot = spawn(process.execPath, botArguments(), {
    env: { LOG_LEVEL: "trace", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const changes = new EventEmitter();
  const chunks: string[] = [];
  for (const stream of [bot.stdout, bot.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      chunks.push(String(chunk));
      changes.emit("change");
    });
  }
  const ended = once(bot, "close").then(([code, signal]) => (code ?? signal) as number | string);
  const kill = (signal: "SIGKILL" | "SIGTERM") => {
    bot.kill(signal);
    return ended;
  };
  endLater(() => kill("SIGKILL"));
  const output = () => chunks.join("");
  return {
    output,
    sentences: () =>
      output()
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("{")),
    ended,
    kill,
    async until<T>(look: () => T | undefined): Promise<T> {
      const patience = AbortSignal.timeout(25_000);
      for (;;) {
        const found = look();
        if (found !== undefined) return found;
        await once(changes, "change", { signal: patience }).catch(() => {
          throw new Error(`The bot did not write it; it wrote ${output()}`);
        });
      }
    },
  };
}
