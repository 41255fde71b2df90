// The programs that people would use instead, found on this machine or unpacked from Debian's packages.
// Nothing is installed but libraries: no service, no timer. Where a peer cannot be had, its rows say so.
import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { promisify } from "node:util";
import { apt, aptEnvironment, canInstall } from "../../apt.ts";
import { unpackPackages, withLock } from "../../unpack.ts";

const run = promisify(execFile);

export type PeerName = "lftp" | "rclone" | "curl" | "plocate" | "updatedb.plocate";

const packages: Record<PeerName, { name: string; path: string }> = {
  lftp: { name: "lftp", path: "usr/bin/lftp" },
  rclone: { name: "rclone", path: "usr/bin/rclone" },
  curl: { name: "curl", path: "usr/bin/curl" },
  plocate: { name: "plocate", path: "usr/bin/plocate" },
  "updatedb.plocate": { name: "plocate", path: "usr/sbin/updatedb.plocate" },
};
export const peerNames = Object.keys(packages) as PeerName[];

const cacheFolder = "/var/cache/fonshare-peers";

/** Path of a program that runs, or undefined. Looks only. */
export async function findPeer(peer: PeerName): Promise<string | undefined> {
  const { name, path } = packages[peer];
  for (const candidate of [`/${path}`, `/usr/local/${path.slice("usr/".length)}`, `${cacheFolder}/${name}/${path}`]) {
    if ((await exists(candidate)) && (await versionAt(candidate)) !== undefined) return candidate;
  }
  return undefined;
}

/** The same, after fetching it once per machine where that is possible (root on Debian with a network). */
export async function providePeer(peer: PeerName): Promise<string | undefined> {
  const found = await findPeer(peer);
  if (found || !(await canInstall())) return found;
  const { name } = packages[peer];
  const unpack = () => unpackPackages([name], `${cacheFolder}/${name}`);
  return withLock(cacheFolder, async () => {
    const isThere = await findPeer(peer);
    if (isThere) return isThere;
    // The usual cause of a failure is an absent or outdated package list.
    await unpack()
      .catch(() => apt("apt-get", ["update", "-q"]).then(unpack))
      .catch(() => undefined);
    return findPeer(peer);
  });
}

/** As the program itself tells it; undefined where it is not there. */
export async function peerVersion(peer: PeerName): Promise<string | undefined> {
  const path = await findPeer(peer);
  return path === undefined ? undefined : versionAt(path);
}

async function versionAt(path: string): Promise<string | undefined> {
  const argument = path.endsWith("rclone") ? "version" : "--version";
  return run(path, [argument], { env: { ...aptEnvironment, HOME: "/nonexistent" }, timeout: 20_000 }).then(
    ({ stdout }) => /\d+\.\d[\w.+-]*/.exec(stdout)?.[0] ?? "unknown",
    () => undefined,
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
