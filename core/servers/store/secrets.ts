// The table of sealed fields.
import { and, eq, ne } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { shareLock, takeLock, tryLock } from "../../platform/locks.ts";
import { serverSecret } from "../../schema/index.ts";

export type SecretRow = typeof serverSecret.$inferSelect;

export async function selectSecrets(db: Db | Tx, serverId: number): Promise<SecretRow[]> {
  return db.select().from(serverSecret).where(eq(serverSecret.serverId, serverId));
}

export async function replaceSecrets(tx: Tx, serverId: number, rows: SecretRow[]): Promise<void> {
  await tx.delete(serverSecret).where(eq(serverSecret.serverId, serverId));
  await tx.insert(serverSecret).values(rows);
}

export async function selectKeyIds(db: Db): Promise<string[]> {
  const rows = await db.selectDistinct({ keyId: serverSecret.keyId }).from(serverSecret);
  return rows.map((row) => row.keyId);
}

/** Servers with a row that is sealed under another key than `keyId`. */
export async function selectServersUnderOtherKeys(db: Db | Tx, keyId: string): Promise<number[]> {
  const rows = await db
    .selectDistinct({ serverId: serverSecret.serverId })
    .from(serverSecret)
    .where(ne(serverSecret.keyId, keyId));
  return rows.map((row) => row.serverId);
}

/** To be called before the key in use is asked for: until this transaction ends, no key leaves the key file. */
export async function announceSealing(tx: Tx): Promise<void> {
  await shareLock(tx, "sealing");
}

/** Waits for those who seal, and lets nobody seal until this transaction ends. */
export async function holdSealing(tx: Tx): Promise<void> {
  await takeLock(tx, "sealing");
}

/** False when another process rotates. Held until this transaction ends. */
export async function lockRotation(tx: Tx): Promise<boolean> {
  return tryLock(tx, "rotation");
}

export async function updateSecret(tx: Tx, row: SecretRow): Promise<void> {
  const { keyId, wrappedKey, sealed } = row;
  await tx
    .update(serverSecret)
    .set({ keyId, wrappedKey, sealed })
    .where(and(eq(serverSecret.serverId, row.serverId), eq(serverSecret.field, row.field)));
}
