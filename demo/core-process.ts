// The core as a process of its own, as the demo and the end-to-end tests run it: start, talk, kill, stop.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { join } from "node:path";
import type { Actor, Client, Context, Room } from "#contract";
import { createClient } from "#contract";
import { coreArguments } from "../core/process.ts";
import { freePort } from "./free-port.ts";

export interface CoreProcess {
  readonly pid: number;
  /** Everything it wrote so far, log included. */
  output(): string;
  api: Client;
  /** What the bot finds the core by. */
  apiAddress: string;
  publicUrl: string;
  /** Resolves when the process has ended, whoever ended it. */
  ended: Promise<void>;
  /** SIGKILL, as the kernel would; children of it stay. */
  kill(): Promise<void>;
  /** Ordered stop; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface CoreOptions {
  dataFolder: string;
  /** More variables of the environment. */
  env?: Record<string, string>;
  /** Sees the body of every answer of the API, and what was asked: `/v1/<procedure>`. */
  onAnswer?: (body: string, path: string) => void;
}

/** Starts a core on `dataFolder` that may reach loopback addresses. @throws when it ends before it is ready */
export async function startCore(options: CoreOptions): Promise<CoreProcess> {
  const listen = options.env?.["FONSHARE_WEB_LISTEN"] ?? `127.0.0.1:${await freePort("127.0.0.1")}`;
  const env = coreEnvironment(options, listen);
  const child = spawn(process.execPath, coreArguments(), {
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  const output = collect(child);
  const ended = once(child, "exit").then(() => undefined);
  await whenReady(child, output);
  const socket = join(options.dataFolder, "run", "api.sock");
  return {
    pid: child.pid ?? 0,
    output,
    api: createClient((path, body) => post(socket, path, body, options.onAnswer)),
    apiAddress: `unix:${socket}`,
    publicUrl: `http://${listen}`,
    ended,
    kill: () => end(child, "SIGKILL").then(() => undefined),
    stop: () => end(child, "SIGTERM"),
  };
}

function coreEnvironment(options: CoreOptions, listen: string): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, USER, TMPDIR } = process.env;
  return {
    ...{ PATH, HOME, LANG, USER },
    ...(TMPDIR ? { TMPDIR } : {}),
    FONSHARE_DATA: options.dataFolder,
    FONSHARE_WEB_LISTEN: listen,
    FONSHARE_PUBLIC_URL: `http://${listen}`,
    FONSHARE_ALLOW_NETWORKS: "127.0.0.0/8,::1/128",
    ...options.env,
  };
}

function collect(child: ChildProcess): () => string {
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text) => chunks.push(text));
  return () => chunks.join("");
}

async function whenReady(child: ChildProcess, output: () => string): Promise<void> {
  const ready = once(child, "message");
  const ended = once(child, "exit");
  const first = await Promise.race([ready, ended.then(() => "ended" as const)]);
  if (first === "ended") throw new Error(`The core did not start:\n${output()}`);
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
  return child.exitCode;
}

function post(socketPath: string, path: string, body: unknown, onAnswer?: CoreOptions["onAnswer"]): Promise<unknown> {
  return new Promise((done, fail) => {
    const headers = { "content-type": "application/json" };
    const call = request({ socketPath, path, method: "POST", headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        onAnswer?.(text, path);
        done(JSON.parse(text));
      });
    });
    call.on("error", fail);
    call.end(JSON.stringify(body));
  });
}

/** A person in the console's group room, or in a private one. */
export function consoleContext(
  name: string,
  kind: Room["kind"] = "group",
  language: Actor["language"] = "en",
): Context {
  const userId = name.toLowerCase();
  const roomId = kind === "group" ? "main" : `private-${userId}`;
  return {
    actor: { platform: "console", userId, displayName: name, language },
    room: { platform: "console", roomId, kind, title: "console", isAdmin: false },
  };
}
