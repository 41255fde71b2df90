// Who may see an announcement, and through which shares: members of its group, in its rooms and in private.
import type { Room } from "#contract";
import type { Person } from "../platform/handler.ts";
import type { VisibleShare } from "../shares/index.ts";
import type { AnnouncementsDeps } from "./announcements.ts";
import type { FoundAnnouncement } from "./store/announcements.ts";

type About = Pick<FoundAnnouncement, "groupId" | "shareId">;
/** The shares that show it, or undefined for what the person may not know of. */
export type Look = (about: About) => VisibleShare[] | undefined;

/** What the person may see here and now, asked once for many announcements. */
export async function lookFrom(
  { shares, groups }: Pick<AnnouncementsDeps, "shares" | "groups">,
  person: Person,
  room: Room,
): Promise<Look & { groupIds: number[] }> {
  const [visible, memberships, here] = await Promise.all([
    shares.visible(person, room),
    groups.membershipsOf(person.id),
    groups.groupOfRoom(room),
  ]);
  const isHere = (groupId: number) => room.kind === "private" || here?.id === groupId;
  const groupIds = memberships.map(({ groupId }) => groupId).filter(isHere);
  const look: Look = ({ groupId, shareId }) => {
    if (!groupIds.includes(groupId)) return undefined;
    const ofGroup = visible.filter((share) => share.groupId === groupId);
    if (shareId === null) return ofGroup;
    const introduced = ofGroup.filter(({ id }) => id === shareId);
    return introduced.length > 0 ? introduced : undefined;
  };
  return Object.assign(look, { groupIds });
}
