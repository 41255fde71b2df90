// The port of the talk to Discord: posting, editing and asking who is where.
import { Routes } from "discord.js";
import type { Port } from "../chat/port.ts";
import { saySentence } from "../reply.ts";
import type { Directory } from "./directory.ts";
import { classifyFailure } from "./failures.ts";
import type { Messages } from "./messages.ts";
import type { Rest } from "./rest.ts";

export interface PortDeps {
  rest: Rest;
  messages: Messages;
  directory: Directory;
}

/** Discord takes five edits in five seconds in one channel, of all messages together. */
const editEveryMs = 3000;

export function createPort({ rest, messages, directory }: PortDeps): Port {
  return {
    platform: "discord",
    editEveryMs,
    async post(roomId, message, nonce) {
      const spot = await messages.create(roomId, message, nonce);
      return spot === "closed" ? "gone" : spot;
    },
    postPrivately: messages.createPrivately,
    async invite(roomId, { userId, name }, tongue, id) {
      const reply = saySentence(tongue.say("chat.private-closed", { name }));
      const buttons = [{ id, label: tongue.say("chat.open-private"), role: "plain" as const }];
      await messages.create(roomId, { reply, tongue, buttons, mention: { userId, name } }, id.slice(0, 25));
    },
    edit: messages.edit,
    isAdmin: directory.isAdmin,
    isPresent: directory.isPresent,
    async isThere(roomId) {
      try {
        await rest.asBot("get", Routes.channel(roomId));
        return true;
      } catch (error) {
        if (classifyFailure(error) === "gone") return false;
        throw error;
      }
    },
  };
}
