// What a person does about an announcement: pulls its files, keeps it, gives it a star. Each once, and keep and star
// can be taken back.
import type { api, OutputOf, Pull, Reaction, Room } from "#contract";
import { errorCodes } from "#contract";
import { asFonError, FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import type { AnnouncementsDeps } from "./announcements.ts";
import { readAnnouncementRef, unknownAnnouncement } from "./ref.ts";
import { lookFrom } from "./sight.ts";
import type { FoundAnnouncement } from "./store/announcements.ts";
import { byId } from "./store/announcements.ts";
import { announcedFolders } from "./store/files.ts";
import type { Mark } from "./store/marks.ts";
import { hasMark, setMark, starsOf, takeMark } from "./store/marks.ts";
import { findMessage } from "./store/messages.ts";
import { seenFolders } from "./told.ts";

export interface ReactionWish {
  on: { messageId: string } | { announcement: string };
  reaction: Reaction;
  /** False takes `keep` and `rate` back. */
  isOn: boolean;
  /** Found afterwards: one that was answered before is passed over. */
  isLate: boolean;
  requestId: string;
}
type Outcome = OutputOf<typeof api.announcements.react>;

/** @throws `catalog.unknown-ref`; for `pull` also `pull.own-file`, `pull.nothing-to-do`, what `transfers.pull` throws */
export async function react(deps: AnnouncementsDeps, person: Person, here: Room, wish: ReactionWish): Promise<Outcome> {
  const { db, clock } = deps;
  const { id, room } = await findTarget(deps, here, wish.on);
  const { reaction: kind, isOn } = wish;
  const mark: Mark = { announcementId: id, personId: person.id, kind };
  const answer = async (outcome: Outcome["outcome"], pull: Pull | null = null): Promise<Outcome> => {
    const stars = (await starsOf(db, [id])).get(id) ?? 0;
    return { announcement: makeRef("a", id), outcome, pull, stars };
  };
  if (wish.isLate && isOn && (await hasMark(db, mark))) return answer("known");
  if (kind === "pull") {
    // A pull is ended where pulls are listed, not by taking the reaction away.
    if (!isOn) return answer("known");
    return answer("pulled", await pullOnce(deps, person, room, wish, mark));
  }
  await requireSeen(deps, person, room, id, wish.on);
  if (isOn) await setMark(db, mark, clock.now());
  else await takeMark(db, mark);
  return answer(kind === "keep" ? (isOn ? "kept" : "unkept") : isOn ? "rated" : "unrated");
}

/** The announcement and the room that counts: a message may be shown in a thread of the room. */
async function findTarget(
  { db }: AnnouncementsDeps,
  room: Room,
  on: ReactionWish["on"],
): Promise<{ id: number; room: Room }> {
  if ("announcement" in on) return { id: readAnnouncementRef(on.announcement), room };
  const shown = await findMessage(db, { ...room, messageId: on.messageId });
  if (!shown) throw unknownAnnouncement(on.messageId);
  return { id: shown.announcementId, room: { ...room, roomId: shown.roomId } };
}

async function requireSeen(
  deps: AnnouncementsDeps,
  person: Person,
  room: Room,
  id: number,
  on: ReactionWish["on"],
): Promise<FoundAnnouncement> {
  const found = await byId(deps.db, id);
  const look = await lookFrom(deps, person, room);
  if (found && look(found)) return found;
  throw unknownAnnouncement("announcement" in on ? on.announcement : on.messageId);
}

/**
 * The mark says that the reaction was answered, also with a refusal that will not pass by itself. Without one, after a
 * failure of the moment, the same reaction counts as new when it is found again.
 */
async function pullOnce(
  deps: AnnouncementsDeps,
  person: Person,
  room: Room,
  { on, requestId }: ReactionWish,
  mark: Mark,
): Promise<Pull> {
  const answered = () => setMark(deps.db, mark, deps.clock.now());
  try {
    const found = await requireSeen(deps, person, room, mark.announcementId, on);
    await requireFiles(deps, person, room, found);
    const pull = await deps.transfers.pull(person, room, { what: [makeRef("a", found.id)], requestId });
    await answered();
    return pull;
  } catch (error) {
    // Of a reference that was guessed nothing is remembered: a later answer would say that it exists.
    const isHidden = asFonError(error)?.code === "catalog.unknown-ref" && "announcement" in on;
    if (isLasting(error) && !isHidden) await answered();
    throw error;
  }
}

function isLasting(error: unknown): boolean {
  const known = asFonError(error);
  return known !== undefined && errorCodes[known.code] !== "later";
}

/** A share's introduction announces no single file, and those of a digest may be gone. */
async function requireFiles(deps: AnnouncementsDeps, person: Person, room: Room, found: FoundAnnouncement) {
  const shares = (await lookFrom(deps, person, room))(found) ?? [];
  const files = seenFolders(await announcedFolders(deps.db, [found.id]), shares);
  const seen = files.length > 0 ? files.map(({ share }) => share) : found.shareId === null ? [] : shares;
  if (seen.length > 0 && seen.every(({ ownerId }) => ownerId === person.id)) throw new FonError("pull.own-file");
  if (files.length === 0) throw new FonError("pull.nothing-to-do");
}
