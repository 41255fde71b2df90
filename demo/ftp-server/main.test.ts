// The process around one server: what it prints, and that it never outlives whoever started it.
import type { ChildProcess } from "node:child_process";
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loginRaw } from "./raw-client.ts";

const main = join(import.meta.dirname, "main.ts");
let root = "";
let options = "";
const children: ChildProcess[] = [];
let orphan: number | undefined;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "ftp-main-"));
  options = JSON.stringify({ address: "127.0.0.1", users: [{ username: "cleo", password: "secret", root }] });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  if (orphan !== undefined) process.kill(orphan, "SIGKILL");
  orphan = undefined;
  await rm(root, { recursive: true });
});

function started(child: ChildProcess): ChildProcess {
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  if (child.stdout === null) throw new Error("no standard output");
  const [line] = await once(createInterface(child.stdout), "line");
  return JSON.parse(line);
}

test("prints where it listens and ends in order on SIGTERM", async () => {
  const child = started(spawn(process.execPath, [main, options], { stdio: ["pipe", "pipe", "inherit"] }));
  const { host, port } = await firstLine(child);
  const client = await loginRaw(String(host), Number(port), "cleo", "secret");
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  expect(await client.reply()).toMatch(/^421 /);
  expect(await exit).toEqual([0, null]);
});

test("ends when its standard input ends", async () => {
  const child = started(spawn(process.execPath, [main, options], { stdio: ["pipe", "pipe", "inherit"] }));
  await firstLine(child);
  const exit = once(child, "exit");
  child.stdin?.end();
  expect(await exit).toEqual([0, null]);
});

test("ends when the parent is killed and its channel goes with it", async () => {
  const parentCode = `
    const { fork } = require("node:child_process");
    const child = fork(${JSON.stringify(main)}, [process.argv[1]], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
    child.stdout.once("data", (line) => console.log(JSON.stringify({ ...JSON.parse(line), pid: child.pid })));`;
  const parent = started(
    spawn(process.execPath, ["-e", parentCode, options], { stdio: ["ignore", "pipe", "inherit"] }),
  );
  const { host, port, pid } = await firstLine(parent);
  orphan = Number(pid);
  const client = await loginRaw(String(host), Number(port), "cleo", "secret");
  parent.kill("SIGKILL");
  expect(await client.reply()).toMatch(/^421 /);
  await client.closed();
  orphan = undefined;
});

test("bad options end it with a sentence that quotes nothing", async () => {
  const child = started(fork(main, ['{"password": "secret'], { stdio: ["ignore", "pipe", "pipe", "ipc"] }));
  const said = child.stderr?.toArray();
  expect(await once(child, "exit")).toEqual([1, null]);
  expect(Buffer.concat((await said) ?? []).toString()).toBe("The FTP server could not start: bad options.\n");
});
