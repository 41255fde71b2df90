// The table of codes.
import { and, eq, gt } from "drizzle-orm";
import type { Db, Tx } from "../../platform/db.ts";
import { code } from "../../schema/index.ts";

export type CodeRow = typeof code.$inferSelect;

export async function insertCode(db: Db | Tx, row: CodeRow): Promise<void> {
  await db.insert(code).values(row);
}

export async function deleteValidCode(
  tx: Tx,
  hash: string,
  purpose: CodeRow["purpose"],
  now: Date,
): Promise<CodeRow | undefined> {
  const [taken] = await tx
    .delete(code)
    .where(and(eq(code.hash, hash), eq(code.purpose, purpose), gt(code.expiresAt, now)))
    .returning();
  return taken;
}
