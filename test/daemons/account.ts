// The unprivileged account of the daemons' users, their password hashes, and folders they can enter.
import { execFile } from "node:child_process";
import { chmod, lchown, mkdtemp, readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Account } from "./types.ts";

const run = promisify(execFile);

/** Who owns nothing: the uid of users that must not write where the daemon has no switch for it. */
export const strangerId = 65_534;

/**
 * As root: `daemon`, an account that every Debian has and whose home exists (vsftpd enters the
 * home before the login directory). Otherwise ourselves.
 */
export async function serviceAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) {
    return { name: "", uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  }
  const line = (await readFile("/etc/passwd", "utf8")).split("\n").find((one) => one.startsWith("daemon:"));
  const [name, , uid, gid] = line?.split(":") ?? [];
  if (!name) {
    throw new Error("this machine has no account named daemon");
  }
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** A new private folder that other accounts can enter, below the system's temporary directory. */
export async function makeFolder(): Promise<string> {
  const parent = (await isEnterable(tmpdir())) ? tmpdir() : "/var/tmp";
  const folder = await mkdtemp(join(parent, "fonshare-daemon-"));
  await chmod(folder, 0o755);
  return folder;
}

/** Whether an account without rights of its own gets through every directory down to `path`. */
export async function isEnterable(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  return (mode & 0o001) !== 0 && (path === "/" || isEnterable(dirname(path)));
}

/** Give a file or a whole tree to the account (links themselves, not their targets). No-op unless root. */
export async function giveTo(account: Account, path: string): Promise<void> {
  if (process.getuid?.() !== 0) {
    return;
  }
  await lchown(path, account.uid, account.gid);
  const below = await readdir(path, { recursive: true }).catch(() => []);
  await Promise.all(below.map((name) => lchown(join(path, name), account.uid, account.gid)));
}

/** crypt(3) SHA-512 with the fewest rounds: a login must not cost CPU in tests. Perl is on every Debian. */
export async function cryptPassword(password: string): Promise<string> {
  const program = "print crypt($ARGV[0], q($6$rounds=1000$fonshare$))";
  const { stdout } = await run("/usr/bin/perl", ["-e", program, password]);
  return stdout;
}
