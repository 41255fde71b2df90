// Pure rules about a membership: which group a room means, who counts as an admin, who follows the last one.
import type { Policy, Room } from "#contract";
import { FonError } from "../platform/errors.ts";

export interface Membership {
  groupId: number;
  groupName: string;
  role: "admin" | "member";
  policy: Policy;
}

/**
 * The membership that a call in `room` is about: the room's group, or in private the person's only one.
 * @throws `group.none-here`, `group.not-a-member`
 */
export function membershipFor(
  room: Room,
  groupHere: { id: number; name: string } | undefined,
  memberships: readonly Membership[],
): Membership {
  if (room.kind === "private") {
    const [only, ...others] = memberships;
    if (!only || others.length > 0) throw new FonError("group.none-here");
    return only;
  }
  if (!groupHere) throw new FonError("group.none-here");
  const own = memberships.find((one) => one.groupId === groupHere.id);
  if (!own) throw new FonError("group.not-a-member", { group: groupHere.name });
  return own;
}

/** An admin of the group, or of the group room that is spoken in. In private everybody is "admin" of the room: that is not enough. */
export function isAdminHere(membership: { role: "admin" | "member" }, room: Room): boolean {
  return membership.role === "admin" || (room.kind === "group" && room.isAdmin);
}

export interface MemberRow {
  personId: number;
  displayName: string;
  role: "admin" | "member";
  joinedAt: Date;
}

/** What happens to a group when somebody goes. @param rest those who stay, oldest first */
export function afterLeaving(rest: readonly MemberRow[]): { end: true } | { end: false; promote?: number } {
  const [oldest] = rest;
  if (!oldest) return { end: true };
  const hasAdmin = rest.some((member) => member.role === "admin");
  return hasAdmin ? { end: false } : { end: false, promote: oldest.personId };
}

/** Names as the group sees them: two Annas are `Anna` and `Anna (2)`, by the day they joined. */
export function nameMembers<M extends { displayName: string }>(members: readonly M[]): (M & { name: string })[] {
  const seen = new Map<string, number>();
  return members.map((member) => {
    const key = member.displayName.toLowerCase();
    const n = (seen.get(key) ?? 0) + 1;
    seen.set(key, n);
    return { ...member, name: n === 1 ? member.displayName : `${member.displayName} (${n})` };
  });
}
