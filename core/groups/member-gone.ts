// Somebody is no longer in a room of their platform: they lose its group and the groups of its threads.
import type { Db } from "../platform/db.ts";
import { leaveGroup } from "./leave.ts";
import { selectMembershipsAt } from "./store/members.ts";
import type { RoomKey } from "./store/rooms.ts";

/** The names of the groups that were left, as by `/leave`; none for a stranger, who stays one. */
export function memberGone(db: Db, at: RoomKey, userId: string): Promise<{ groups: string[] }> {
  return db.transaction(async (tx) => {
    const groups: string[] = [];
    for (const { groupId, groupName, personId } of await selectMembershipsAt(tx, at, userId)) {
      if (await leaveGroup(tx, groupId, personId)) groups.push(groupName);
    }
    return { groups };
  });
}
