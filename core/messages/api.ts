// The contract's procedures about what a bot keeps.
import type { api, Context, Platform } from "#contract";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { FonError } from "../platform/errors.ts";
import type { Handlers } from "../platform/handler.ts";
import { pressButton } from "./press.ts";
import { upsertButtons } from "./store/buttons.ts";
import { deleteMessage, selectFollowed, selectMessages, upsertMessage } from "./store/messages.ts";

export function createMessagesApi({ db, clock }: { db: Db; clock: Clock }): Handlers<typeof api.messages> {
  return {
    async keepButtons({ platform }, { buttons }) {
      await upsertButtons(db, platform, buttons, clock.now());
      return { done: true };
    },
    press: ({ platform }, { id, userId }) => pressButton(db, platform, id, userId),
    async remember({ platform }, told) {
      if (told.follow) requireOwn(platform, told.follow.context);
      await upsertMessage(db, platform, told, clock.now());
      return { done: true };
    },
    find: async ({ platform }, { key }) => ({ messages: await selectMessages(db, platform, key) }),
    async forget({ platform }, { key, chatId }) {
      await deleteMessage(db, platform, key, chatId);
      return { done: true };
    },
    followed: async ({ platform }) => ({ messages: await selectFollowed(db, platform) }),
  };
}

/** A bot keeps messages for the people of its own platform. */
function requireOwn(platform: Platform, { actor, room }: Context): void {
  if (actor.platform === platform && room.platform === platform) return;
  throw new FonError("request.invalid", { field: "input.follow.context" });
}
