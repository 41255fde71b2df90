// What the canary hears: the event stream as a bot gets it, a bot that somebody talks to, and a core that cannot start.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { expect } from "vitest";
import type { Context, FonEvent } from "#contract";
import { eventSchema } from "#contract";
import { botArguments } from "../../../bot/process.ts";
import { coreArguments } from "../../../core/process.ts";
import type { CoreProcess } from "../../../demo/core-process.ts";
import { until } from "../installation.ts";
import { planted } from "./planted.ts";

export interface Listener {
  text(): string;
  all(): FonEvent[];
  /** Resolves when an event of this kind has come. */
  heard(kind: FonEvent["telling"]["kind"]): Promise<unknown>;
  stop(): void;
}

/** The raw bytes of the event stream, as a bot on the console gets them. */
export function listen(core: CoreProcess): Listener {
  let text = "";
  const socketPath = core.apiAddress.replace(/^unix:/, "");
  const call = request({ socketPath, path: "/v1/events?platforms=console" }, (answer) => {
    answer.setEncoding("utf8").on("data", (some: string) => {
      text += some;
    });
    answer.on("error", () => undefined);
  });
  call.on("error", () => undefined).end();
  const all = () => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => eventSchema.parse(JSON.parse(data ?? "")));
  return {
    text: () => text,
    all,
    heard: (kind) => until(async () => (all().some((event) => event.telling.kind === kind) ? true : undefined)),
    stop: () => call.destroy(),
  };
}

export function isFor(event: FonEvent, who: Context): boolean {
  return event.rooms.length > 0 || event.people.some((person) => person.userId === who.actor.userId);
}

/** What the console bot shows to a person who says all these lines, with its own log; links are the person's own. */
export async function talk(
  core: CoreProcess,
  name: string,
  language: string,
  lines: readonly string[],
): Promise<string> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, FONSHARE_API: core.apiAddress, LOG_LEVEL: "trace" };
  const bot = spawn(process.execPath, [...botArguments(), "--as", name, "--lang", language], { env, stdio: "pipe" });
  const [out, err] = [readAll(bot.stdout), readAll(bot.stderr)];
  bot.stdin.end(`${lines.join("\n")}\n`);
  await once(bot, "close");
  const text = `${await out}${await err}`;
  expect(text).toContain(lines.at(-1));
  return text;
}

/** What a core says that finds a planted password in its key file instead of a key: the worst level of the log. */
export async function startBroken(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "fonshare-e2e-"));
  const keyFile = join(folder, "key");
  writeFileSync(keyFile, planted.password);
  const env = {
    ...{ PATH: process.env["PATH"], FONSHARE_DATA: join(folder, "data"), FONSHARE_WEB_LISTEN: "127.0.0.1:0" },
    ...{ FONSHARE_KEY_FILE: keyFile, LOG_LEVEL: "trace" },
  };
  try {
    const core = spawn(process.execPath, coreArguments(), { env, stdio: ["ignore", "pipe", "pipe"] });
    const [out, err] = [readAll(core.stdout), readAll(core.stderr)];
    await once(core, "close");
    return `${await out}${await err}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
