// `npm start` as an operator types it, with a bot on the stand-in of Discord: how long it takes until it answers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createApi } from "../../../bot/api.ts";
import { consoleContext } from "../../../demo/core-process.ts";
import type { DiscordDriver } from "../../chat/discord/driver.ts";
import { findProcess } from "./processes.ts";

const projectRoot = resolve(import.meta.dirname, "..", "..", "..");
const lookMs = 5;

/** What is done with it while it runs. */
export type LeaveAlone = (pids: Pids) => Promise<void>;
export interface Pids {
  core: number;
  /** Of `npm start`; without it there is no bot. */
  npm?: number;
}

const supervisorOf = (npm: number) => findProcess([npm], /^\S*node start\.ts/);

/** Ended in order when `then` is over. */
export async function runWhole(
  driver: DiscordDriver,
  dataFolder: string,
  then: LeaveAlone | undefined,
): Promise<{ apiMs: number; onlineMs: number }> {
  const { PATH, HOME, LANG, TMPDIR = tmpdir() } = process.env;
  const own = { FONSHARE_DATA: dataFolder, FONSHARE_WEB_LISTEN: "127.0.0.1:0", ...driver.env };
  const startedAt = performance.now();
  const npm = spawn("npm", ["start"], {
    cwd: projectRoot,
    env: { PATH, HOME, LANG, TMPDIR, ...own },
    stdio: ["ignore", "ignore", "ignore"],
    detached: true,
  });
  const gone = once(npm, "exit");
  const pid = npm.pid ?? 0;
  try {
    await whenAnswering(join(dataFolder, "run", "api.sock"), () => npm.exitCode !== null);
    const apiMs = performance.now() - startedAt;
    await driver.online();
    const onlineMs = performance.now() - startedAt;
    await then?.({ core: findProcess([pid], /core\/main\.ts/) ?? 0, npm: pid });
    return { apiMs, onlineMs };
  } finally {
    // The one that ends the others in order; npm ends with it.
    const supervisor = supervisorOf(pid);
    if (supervisor) process.kill(supervisor, "SIGTERM");
    else npm.kill();
    await gone;
  }
}

async function whenAnswering(socketPath: string, hasEnded: () => boolean): Promise<void> {
  const api = createApi({ socketPath });
  try {
    for (;;) {
      const isThere = await api.client.servers.list(consoleContext("Olga"), {}).then(
        () => true,
        () => delay(lookMs, false),
      );
      if (isThere) return;
      if (hasEnded()) throw new Error("`npm start` ended before its API answered.");
    }
  } finally {
    await api.close();
  }
}
