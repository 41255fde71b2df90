// Short keys of what was told: the same thing told again has the same key.
import { createHash } from "node:crypto";

/** 22 letters of base64url, as Discord's nonce (25 at most) allows. */
export function shortKey(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
}
