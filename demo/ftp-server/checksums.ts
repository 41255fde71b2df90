// HASH, XSHA256, XMD5 and XCRC over a whole file, in the reply forms of ProFTPD's mod_digest.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { locate, toBytes } from "./paths.ts";
import { Refusal } from "./refusal.ts";
import type { Call, Commands } from "./types.ts";

async function plainFile(call: Call): Promise<{ place: string; sizeBytes: number }> {
  const unquoted = /^"(.*)"$/s.exec(call.argument)?.[1] ?? call.argument;
  const place = await locate(call.session, unquoted);
  const found = await stat(toBytes(place));
  if (!found.isFile()) throw new Refusal("550 Not a plain file.");
  return { place, sizeBytes: found.size };
}

async function digest(place: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(toBytes(place))) hash.update(chunk);
  return hash.digest("hex");
}

async function crc(place: string): Promise<string> {
  let sum = 0;
  for await (const chunk of createReadStream(toBytes(place))) sum = crc32(chunk, sum);
  return sum.toString(16).padStart(8, "0");
}

async function hash(call: Call): Promise<string> {
  const { place, sizeBytes } = await plainFile(call);
  return `213 SHA-256 0-${sizeBytes} ${await digest(place, "sha256")} ${call.argument}`;
}

export const checksumVerbs: readonly string[] = ["HASH", "XSHA256", "XMD5", "XCRC"];

export const checksumCommands: Commands = {
  HASH: hash,
  XSHA256: async (call) => `250 ${(await digest((await plainFile(call)).place, "sha256")).toUpperCase()}`,
  XMD5: async (call) => `250 ${(await digest((await plainFile(call)).place, "md5")).toUpperCase()}`,
  XCRC: async (call) => `250 ${(await crc((await plainFile(call)).place)).toUpperCase()}`,
};
