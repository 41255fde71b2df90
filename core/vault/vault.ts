// Envelope encryption with AES-256-GCM: a fresh data key for each secret, wrapped by the master key.
// Knows no table and no file.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Secret } from "../platform/secret.ts";
import type { MasterKey } from "./master-key.ts";

/** What a row holds of a secret. Both buffers are IV (12 bytes), tag (16 bytes), ciphertext. */
export interface Sealed {
  keyId: string;
  wrappedKey: Buffer;
  sealed: Buffer;
}

export interface Vault {
  /** The id of the key in use: rows of another one want `rewrap`. */
  readonly keyId: () => string;
  readonly knows: (keyId: string) => boolean;
  /** @param boundTo names the one place where the secret belongs; it opens nowhere else */
  seal(boundTo: string, secret: Secret): Sealed;
  /** @throws Error when the row was changed, moved to another place, or its key is not known */
  unseal(boundTo: string, sealed: Sealed): Secret;
  /** The same secret under the key in use; the ciphertext itself stays. */
  rewrap(boundTo: string, sealed: Sealed): Sealed;
  /** From now on seals under `key`; what was sealed before stays readable. */
  rotate(key: MasterKey): void;
}

/** @param keys the one in use first, then older ones that may only open */
export function createVault({ masterKeys: keys }: { masterKeys: readonly MasterKey[] }): Vault {
  const [first] = keys;
  if (!first) throw new Error("A vault needs a master key.");
  let current = first;
  const known = new Map(keys.map((key) => [key.id, key]));

  const unwrap = (boundTo: string, { keyId, wrappedKey }: Sealed) => {
    const key = known.get(keyId);
    if (!key) throw new Error(`No master key with the id ${keyId}.`);
    return decrypt(key.bytes.reveal(), wrappingAad(keyId, boundTo), wrappedKey);
  };
  const wrap = (boundTo: string, dataKey: Buffer) => ({
    keyId: current.id,
    wrappedKey: encrypt(current.bytes.reveal(), wrappingAad(current.id, boundTo), dataKey),
  });

  return {
    keyId: () => current.id,
    knows: (keyId) => known.has(keyId),
    seal(boundTo, secret) {
      const dataKey = randomBytes(32);
      const sealed = encrypt(dataKey, boundTo, Buffer.from(secret.reveal(), "utf8"));
      return { ...wrap(boundTo, dataKey), sealed };
    },
    unseal: (boundTo, row) => new Secret(decrypt(unwrap(boundTo, row), boundTo, row.sealed).toString("utf8")),
    rewrap: (boundTo, row) => ({ ...wrap(boundTo, unwrap(boundTo, row)), sealed: row.sealed }),
    rotate(key) {
      known.set(key.id, key);
      current = key;
    },
  };
}

const ivBytes = 12;
const tagBytes = 16;
const wrappingAad = (keyId: string, boundTo: string) => `${keyId}\n${boundTo}`;

function encrypt(key: Buffer, aad: string, plain: Buffer): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(aad));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, aad: string, packed: Buffer): Buffer {
  const iv = packed.subarray(0, ivBytes);
  const tag = packed.subarray(ivBytes, ivBytes + tagBytes);
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(aad)).setAuthTag(tag);
  return Buffer.concat([decipher.update(packed.subarray(ivBytes + tagBytes)), decipher.final()]);
}
