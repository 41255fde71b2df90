// The file of the master keys: base64 lines of 32 bytes, the first is the one in use, later ones only open old rows.
import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { MasterKey } from "./master-key.ts";
import { createMasterKey, KeyFileError, masterKeyBytes } from "./master-key.ts";

/** The keys of the file, the one in use first. Makes the file (mode 0600, one fresh key) when there is none. @throws KeyFileError */
export async function loadKeyFile(path: string): Promise<MasterKey[]> {
  return parseKeys((await readText(path)) ?? (await createFile(path)));
}

/** Puts a fresh key in front, so that new rows are sealed under it; old rows stay readable. @throws KeyFileError */
export async function addKeyToFile(path: string): Promise<MasterKey[]> {
  const before = (await readText(path)) ?? "";
  if (before) parseKeys(before);
  const text = freshLine() + before;
  await replaceFile(path, text);
  return parseKeys(text);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new KeyFileError(`The master key file (FONSHARE_KEY_FILE) cannot be read: ${codeOf(error)}.`);
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

const freshLine = () => `${randomBytes(masterKeyBytes).toString("base64")}\n`;

/** Two cores that start at once get the same key: the link of the second fails, and it reads the first one's file. */
async function createFile(path: string): Promise<string> {
  const draft = await writeDraft(path, freshLine());
  try {
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw cannotWrite(error);
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, "utf8");
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = await writeDraft(path, text);
  await rename(draft, path).catch((error: unknown) => {
    throw cannotWrite(error);
  });
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
const cannotWrite = (error: unknown) =>
  new KeyFileError(`The master key file (FONSHARE_KEY_FILE) cannot be created: ${codeOf(error)}.`);
