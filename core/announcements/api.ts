// The contract's announcements.* procedures.
import type { api } from "#contract";
import { FonError } from "../platform/errors.ts";
import type { Handlers } from "../platform/handler.ts";
import type { Announcements } from "./announcements.ts";

export function createAnnouncementsApi(announcements: Announcements): Handlers<typeof api.announcements> {
  return {
    async posted(caller, { announcement, room, messageId }) {
      // A bot answers for the messages of its own platform only.
      if (room.platform !== caller.room.platform)
        throw new FonError("request.invalid", { field: "input.room.platform" });
      await announcements.posted(announcement, { ...room, messageId });
      return { done: true };
    },
    // `pull` is the only reaction there is so far; the contract's schema holds the list.
    react: async ({ person, room }, reaction) => ({ pull: await announcements.pullByReaction(person, room, reaction) }),
    show: ({ person, room }, { announcement }) => announcements.show(person, room, announcement),
  };
}
