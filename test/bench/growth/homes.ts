// Personal FTP servers of a measurement: one daemon with a login and a folder for each, so that many servers are few
// processes. vsftpd where it is there, else the small server of the demo.
import { fork, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stopChild } from "../../../demo/ftp-home.ts";
import { freshAddress, installDaemons, startDaemon } from "../../daemons/index.ts";
import type { Size } from "../report.ts";

export interface Home {
  host: string;
  port: number;
  username: string;
  password: string;
  /** The folder on this machine that its login sees as `/`. */
  root: string;
}

export interface Homes extends AsyncDisposable {
  software: "vsftpd" | "demo server";
  all: Home[];
  /** The processes that everything they do comes out of. */
  pids: number[];
  /** Lets them write into folders that were made for them; call it after that. */
  own(): Promise<void>;
}

/** The same homes behind a longer line. */
export interface FarHomes extends Homes {
  /** Added to every command from now on. */
  setRoundTrip(ms: number): void;
}

/** The most sessions that one daemon bears. */
const mostSessions = 4000;

/** `smoke` neither installs nor needs a daemon. */
export async function startHomes(size: Size, count: number, folder: string): Promise<Homes> {
  const logins = Array.from({ length: count }, (_, i) => ({ username: `home${i}`, password: `secret-${i}` }));
  const isThere = size === "full" && (await installDaemons()).available.includes("vsftpd");
  return isThere ? startVsftpd(logins) : startDemoServer(logins, folder);
}

type Login = Pick<Home, "username" | "password">;

async function startVsftpd(logins: readonly Login[]): Promise<Homes> {
  const users = logins.map((login) => ({ ...login, folder: login.username }));
  const daemon = await startDaemon("vsftpd", { users, maxClients: mostSessions });
  const { host, port } = daemon;
  return {
    software: "vsftpd",
    all: daemon.users.map(({ username, password, folder }) => ({ host, port, username, password, root: `${folder}` })),
    pids: daemon.pids().slice(0, 1),
    own: async () => {
      for (const { folder } of daemon.users) await daemon.own(folder);
    },
    [Symbol.asyncDispose]: daemon.stop,
  };
}

async function startDemoServer(logins: readonly Login[], folder: string): Promise<Homes> {
  const users = logins.map((login) => ({ ...login, root: join(folder, login.username) }));
  for (const { root } of users) mkdirSync(root, { recursive: true });
  const main = join(import.meta.dirname, "..", "..", "..", "demo", "ftp-server", "main.ts");
  const child = spawn(process.execPath, [main, JSON.stringify({ address: freshAddress(), users })], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    detached: true,
  });
  const { host, port } = await firstLine(child.stdout);
  return {
    software: "demo server",
    all: users.map((user) => ({ host, port, ...user })),
    pids: [child.pid ?? 0],
    own: async () => {},
    [Symbol.asyncDispose]: () => stopChild(child),
  };
}

/** What is asked for at `near` goes through a process of its own from now on; both end together. */
export async function putFarAway(near: Homes): Promise<FarHomes> {
  const { host = "", port = 0 } = near.all[0] ?? {};
  const child = fork(join(import.meta.dirname, "slow-line.ts"), [host, String(port)], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    detached: true,
  });
  const line = await firstLine(child.stdout);
  return {
    ...near,
    all: near.all.map((home) => ({ ...home, ...line })),
    pids: [...near.pids, child.pid ?? 0],
    setRoundTrip: (ms) => void child.send(ms),
    async [Symbol.asyncDispose]() {
      await stopChild(child);
      await near[Symbol.asyncDispose]();
    },
  };
}

async function firstLine(output: NodeJS.ReadableStream | null): Promise<{ host: string; port: number }> {
  for await (const line of createInterface({ input: output ?? process.stdin })) return JSON.parse(line);
  throw new Error("An FTP server of the measurement did not start.");
}
