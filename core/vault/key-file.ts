// The file of the master keys: base64 lines of 32 bytes, the first is the one in use, later ones only open old rows.
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { chown, link, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { MasterKey } from "./master-key.ts";
import { createMasterKey, KeyFileError, masterKeyBytes } from "./master-key.ts";

/** The keys of the file, the one in use first. Makes the file (mode 0600, one fresh key) when there is none. @throws KeyFileError */
export async function loadKeyFile(path: string): Promise<MasterKey[]> {
  return parseKeys((await readText(path)) ?? (await createFile(path)));
}

/** The keys as the file has them now, without waiting: for whoever holds older ones. @throws KeyFileError */
export function rereadKeyFile(path: string): MasterKey[] {
  try {
    return parseKeys(readFileSync(path, "utf8"));
  } catch (error) {
    throw error instanceof KeyFileError ? error : cannotRead(error);
  }
}

/** Puts a fresh key in front, so that new rows are sealed under it; old rows stay readable. @throws KeyFileError */
export async function addKeyToFile(path: string): Promise<MasterKey[]> {
  const before = await lines(path);
  return replaceFile(path, [fresh(), ...before]);
}

/** Leaves the key in use alone in the file: to be called when no row needs another one. @throws KeyFileError */
export async function dropOldKeys(path: string): Promise<MasterKey[]> {
  return replaceFile(path, (await lines(path)).slice(0, 1));
}

async function lines(path: string): Promise<string[]> {
  const text = await readText(path);
  if (text === undefined) throw cannotRead({ code: "ENOENT" });
  parseKeys(text);
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cannotRead(error);
  }
}

function parseKeys(text: string): MasterKey[] {
  const lines = text.split("\n").map((line) => line.trim());
  const keys = lines.filter(Boolean).map(parseLine);
  if (keys.length === 0) throw new KeyFileError("The master key file (FONSHARE_KEY_FILE) is empty.");
  return keys;
}

function parseLine(line: string): MasterKey {
  const bytes = Buffer.from(line, "base64");
  const isWhole = bytes.length === masterKeyBytes && bytes.toString("base64") === line;
  if (!isWhole) {
    throw new KeyFileError("The master key file (FONSHARE_KEY_FILE) must hold 32 bytes in base64 on each line.");
  }
  return createMasterKey(bytes);
}

const fresh = () => randomBytes(masterKeyBytes).toString("base64");

/** Two cores that start at once get the same key: the link of the second fails, and it reads the first one's file. */
async function createFile(path: string): Promise<string> {
  const draft = await writeDraft(path, `${fresh()}\n`);
  try {
    await link(draft, path);
    await syncFolder(path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw cannotWrite(error);
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, "utf8");
}

/** Whole or not at all, in the place that a link leads to, and still its owner's when root does it. */
async function replaceFile(named: string, keys: string[]): Promise<MasterKey[]> {
  const path = await realpath(named).catch(() => named);
  await removeDrafts(path);
  const text = keys.map((key) => `${key}\n`).join("");
  const draft = await writeDraft(path, text);
  try {
    const { uid, gid } = await stat(path);
    if (process.getuid?.() === 0) await chown(draft, uid, gid);
    await rename(draft, path);
    await syncFolder(path);
  } catch (error) {
    await rm(draft, { force: true });
    throw cannotWrite(error);
  }
  return parseKeys(text);
}

/** What a process left that was killed before it gave its draft the name. */
async function removeDrafts(path: string): Promise<void> {
  const draft = new RegExp(`^${RegExp.escape(basename(path))}\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`);
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => draft.test(one))) await rm(join(folder, name), { force: true });
}

/** The name must survive a power cut as well as the content. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** On the disk before it gets its name: a power cut must not leave sealed rows and an empty key file. */
async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(draft, "wx", 0o600);
    await file.writeFile(text);
    await file.sync();
    await file.close();
    return draft;
  } catch (error) {
    throw cannotWrite(error);
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "unknown reason";
const cannotRead = (error: unknown) =>
  new KeyFileError(`The master key file (FONSHARE_KEY_FILE) cannot be read: ${codeOf(error)}.`);
const cannotWrite = (error: unknown) =>
  new KeyFileError(`The master key file (FONSHARE_KEY_FILE) cannot be written: ${codeOf(error)}.`);
