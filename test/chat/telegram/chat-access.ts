// Which chat a call means and whether the bot may do that there, with the words of the real API.
import type { Params } from "./params.ts";
import { badRequest, forbidden, Refusal, unlucky } from "./refusal.ts";
import type { Chat, Message, Person, State } from "./state.ts";
import { findMessage, isPresent, privateChat } from "./state.ts";

/** `write` for new messages and edits; `read` works in an upgraded group, too. */
export function findChat(state: State, params: Params, access: "write" | "read"): Chat {
  const given = params.text("chat_id");
  if (!given) throw badRequest("chat_id is empty");
  const id = params.int("chat_id");
  if (id !== undefined && id > 0) return findPrivate(state, state.people.get(id), access);
  const chat = id === undefined ? undefined : state.chats.get(id);
  if (!chat?.members.has(state.bot.id)) throw unlucky("chat not found");
  checkStanding(state, chat, access);
  return chat;
}

function findPrivate(state: State, person: Person | undefined, access: "write" | "read"): Chat {
  if (!person?.isKnown) throw unlucky("chat not found");
  if (access === "write" && person.private === "never") {
    throw forbidden("bot can't initiate conversation with a user");
  }
  if (access === "write" && person.private === "blocked") throw forbidden("bot was blocked by the user");
  return privateChat(state, person);
}

function checkStanding(state: State, chat: Chat, access: "write" | "read"): void {
  if (chat.upgradedTo) {
    if (access === "read") return;
    throw unlucky("group chat was upgraded to a supergroup chat", { migrate_to_chat_id: chat.upgradedTo.id });
  }
  const standing = chat.members.get(state.bot.id);
  if (isPresent(standing) || (access === "read" && chat.type === "group")) return;
  throw forbidden(
    standing === "kicked"
      ? `bot was kicked from the ${chat.type} chat`
      : `bot is not a member of the ${chat.type} chat`,
  );
}

/** One of the bot's own messages that can still be edited. */
export function findEditable(state: State, chat: Chat, params: Params): Message {
  const id = params.int("message_id");
  if (id === undefined) throw badRequest("message identifier is not specified");
  const message = findMessage(chat, id);
  if (!message?.isSeenByBot) throw unlucky("message to edit not found");
  if (message.from !== state.bot.id || message.service) throw badRequest("message can't be edited");
  return message;
}

export interface Place {
  thread?: number;
  isTopic: boolean;
  replyTo?: number;
}

/** Where in the chat a new message goes. Without a thread a forum shows it in General. */
export function findPlace(chat: Chat, params: Params): Place {
  const replied = findReplied(chat, params);
  const reply = replied ? { replyTo: replied.id } : {};
  const asked = params.int("message_thread_id");
  if (asked !== undefined && asked !== 0) {
    if (!chat.isForum || !chat.topics.has(asked)) throw badRequest("message thread not found");
    return { thread: asked, isTopic: true, ...reply };
  }
  if (replied?.isTopic && replied.thread) return { thread: replied.thread, isTopic: true, ...reply };
  if (replied && chat.type === "supergroup" && !chat.isForum) {
    return { thread: replied.thread ?? replied.id, isTopic: false, ...reply };
  }
  return { isTopic: false, ...reply };
}

function findReplied(chat: Chat, params: Params): Message | undefined {
  const given = (params.json("reply_parameters") ?? {}) as Record<string, unknown>;
  if (given["chat_id"] !== undefined && Number(given["chat_id"]) !== chat.id) {
    throw badRequest("replies into another chat are not known here");
  }
  const id = given["message_id"] === undefined ? params.int("reply_to_message_id") : Number(given["message_id"]);
  if (id === undefined) return undefined;
  const replied = findMessage(chat, id);
  if (replied?.isSeenByBot) return replied;
  if (given["allow_sending_without_reply"] === true || params.flag("allow_sending_without_reply")) return undefined;
  throw unlucky("message to be replied not found");
}

export const notFound = () => new Refusal(404, "Not Found: method not found", true);
