// What the core does with what bots keep, without being asked by a bot: a person goes, a room gets another id.
import type { Platform } from "#contract";
import type { Tx } from "../platform/db.ts";
import { deleteButtonsOf, moveButtons } from "./store/buttons.ts";
import { deleteMessagesOf, moveMessages } from "./store/messages.ts";

export interface Messages {
  /** Buttons that only this account may press, and messages that it was shown; for the erasure of a person. */
  forgetIdentity(tx: Tx, platform: Platform, userId: string): Promise<void>;
  /** Doing it again changes nothing. */
  moveRoom(tx: Tx, platform: Platform, from: string, to: string): Promise<void>;
}

export function createMessages(): Messages {
  return {
    async forgetIdentity(tx, platform, userId) {
      await deleteButtonsOf(tx, platform, userId);
      await deleteMessagesOf(tx, platform, userId);
    },
    async moveRoom(tx, platform, from, to) {
      await moveButtons(tx, platform, from, to);
      await moveMessages(tx, platform, from, to);
    },
  };
}
