// The platform gave a room another id: everything that names it follows.
import type { Platform } from "#contract";
import type { Db, Tx } from "../platform/db.ts";
import { updateRoomIds } from "./store/rooms.ts";

/** How another feature's rows follow; doing it again changes nothing. */
export type MoveRoom = (tx: Tx, platform: Platform, from: string, to: string) => Promise<void>;

export async function moveRoom(
  db: Db,
  followers: readonly MoveRoom[],
  platform: Platform,
  { from, to }: { from: string; to: string },
): Promise<void> {
  if (from === to) return;
  await db.transaction(async (tx) => {
    await updateRoomIds(tx, platform, from, to);
    for (const follow of followers) await follow(tx, platform, from, to);
  });
}
