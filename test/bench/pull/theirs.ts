// The same copies by programs that people would use instead: lftp from server to server, curl and rclone through this machine.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeFastFolder } from "../fast-folder.ts";
import type { Home } from "../homes.ts";
import type { PeerRun } from "../peers/run.ts";
import { ftpUrl, rcloneFlags, rcloneRemote, runPeer } from "../peers/run.ts";
import { expectSame } from "./contents.ts";

/** From server to server or not at all. Without the `STAT` that lftp sends during a transfer: vsftpd answers it with 500, and lftp gives up. */
const fxp = "set ftp:use-fxp yes; set ftp:fxp-force yes; set ftp:use-stat no; set xfer:log no;";
const patienceMs = 300_000;

export function lftpGet(lftp: string, from: Home, to: Home, path: string, target: string): Promise<PeerRun> {
  return runPeer(lftp, ["-c", `${fxp} get "${ftpUrl(from, path)}" -o "${ftpUrl(to, target)}"`], patienceMs);
}

export function lftpMirror(lftp: string, from: Home, to: Home, path: string, target: string, parallel: number) {
  const command = `mirror --parallel=${parallel} "${ftpUrl(from, path)}" "${ftpUrl(to, target)}"`;
  return runPeer(lftp, ["-c", `${fxp} ${command}`], patienceMs);
}

/** As lftpMirror; then both trees are fetched, at the same time, and compared: what one does who wants to be sure of the copy. */
export async function lftpMirrorCompared(...[lftp, from, to, path, target, parallel]: Parameters<typeof lftpMirror>) {
  const here = makeFastFolder();
  const fetchTree = (home: Home, tree: string, name: string) => {
    const command = `mirror --parallel=${parallel} "${ftpUrl(home, tree)}" "${join(here, name)}"`;
    return runPeer(lftp, ["-c", `set xfer:log no; ${command}`], patienceMs);
  };
  const startedMs = performance.now();
  try {
    await lftpMirror(lftp, from, to, path, target, parallel);
    await Promise.all([fetchTree(from, path, "source"), fetchTree(to, target, "copy")]);
    expectSame(join(here, "source"), join(here, "copy"));
    return { tookMs: performance.now() - startedMs };
  } finally {
    rmSync(here, { recursive: true, force: true });
  }
}

/** To a file of this machine: what one does who wants it here. */
export function curlGet(curl: string, from: Home, path: string, file: string): Promise<PeerRun> {
  return runPeer(curl, ["--silent", "--show-error", "--output", file, ftpUrl(from, path)], patienceMs);
}

export async function rcloneCopy(
  rclone: string,
  from: Home,
  to: Home,
  path: string,
  target: string,
  transfers: number,
) {
  const [source, destination] = [await rcloneRemote(rclone, from), await rcloneRemote(rclone, to)];
  const places = [`${source}${path}`, `${destination}${target}`];
  return runPeer(rclone, [...rcloneFlags, "copy", "--transfers", String(transfers), ...places], patienceMs);
}
