// Folders in memory for what FTP servers serve, so that a disk is not what is measured. Databases stay on the disk.
import { chmodSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const fastPlace = () => (existsSync("/dev/shm") ? "/dev/shm" : tmpdir());
export const fastFolderPrefix = (pid: number) => `fonshare-bench-${pid}-`;

/** A new folder that other accounts can enter. Whoever asked removes it; run-part.ts removes what a killed part left. */
export function makeFastFolder(): string {
  const folder = mkdtempSync(join(fastPlace(), fastFolderPrefix(process.pid)));
  chmodSync(folder, 0o755);
  return folder;
}
