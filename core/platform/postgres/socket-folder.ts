// The private folder of PostgreSQL's Unix socket. Whoever can enter it is the database's superuser.
import { createHash } from "node:crypto";
import { chmod, chown, lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { StartProblem } from "../start-problem.ts";
import type { Account } from "./account.ts";

const ownName = "db";
const longestPathBytes = process.platform === "darwin" ? 103 : 107;

/** True when a Unix socket may have this path (the kernel's limit is 107 bytes, 103 on macOS). */
export function fitsSocket(path: string): boolean {
  return Buffer.byteLength(path) <= longestPathBytes;
}

/** Below `runFolder` where the path fits, else a short folder of temporary files named by a hash of it. */
export function chooseSocketFolder(runFolder: string, temporary: string = tmpdir()): string {
  const name = `fonshare-${createHash("sha256").update(runFolder).digest("hex").slice(0, 16)}`;
  const places = [join(runFolder, ownName), join(temporary, name), join("/tmp", name)];
  return places.find((folder) => fitsSocket(`${folder}/.s.PGSQL.5432.lock`)) ?? join("/tmp", name);
}

/**
 * Makes the folder, mode 0700, for the account. Throws StartProblem when it is somebody else's: in a folder of
 * temporary files anybody may have made it before. Root takes over what an ordinary user's run left in the data.
 */
export async function makeSocketFolder(folder: string, account: Account | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  const user = process.getuid?.();
  const isTakenOver = user === 0 && basename(folder) === ownName;
  if (!found.isDirectory() || !(isTakenOver || found.uid === user || found.uid === account?.uid)) {
    throw new StartProblem(
      `The folder ${folder} belongs to another user: start FonShare as that user, remove it, or set FONSHARE_DATA to another folder.`,
    );
  }
  await chmod(folder, 0o700);
  if (account) await chown(folder, account.uid, account.gid);
}
