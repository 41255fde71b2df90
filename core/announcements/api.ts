// The contract's announcements.* procedures.
import type { api } from "#contract";
import type { Handlers } from "../platform/handler.ts";
import type { Announcements } from "./announcements.ts";

export function createAnnouncementsApi(announcements: Announcements): Handlers<typeof api.announcements> {
  return {
    async posted(_caller, { announcement, room, messageId }) {
      await announcements.posted(announcement, { ...room, messageId });
      return { done: true };
    },
    // `pull` is the only reaction there is so far; the contract's schema holds the list.
    react: async ({ person, room }, reaction) => ({ pull: await announcements.pullByReaction(person, room, reaction) }),
    show: ({ person, room }, { announcement }) => announcements.show(person, room, announcement),
  };
}
