// Who speaks and where, in the contract's words, from Telegram's users, chats and topics. Pure.
import type { Actor } from "#contract";
import { cutEnd } from "../chat/cut.ts";
import type { Place } from "../chat/port.ts";
import { cleanName } from "../text.ts";

import type { Chat, IncomingMessage, User } from "./wire.ts";

const longestName = 128;
/** Telegram's own account that stands for admins who hide behind the group. */
const anonymousAdminId = 1087968824;

/** A room's id: that of the chat, or of chat and topic. The General topic of a forum is the chat itself. */
export interface Target {
  chatId: number;
  threadId: number | undefined;
}

export function roomIdOf(chatId: number, threadId?: number): string {
  return threadId === undefined ? String(chatId) : `${chatId}:${threadId}`;
}

export function targetOf(roomId: string): Target {
  const [chat = "", thread] = roomId.split(":");
  return { chatId: Number(chat), threadId: thread === undefined ? undefined : Number(thread) };
}

export function actorOf(user: User): Actor {
  const name = cleanName([user.first_name, user.last_name ?? ""].join(" "));
  return {
    platform: "telegram",
    userId: String(user.id),
    displayName: cutEnd(name, longestName),
    language: /^fr\b/i.test(user.language_code ?? "") ? "fr" : "en",
  };
}

export function placeOf(chat: Chat, message?: IncomingMessage): Place {
  if (chat.type === "private") return { platform: "telegram", roomId: String(chat.id), kind: "private", title: "" };
  const title = cleanName(chat.title ?? "");
  const threadId = message?.is_topic_message ? message.message_thread_id : undefined;
  const room = { platform: "telegram", kind: "group" } as const;
  if (threadId === undefined) return { ...room, roomId: roomIdOf(chat.id), title: cutEnd(title, longestName) };
  const topic = message?.reply_to_message?.forum_topic_created?.name;
  const shown = topic === undefined ? title : `${title} › ${cleanName(topic)}`;
  return {
    ...room,
    roomId: roomIdOf(chat.id, threadId),
    title: cutEnd(shown, longestName),
    parentId: roomIdOf(chat.id),
  };
}

/** `hidden`: somebody who cannot be told from others, an anonymous admin or a channel. `nobody`: a bot, a copied post. */
export function speakerOf(message: IncomingMessage): User | "hidden" | "nobody" {
  const { from, sender_chat, is_automatic_forward } = message;
  if (is_automatic_forward || message.chat.type === "channel") return "nobody";
  if (sender_chat !== undefined || from?.id === anonymousAdminId) return "hidden";
  return from === undefined || from.is_bot ? "nobody" : from;
}

export function isAnonymousAdmin(userId: string): boolean {
  return userId === String(anonymousAdminId);
}
