// Short codes that people type: made, hashed, stored, taken once. What a code opens is the business of who asks for it.
import { createHash } from "node:crypto";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { CodeRow } from "./store/codes.ts";
import { deleteValidCode, insertCode } from "./store/codes.ts";

/** Gives a fresh code such as `K7QF-3MPD`. */
export type RandomCode = () => string;

/** Crockford's base 32: no I, L, O, U, so that nothing is misread on a phone. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** @param randomBytes cryptographic randomness; 40 bits make a code */
export function createRandomCode(randomBytes: (size: number) => Uint8Array): RandomCode {
  return () => {
    const letters = [...randomBytes(8)].map((byte) => alphabet[byte % 32]).join("");
    return `${letters.slice(0, 4)}-${letters.slice(4)}`;
  };
}

/** The same for every spelling of a code: small letters, spaces or no dash, O for 0, I or L for 1. */
export function hashCode(typed: string): string {
  const plain = typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  return createHash("sha256").update(`fonshare code ${plain}`).digest("hex");
}

/** Stores a fresh code and gives it out, the only time that it is seen in the clear. */
export async function issueCode(
  deps: { db: Db | Tx; clock: Clock; randomCode: RandomCode },
  code: Pick<CodeRow, "purpose" | "personId" | "groupId">,
  livesMs: number,
): Promise<{ code: string; expiresAt: Date }> {
  const text = deps.randomCode();
  const expiresAt = new Date(deps.clock.now().getTime() + livesMs);
  await insertCode(deps.db, { ...code, hash: hashCode(text), expiresAt });
  return { code: text, expiresAt };
}

/** Uses a code up. Undefined when it is unknown, used, expired or for something else; rolled back with `tx`. */
export function takeCode(tx: Tx, typed: string, purpose: CodeRow["purpose"], now: Date): Promise<CodeRow | undefined> {
  return deleteValidCode(tx, hashCode(typed), purpose, now);
}
