// Telegram as chat/talk.ts sees it.
import type { Message, Port, Spot } from "../chat/port.ts";
import { saySentence } from "../reply.ts";
import { linkTo } from "./answer.ts";
import type { Asking } from "./asking.ts";
import type { Messages } from "./messages.ts";

export interface PortDeps {
  messages: Messages;
  asking: Asking;
  /** For links into the private chat; known before anybody is heard. */
  botName: () => string;
}

/** 20 writes a minute are let through in a group, edits among them. */
const editEveryMs = 3000;

/**
 * A spot's `chatId` is the id of the room it was posted to, topic included, or of the person. Nonces are not used: Telegram
 * has nothing like them.
 */
export function createPort({ messages, asking, botName }: PortDeps): Port {
  return {
    platform: "telegram",
    editEveryMs,
    tellsAgain: true,
    post: async (roomId, message) => {
      const shown = await messages.show(roomId, message);
      return shown === "closed" ? "gone" : shown;
    },
    postPrivately: async (userId: string, message: Message): Promise<Spot | "closed"> => {
      const shown = await messages.show(userId, message);
      return shown === "gone" ? "closed" : shown;
    },
    async invite(roomId, { userId, name }, tongue, id) {
      const reply = saySentence(tongue.say("chat.private-closed", { name }));
      const keyboard = [[{ text: tongue.say("chat.open-private"), url: linkTo(botName(), id) }]];
      await messages.show(roomId, { reply, tongue, buttons: [], mention: { userId, name } }, { keyboard });
    },
    edit: messages.edit,
    ...asking,
  };
}
