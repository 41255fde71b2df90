// Debian packages unpacked into a folder instead of installed: nothing is registered, no service starts, and packages that
// exclude each other lie side by side. Only the libraries they ask for are installed. As root on Debian only.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { apt } from "./apt.ts";

/** Puts what these packages hold into `folder`, in place of what it held. @throws when a package cannot be had */
export async function unpackPackages(packages: readonly string[], folder: string): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true, mode: 0o755 });
  const fresh = await mkdtemp(join(parent, ".unpacking-"));
  try {
    const tree = join(fresh, "tree");
    await apt("apt-get", ["download", "-q", ...packages], fresh);
    const archives = (await readdir(fresh)).filter((name) => name.endsWith(".deb")).map((name) => join(fresh, name));
    for (const archive of archives) {
      await apt("dpkg-deb", ["-x", archive, tree]);
    }
    const libraries = await librariesOf(archives);
    await apt("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...libraries]);
    await rm(folder, { recursive: true, force: true });
    await rename(tree, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** The libraries these archives ask for, by the names this very release gives them (…t64 and all). */
async function librariesOf(archives: string[]): Promise<string[]> {
  const fields = await Promise.all(archives.map((archive) => apt("dpkg-deb", ["-f", archive, "Depends"])));
  const names = fields
    .join(",")
    .split(",")
    .map((one) => /^\s*([a-z0-9][a-z0-9.+-]*)/.exec(one)?.[1] ?? "");
  return [...new Set(names)].filter((name) => name.startsWith("lib"));
}

/** One process at a time: flock(1) holds the lock as long as its standard input is open, so a killed process frees it. */
export async function withLock<T>(cacheFolder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(cacheFolder, { recursive: true, mode: 0o755 });
  const holder = spawn("flock", [`${cacheFolder}/lock`, "sh", "-c", "echo held; read _"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      holder.once("error", reject);
      holder.stdout.once("data", () => resolve());
    });
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
