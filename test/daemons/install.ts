// Makes the four FTP daemons runnable on this machine, and says what is missing where it cannot.
// Debian's packages of the three C daemons exclude each other, so they are unpacked, never installed.
import { execFile } from "node:child_process";
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { apt, aptEnvironment, canInstall } from "../apt.ts";
import { unpackPackages, withLock } from "../unpack.ts";
import type { DaemonKind, InstallReport } from "./types.ts";
import { daemonKinds } from "./types.ts";

const run = promisify(execFile);

// Not below the checkout: that may lie under a directory of mode 0700, which a daemon that has
// dropped its privileges cannot enter.
const cacheFolder = "/var/cache/fonshare-daemons";

const unpacked: Partial<Record<DaemonKind, string[]>> = {
  vsftpd: ["vsftpd", "libpam-pwdfile"],
  proftpd: ["proftpd-core", "proftpd-mod-crypto"],
  "pure-ftpd": ["pure-ftpd", "pure-ftpd-common"],
};
const pythonPackages = ["python3-pyftpdlib", "python3-openssl"];

/** Program of a daemon, or undefined when this machine does not have a working one. */
export async function findProgram(kind: DaemonKind): Promise<string | undefined> {
  const candidates =
    kind === "pyftpdlib"
      ? ["/usr/bin/python3", "/usr/local/bin/python3"]
      : [`${cacheFolder}/${kind}/usr/sbin/${kind}`, `/usr/sbin/${kind}`, `/usr/local/sbin/${kind}`];
  for (const candidate of candidates) {
    if (await works(kind, candidate)) {
      return candidate;
    }
  }
  return undefined;
}

/** A file that came with the daemon's packages, wherever this release of Debian puts it. */
export async function findPackaged(kind: DaemonKind, name: string): Promise<string | undefined> {
  for (const top of [join(cacheFolder, kind), "/usr/bin", "/usr/lib", "/lib"]) {
    const names = await readdir(top, { recursive: true }).catch(() => []);
    const found = names.find((path) => path === name || path.endsWith(`/${name}`));
    if (found) {
      return join(top, found);
    }
  }
  return undefined;
}

/**
 * Install what is missing, once per machine; later calls only look. Safe to call from several
 * processes at a time. Without root, Debian or a network the rest is told in `missing`, not thrown.
 */
export async function installDaemons(): Promise<InstallReport> {
  const before = await report("");
  if (before.missing.length === 0 || !(await canInstall())) {
    return before;
  }
  return withLock(cacheFolder, async () => {
    let trouble = "";
    for (const { kind } of (await report("")).missing) {
      await installOne(kind).catch(async () => {
        // The usual cause is an absent or outdated package list.
        await apt("apt-get", ["update", "-q"]).catch(() => undefined);
        await installOne(kind).catch((error: Error) => {
          trouble = error.message.split("\n").slice(0, 3).join(" ");
        });
      });
    }
    return report(trouble);
  });
}

async function works(kind: DaemonKind, program: string): Promise<boolean> {
  const isRoot = process.getuid?.() === 0;
  if (kind !== "pyftpdlib") {
    const exists = await access(program).then(
      () => true,
      () => false,
    );
    if (!(isRoot && exists)) {
      return false;
    }
  }
  if (kind === "vsftpd" && !(await findPackaged("vsftpd", "pam_pwdfile.so"))) {
    return false;
  }
  const probe = {
    // vsftpd has no harmless command: `-v` prints its version, on some builds to standard input.
    vsftpd: ["-v"],
    proftpd: ["-v"],
    "pure-ftpd": ["--help"],
    pyftpdlib: ["-c", "import pyftpdlib.handlers, OpenSSL"],
  }[kind];
  return run(program, probe, { env: aptEnvironment, timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}

async function report(trouble: string): Promise<InstallReport> {
  const programs = await Promise.all(daemonKinds.map((kind) => findProgram(kind)));
  const available = daemonKinds.filter((_, index) => programs[index]);
  const missing = daemonKinds
    .filter((_, index) => !programs[index])
    .map((kind) => ({ kind, how: trouble ? `installing ${kind} failed: ${trouble}` : howToAdd(kind) }));
  return { available, missing };
}

function howToAdd(kind: DaemonKind): string {
  return kind === "pyftpdlib"
    ? "pyftpdlib is not there: give /usr/bin/python3 pyftpdlib and OpenSSL (Debian: python3-pyftpdlib, python3-openssl), or run the tests as root on Debian"
    : `${kind} needs root: run the tests as root on Debian, they fetch and unpack it by themselves`;
}

async function installOne(kind: DaemonKind): Promise<void> {
  const packages = unpacked[kind];
  if (packages) await unpackPackages(packages, join(cacheFolder, kind));
  else await apt("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...pythonPackages]);
}
