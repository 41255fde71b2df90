// One process at a time in a folder. The lock goes with the process, also after `kill -9`.
import { DatabaseSync } from "node:sqlite";

export interface FolderLock {
  release(): void;
}

/**
 * Takes the lock in `file` (made when missing), or gives undefined when another process holds it.
 * SQLite's exclusive mode is the one way to a kernel lock that Node has without an addon; the file stays empty.
 */
export function takeFolderLock(file: string): FolderLock | undefined {
  const holder = new DatabaseSync(file);
  try {
    holder.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    holder.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { release: () => holder.close() };
}

const sqliteBusy = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === sqliteBusy;
}
