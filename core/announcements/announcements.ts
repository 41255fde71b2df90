// What the scanner, the catalog and people do with announcements.
import type { Item, Pull, Room } from "#contract";
import type { Applied, Catalog } from "../catalog/index.ts";
import type { Db, Tx } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Person } from "../platform/handler.ts";
import { makeRef, readRef } from "../platform/refs.ts";
import type { Shares } from "../shares/index.ts";
import { isBelow } from "../shares/index.ts";
import type { Transfers } from "../transfers/index.ts";
import { announce } from "./announce.ts";
import { show } from "./show.ts";
import type { FoundAnnouncement, MessagePlace } from "./store.ts";
import { allNewFolders, announcedFiles, byId, byMessage, insertMessage } from "./store.ts";

export interface AnnouncementsDeps {
  db: Db;
  shares: Pick<Shares, "visible">;
  catalog: Pick<Catalog, "remember">;
  transfers: Pick<Transfers, "pull">;
}

export interface Announcements {
  /** The scanner's onApplied, in its transaction. */
  announce(tx: Tx, applied: Applied): Promise<void>;
  /**
   * What an announcement stands for, as references for the catalog's resolver: a folder that is all new by one, else its
   * new files; [] for somebody who may not see its share in this room.
   */
  refsOf(person: Person, room: Room, announcementId: number): Promise<string[]>;
  /** @throws `catalog.unknown-ref` when the room is not one of the announcement's group */
  posted(announcement: string, place: MessagePlace): Promise<void>;
  /** @throws `catalog.unknown-ref`, `pull.own-file`, `pull.nothing-to-do`, what `transfers.pull` throws */
  pullByReaction(person: Person, room: Room, reaction: { messageId: string; requestId: string }): Promise<Pull>;
  /** At most a hundred of the files; they are the person's last list afterwards. @throws `catalog.unknown-ref` */
  show(person: Person, room: Room, announcement: string): Promise<{ items: Item[]; total: number; createdAt: string }>;
}

export function createAnnouncements(deps: AnnouncementsDeps): Announcements {
  return {
    announce,
    refsOf: (person, room, id) => refsOf(deps, person, room, id),
    async posted(announcement, place) {
      if (!(await insertMessage(deps.db, readAnnouncementRef(announcement), place))) throw unknown(announcement);
    },
    pullByReaction: (person, room, reaction) => pullByReaction(deps, person, room, reaction),
    async show(person, room, announcement) {
      const found = await byId(deps.db, readAnnouncementRef(announcement));
      // To somebody who may not see its share: the same answer as for what never was.
      if (!found || !(await isVisible(deps, person, room, found))) throw unknown(announcement);
      return await show(deps, person, room, found);
    },
  };
}

function unknown(ref: string): FonError {
  return new FonError("catalog.unknown-ref", { ref: ref.slice(0, 32) });
}

function readAnnouncementRef(text: string): number {
  const ref = readRef(text);
  if (ref?.kind !== "a") throw unknown(text);
  return ref.id;
}

async function refsOf(deps: AnnouncementsDeps, person: Person, room: Room, announcementId: number): Promise<string[]> {
  const visible = await deps.shares.visible(person, room);
  const files = (await announcedFiles(deps.db, announcementId)).filter((file) =>
    visible.some((share) => share.serverId === file.serverId && isBelow(file.directoryPath, share.path)),
  );
  const whole = await allNewFolders(deps.db, announcementId);
  const refs = files.map(({ fileId, directoryId }) =>
    whole.has(directoryId) ? makeRef("d", directoryId) : makeRef("f", fileId),
  );
  return [...new Set(refs)];
}

async function pullByReaction(
  deps: AnnouncementsDeps,
  person: Person,
  room: Room,
  { messageId, requestId }: { messageId: string; requestId: string },
): Promise<Pull> {
  const found = await byMessage(deps.db, { ...room, messageId });
  if (!found || !(await isVisible(deps, person, room, found))) throw unknown(messageId);
  if (found.ownerId === person.id) throw new FonError("pull.own-file");
  // A share's first summary announces no single file, and the files of others may be gone.
  if ((await refsOf(deps, person, room, found.id)).length === 0) throw new FonError("pull.nothing-to-do");
  return await deps.transfers.pull(person, room, { what: [makeRef("a", found.id)], requestId });
}

async function isVisible({ shares }: AnnouncementsDeps, person: Person, room: Room, { shareId }: FoundAnnouncement) {
  return (await shares.visible(person, room)).some((share) => share.id === shareId);
}
