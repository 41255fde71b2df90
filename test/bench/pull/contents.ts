// What is pulled, and a look at whether it came.
import { randomFillSync } from "node:crypto";
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** A scan leaves files that changed a moment ago for the next one. */
const anHourAgo = () => new Date(Date.now() - 3_600_000);

/** The same bytes under several names, so that each round has a file that was never pulled. */
export function writeBigFiles(folder: string, sizeBytes: number, names: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const block = randomFillSync(Buffer.alloc(Math.min(sizeBytes, 8 * 1024 * 1024)));
  const [first = "", ...others] = names.map((name) => join(folder, name));
  const file = openSync(first, "w", 0o644);
  for (let written = 0; written < sizeBytes; )
    written += writeSync(file, block, 0, Math.min(block.length, sizeBytes - written));
  closeSync(file);
  utimesSync(first, anHourAgo(), anHourAgo());
  for (const other of others) linkSync(first, other);
}

export interface ManyFiles {
  files: number;
  folders: number;
  sizeBytes: number;
}

/** Folder `name` with so many folders in it that hold the files, as evenly as it goes. */
export function writeManyFiles(folder: string, name: string, { files, folders, sizeBytes }: ManyFiles): void {
  const content = Buffer.alloc(sizeBytes);
  const names = namesOf(name, { files, folders });
  for (const below of names.folders) mkdirSync(join(folder, name, below), { recursive: true });
  for (const file of names.files) {
    const path = join(folder, name, file);
    writeFileSync(path, randomFillSync(content));
    utimesSync(path, anHourAgo(), anHourAgo());
  }
}

/** What lies in folder `name` then. */
export function namesOf(name: string, { files, folders }: Pick<ManyFiles, "files" | "folders">) {
  const folderOf = (n: number) => `folder ${n % folders}`;
  return {
    folders: Array.from({ length: folders }, (_, n) => folderOf(n)),
    files: Array.from({ length: files }, (_, n) => `${folderOf(n)}/${name} file ${n}.bin`),
  };
}

/** @throws when not exactly `files` files of `bytes` bytes in all lie below the folder */
export function expectArrived(folder: string, files: number, bytes: number): void {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  const found = paths.map((path) => statSync(path)).filter((one) => one.isFile());
  const size = found.reduce((sum, one) => sum + one.size, 0);
  if (found.length !== files || size !== bytes) {
    throw new Error(`${found.length} files with ${size} bytes arrived, of ${files} with ${bytes}`);
  }
}

/** @throws when a file of one folder is not in the other with the same bytes */
export function expectSame(one: string, other: string): void {
  for (const name of readdirSync(one, { recursive: true, encoding: "utf8" })) {
    if (!statSync(join(one, name)).isFile()) continue;
    if (!readFileSync(join(one, name)).equals(readFileSync(join(other, name)))) throw new Error(`${name} differs`);
  }
}

export function empty(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}
