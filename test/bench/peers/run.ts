// Runs a peer from its start to its end, or until patience is over, and counts the lines that it prints.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { aptEnvironment } from "../../apt.ts";

const run = promisify(execFile);

export interface PeerRun {
  tookMs: number;
  /** Lines that do not end in a slash: files, where the peer marks folders so. */
  lines: number;
  /** Patience was over before it ended. */
  isCut: boolean;
}

/** Its home is not ours: no settings of the person who measures count. */
const environment = () => ({ ...aptEnvironment, LC_ALL: "C.UTF-8", HOME: tmpdir() });

const newline = 10;
const slash = 47;

/** @throws Error with its last words when it fails by itself */
export async function runPeer(program: string, args: readonly string[], patienceMs = 600_000): Promise<PeerRun> {
  const startedMs = performance.now();
  const child = spawn(program, args, { env: environment(), stdio: ["ignore", "pipe", "pipe"] });
  let lines = 0;
  let lastByte = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) {
      if ((at === 0 ? lastByte : chunk[at - 1]) !== slash) lines += 1;
    }
    lastByte = chunk.at(-1) ?? lastByte;
  });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-500);
  });
  let isCut = false;
  const timer = setTimeout(() => {
    isCut = true;
    child.kill("SIGKILL");
  }, patienceMs);
  const [code] = (await once(child, "close").finally(() => clearTimeout(timer))) as [number | null];
  const tookMs = performance.now() - startedMs;
  if (code !== 0 && !isCut) throw new Error(`${program.split("/").at(-1)} ended with ${code}: ${words}`);
  return { tookMs, lines, isCut };
}

export interface Address {
  host: string;
  port: number;
  username: string;
  password: string;
}

/** An FTP server as a remote of rclone on its command line; the path goes behind the colon. */
export async function rcloneRemote(program: string, { host, port, username, password }: Address): Promise<string> {
  const { stdout } = await run(program, ["obscure", password], { env: environment() });
  return `:ftp,host=${host},port=${port},user=${username},pass=${stdout.trim()}:`;
}

/** Settings of a person who uses the peers on servers without TLS and wants no cache. */
export const rcloneFlags = ["--config", "", "--log-level", "ERROR"];

/** As a URL for lftp and curl. */
export function ftpUrl({ host, port, username, password }: Address, path: string): string {
  const escaped = path.split("/").map(encodeURIComponent).join("/");
  return `ftp://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}${escaped}`;
}
