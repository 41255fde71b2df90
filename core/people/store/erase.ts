// Removes a person. Everything of theirs hangs on the row and goes with it, but for the events that name them.
import { eq, like } from "drizzle-orm";
import type { Tx } from "../../platform/db.ts";
import { outbox, person } from "../../schema/index.ts";

export async function deletePerson(tx: Tx, personId: number): Promise<void> {
  await tx.delete(outbox).where(like(outbox.key, `member.joined:%:${personId}:%`));
  await tx.delete(person).where(eq(person.id, personId));
}
