// Debian's package tools, for what the tests need of the system. Used only as root; never by the product.
import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export const aptEnvironment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };

/** Root on Debian (or what is made from it). */
export async function canInstall(): Promise<boolean> {
  const files = ["/etc/debian_version", "/usr/bin/apt-get", "/usr/bin/dpkg-deb"];
  return (
    process.getuid?.() === 0 &&
    (await Promise.all(files.map((file) => access(file))).then(
      () => true,
      () => false,
    ))
  );
}

/** Runs one of the tools and gives its output; waits while another process holds the package lock. */
export async function apt(command: string, args: string[], cwd = "/"): Promise<string> {
  const options = { cwd, env: aptEnvironment, timeout: 300_000, maxBuffer: 64 * 1024 * 1024 };
  const lockTimeout = command === "apt-get" ? ["-o", "DPkg::Lock::Timeout=120"] : [];
  return (await run(command, [...lockTimeout, ...args], options)).stdout;
}
