// One throw-away personal FTP server: its folder with sample files, its process, its login.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DemoPerson } from "./people.ts";
import { inboxFolder } from "./people.ts";
import { writeSample } from "./samples.ts";

export interface FtpHome {
  person: DemoPerson;
  /** The folder on this machine that the server shows as `/`. */
  root: string;
  host: string;
  port: number;
  username: string;
  password: string;
  stop(): Promise<void>;
}

/** Writes the person's samples below `parent` and serves them on a free loopback port, no faster than `lineBytesPerS`. */
export async function createFtpHome(parent: string, person: DemoPerson, lineBytesPerS?: number): Promise<FtpHome> {
  const root = join(parent, person.label);
  await mkdir(join(root, inboxFolder), { recursive: true });
  for (const file of person.files()) await writeSample(root, file);
  const login = { username: person.label, password: randomBytes(12).toString("base64url") };
  const options = { address: "127.0.0.1", users: [{ ...login, root }], rateBytesPerS: lineBytesPerS };
  const main = join(import.meta.dirname, "ftp-server", "main.ts");
  const child = spawn(process.execPath, [main, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    detached: true,
  });
  const { host, port } = await firstLine(child, person.label);
  return { person, root, host, port, ...login, stop: () => stopChild(child) };
}

async function firstLine(child: ChildProcess, label: string): Promise<{ host: string; port: number }> {
  if (!child.stdout) throw new Error("The server's output is not piped.");
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
  throw new Error(`The demo's FTP server "${label}" did not start.`);
}

/** Asks a child process to end and waits until it has. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
