// A master key: 32 bytes that wrap the data keys, and the id by which rows name it.
import { createHash } from "node:crypto";
import { Secret } from "../platform/secret.ts";

/** Says in one sentence what is wrong with the key file; names no path and no key. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
}

export interface MasterKey {
  /** Derived from the key, tells nothing about it. */
  readonly id: string;
  readonly bytes: Secret<Buffer>;
}

export const masterKeyBytes = 32;

/** @param bytes exactly 32 */
export function createMasterKey(bytes: Uint8Array): MasterKey {
  if (bytes.length !== masterKeyBytes) throw new KeyFileError(`A master key has ${masterKeyBytes} bytes.`);
  const id = createHash("sha256").update("fonshare master key id").update(bytes).digest("hex").slice(0, 16);
  return { id, bytes: new Secret(Buffer.from(bytes)) };
}
