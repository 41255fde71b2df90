// The table of sealed fields.
import { and, eq, ne } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
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

/** Some rows that are wrapped by another key than `keyId`, held until the transaction ends. */
export async function lockOldSecrets(tx: Tx, keyId: string, limit: number): Promise<SecretRow[]> {
  return tx.select().from(serverSecret).where(ne(serverSecret.keyId, keyId)).limit(limit).for("update");
}

export async function updateSecret(tx: Tx, row: SecretRow): Promise<void> {
  const { keyId, wrappedKey, sealed } = row;
  await tx
    .update(serverSecret)
    .set({ keyId, wrappedKey, sealed })
    .where(and(eq(serverSecret.serverId, row.serverId), eq(serverSecret.field, row.field)));
}
