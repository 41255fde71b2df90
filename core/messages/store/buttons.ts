// The table of buttons.
import { and, eq, sql } from "drizzle-orm";
import type { ButtonRoom, KeptButton, Platform } from "#contract";
import type { Db, Tx } from "../../platform/db.ts";
import { isRoomOrTopic, movedRoomId } from "../../platform/room-ids.ts";
import { button } from "../../schema/index.ts";

/** A known id stays what it is, whatever else is said of it: people may have it before their eyes. */
export async function upsertButtons(
  db: Db,
  platform: Platform,
  buttons: readonly KeptButton[],
  keptAt: Date,
): Promise<void> {
  if (buttons.length === 0) return;
  // Each once and in one order, so that two calls with the same buttons cannot block each other.
  const byId = new Map(buttons.map((one) => [one.id, one]));
  const rows = [...byId.keys()].sort().flatMap((id) => byId.get(id) ?? []);
  await db
    .insert(button)
    .values(rows.map((one) => ({ ...one, platform, keptAt })))
    .onConflictDoUpdate({ target: [button.platform, button.id], set: { keptAt } });
}

export async function selectButton(db: Db, platform: Platform, id: string) {
  const [found] = await db
    .select({ command: button.command, room: sql<ButtonRoom>`${button.room}`, userId: button.userId })
    .from(button)
    .where(and(eq(button.platform, platform), eq(button.id, id)));
  return found;
}

export async function deleteButtonsOf(tx: Tx, platform: Platform, userId: string): Promise<void> {
  await tx.delete(button).where(and(eq(button.platform, platform), eq(button.userId, userId)));
}

export async function moveButtons(tx: Tx, platform: Platform, from: string, to: string): Promise<void> {
  for (const key of ["roomId", "parentId"]) {
    const id = sql`(${button.room} ->> ${key}::text)`;
    const room = sql`jsonb_set(${button.room}, array[${key}::text], to_jsonb(${movedRoomId(id, from, to)}))`;
    const isHere = and(eq(button.platform, platform), isRoomOrTopic(id, from));
    await tx.update(button).set({ room }).where(isHere);
  }
}
