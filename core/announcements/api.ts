// The contract's announcements.* procedures.
import type { api } from "#contract";
import type { Handlers } from "../platform/handler.ts";
import type { Announcements } from "./announcements.ts";

export function createAnnouncementsApi(announcements: Announcements): Handlers<typeof api.announcements> {
  return {
    async posted({ platform }, { announcement, roomId, messageId }) {
      await announcements.posted(announcement, { platform, roomId, messageId });
      return { done: true };
    },
    recent: ({ platform }) => announcements.recent(platform),
    react: ({ person, room }, wish) => announcements.react(person, room, wish),
    show: ({ person, room }, asked) => announcements.show(person, room, asked),
    kept: ({ person, room }) => announcements.kept(person, room),
  };
}
