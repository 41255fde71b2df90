// The same listing by programs that people would use instead: rclone lsf -R and lftp find. They keep nothing.
import type { Home } from "../homes.ts";
import type { PeerRun } from "../peers/run.ts";
import { ftpUrl, rcloneFlags, rcloneRemote, runPeer } from "../peers/run.ts";

/** Who takes longer is stopped; the rate is then that of what was printed. */
const patienceMs = 30_000;

export async function rcloneLsf(program: string, home: Home, path: string): Promise<PeerRun> {
  const remote = await rcloneRemote(program, home);
  return runPeer(program, [...rcloneFlags, "lsf", "-R", `${remote}${path}`], patienceMs);
}

export function lftpFind(program: string, home: Home, path: string): Promise<PeerRun> {
  return runPeer(program, ["-c", `open "${ftpUrl(home, "")}" && find "${path}"`], patienceMs);
}
