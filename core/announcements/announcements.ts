// What the scanner, the catalog, the event stream and people do with announcements.
import type { api, OutputOf, Platform, Room } from "#contract";
import type { Applied, Catalog } from "../catalog/index.ts";
import type { Groups } from "../groups/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Person } from "../platform/handler.ts";
import { makeRef } from "../platform/refs.ts";
import type { Shares } from "../shares/index.ts";
import type { Transfers } from "../transfers/index.ts";
import { announce } from "./announce.ts";
import { fill } from "./fill.ts";
import { kept } from "./kept.ts";
import type { ReactionWish } from "./react.ts";
import { react } from "./react.ts";
import { readAnnouncementRef, unknownAnnouncement } from "./ref.ts";
import { releaseDue } from "./release.ts";
import { show } from "./show.ts";
import { lookFrom } from "./sight.ts";
import { byId } from "./store/announcements.ts";
import { allNewFolders, announcedFiles } from "./store/files.ts";
import type { MessagePlace } from "./store/messages.ts";
import { insertMessage, moveRoom, recentMessages } from "./store/messages.ts";
import { seenThrough } from "./told.ts";

export interface AnnouncementsDeps {
  db: Db;
  clock: Clock;
  groups: Pick<Groups, "newsOf" | "membershipsOf" | "groupOfRoom">;
  shares: Pick<Shares, "visible" | "ofGroup">;
  catalog: Pick<Catalog, "remember">;
  transfers: Pick<Transfers, "pull">;
}

type Answer<V extends keyof typeof api.announcements> = Promise<OutputOf<(typeof api.announcements)[V]>>;

export interface Announcements {
  /** The scanner's onApplied, in its transaction. */
  announce(tx: Tx, applied: Applied): Promise<void>;
  /** Tells what is due, see release.ts. @returns when the next one is */
  release(options: { all: boolean }): Promise<Date | undefined>;
  /** The event stream's `fill`. */
  fill(stored: Record<string, unknown>): Promise<unknown>;
  /**
   * What an announcement stands for, as references for the catalog's resolver: a folder that is all new by one, else its
   * new files, one's own only when there are no others; [] for somebody who may not see it in this room.
   */
  refsOf(person: Person, room: Room, announcementId: number): Promise<string[]>;
  /** @throws `catalog.unknown-ref` when the room is not one of the announcement's group */
  posted(announcement: string, place: MessagePlace): Promise<void>;
  recent(platform: Platform): Answer<"recent">;
  /** @throws `catalog.unknown-ref`, `pull.own-file`, `pull.nothing-to-do`, what `transfers.pull` throws */
  react(person: Person, room: Room, wish: ReactionWish): Answer<"react">;
  /** @throws `catalog.unknown-ref`, `request.invalid` (cursor) */
  show(person: Person, room: Room, asked: { announcement: string; cursor?: string | undefined }): Answer<"show">;
  kept(person: Person, room: Room): Answer<"kept">;
  /** A room, and its topics, got another id; may be repeated. */
  moveRoom(tx: Tx, platform: string, from: string, to: string): Promise<void>;
}

const recentMs = 7 * 86_400_000;
const mostRecent = 100;

export function createAnnouncements(deps: AnnouncementsDeps): Announcements {
  const { db, clock } = deps;
  return {
    announce: (tx, applied) => announce(tx, deps.groups, applied),
    release: (options) => releaseDue(deps, options),
    fill: (stored) => fill(deps, stored),
    refsOf: (person, room, id) => refsOf(deps, person, room, id),
    async posted(announcement, place) {
      if (!(await insertMessage(db, readAnnouncementRef(announcement), place))) throw unknownAnnouncement(announcement);
    },
    async recent(platform) {
      const since = new Date(clock.now().getTime() - recentMs);
      return { messages: await recentMessages(db, platform, { since, limit: mostRecent }) };
    },
    react: (person, room, wish) => react(deps, person, room, wish),
    show: (person, room, asked) => show(deps, person, room, asked),
    kept: (person, room) => kept(deps, person, room),
    moveRoom,
  };
}

async function refsOf(deps: AnnouncementsDeps, person: Person, room: Room, announcementId: number): Promise<string[]> {
  const found = await byId(deps.db, announcementId);
  const shares = found && (await lookFrom(deps, person, room))(found);
  if (!shares) return [];
  const all = await announcedFiles(deps.db, announcementId);
  const ofOthers = shares.filter(({ ownerId }) => ownerId !== person.id);
  const seen = (among: typeof shares) => all.filter((file) => seenThrough(file, among));
  const wanted = seen(ofOthers);
  const files = wanted.length > 0 ? wanted : seen(shares);
  const whole = await allNewFolders(deps.db, announcementId);
  const refs = files.map(({ fileId, directoryId }) =>
    whole.has(directoryId) ? makeRef("d", directoryId) : makeRef("f", fileId),
  );
  return [...new Set(refs)];
}
