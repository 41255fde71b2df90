// Going away from a group: at once, with everything one shared there, and never leaving it without an admin.
import type { Tx } from "../platform/db.ts";
import { signal } from "../platform/signals.ts";
import { afterLeaving } from "./membership.ts";
import { deleteGroup, lockGroup } from "./store/groups.ts";
import { deleteMember, promoteMember, selectMembers, selectMemberships } from "./store/members.ts";

/** False when the person was no member any more. Searches end here; running pulls end by the signal. */
export async function leaveGroup(tx: Tx, groupId: number, personId: number): Promise<boolean> {
  // Two last admins who leave in the same moment must see each other go.
  if (!(await lockGroup(tx, groupId))) return false;
  if (!(await deleteMember(tx, groupId, personId))) return false;
  const next = afterLeaving(await selectMembers(tx, groupId));
  if (next.end) await deleteGroup(tx, groupId);
  else if (next.promote !== undefined) await promoteMember(tx, groupId, next.promote);
  await signal(tx, "rights");
  return true;
}

export async function leaveAllGroups(tx: Tx, personId: number): Promise<void> {
  const memberships = await selectMemberships(tx, personId);
  // In the order of ids, so that two people who leave the same groups cannot block each other.
  for (const { groupId } of memberships.toSorted((a, b) => a.groupId - b.groupId)) {
    await leaveGroup(tx, groupId, personId);
  }
}
