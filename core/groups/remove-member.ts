// Takes a member out of a group, named as the group sees them.
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import { leaveGroup } from "./leave.ts";
import { nameMembers } from "./membership.ts";
import { selectMembers } from "./store/members.ts";

/** @throws `group.member-unknown` */
export async function removeMember(db: Db, groupId: number, name: string): Promise<void> {
  await db.transaction(async (tx) => {
    const wanted = name.toLowerCase();
    const found = nameMembers(await selectMembers(tx, groupId)).find((member) => member.name.toLowerCase() === wanted);
    if (!found) throw new FonError("group.member-unknown", { name });
    await leaveGroup(tx, groupId, found.personId);
  });
}
