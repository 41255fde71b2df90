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
  /** The id of the key in use: rows of another one want `reseal`. */
  readonly keyId: () => string;
  readonly knows: (keyId: string) => boolean;
  /** @param boundTo names the one place where the secret belongs; it opens nowhere else */
  seal(boundTo: string, secret: Secret): Sealed;
  /** @throws Error when the row was changed, moved to another place, or its key is not known */
  unseal(boundTo: string, sealed: Sealed): Secret;
  /** The same secret with a fresh data key, under the key in use. */
  reseal(boundTo: string, sealed: Sealed): Sealed;
}

export interface VaultDeps {
  /** The one in use first, then older ones that may only open. */
  masterKeys: readonly MasterKey[];
  /**
   * The keys as they are now; asked before something is sealed, and when a row names a key that is not known: so a
   * rotation in another process is noticed without being told.
   */
  reload?: () => readonly MasterKey[];
}

export function createVault({ masterKeys, reload }: VaultDeps): Vault {
  const [first] = masterKeys;
  if (!first) throw new Error("A vault needs a master key.");
  let current = first;
  /** Keys that left the file stay: a row may have been read before it was sealed anew. */
  const known = new Map(masterKeys.map((key) => [key.id, key]));

  const refresh = () => {
    const keys = reload?.() ?? [];
    for (const key of keys) known.set(key.id, key);
    current = keys[0] ?? current;
    return current;
  };
  const find = (keyId: string) => {
    if (!known.has(keyId)) refresh();
    return known.get(keyId);
  };
  const unseal = (boundTo: string, { keyId, wrappedKey, sealed }: Sealed) => {
    const key = find(keyId);
    if (!key) throw new Error(`No master key with the id ${keyId}.`);
    const dataKey = decrypt(key.bytes.reveal(), wrappingAad(keyId, boundTo), wrappedKey);
    return new Secret(decrypt(dataKey, boundTo, sealed).toString("utf8"));
  };
  const seal = (boundTo: string, secret: Secret): Sealed => {
    const { id, bytes } = refresh();
    const dataKey = randomBytes(32);
    return {
      keyId: id,
      wrappedKey: encrypt(bytes.reveal(), wrappingAad(id, boundTo), dataKey),
      sealed: encrypt(dataKey, boundTo, Buffer.from(secret.reveal(), "utf8")),
    };
  };

  return {
    keyId: () => refresh().id,
    knows: (keyId) => find(keyId) !== undefined,
    seal,
    unseal,
    reseal: (boundTo, row) => seal(boundTo, unseal(boundTo, row)),
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
