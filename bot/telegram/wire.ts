// The part of the Bot API's objects that this adapter reads and writes, in the API's own names. telegraf's types end at
// version 7.1 of the API. What is not written down here is not used.

export interface User {
  id: number;
  is_bot: boolean;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code?: string;
}

export interface Chat {
  id: number;
  type: "private" | "group" | "supergroup" | "channel";
  title?: string;
  first_name?: string;
}

export interface IncomingMessage {
  message_id: number;
  chat: Chat;
  from?: User;
  /** On behalf of whom it was sent: the group itself (an anonymous admin) or a channel. */
  sender_chat?: Chat;
  message_thread_id?: number;
  /** Without it a thread id is a chain of replies, not a topic. */
  is_topic_message?: boolean;
  is_automatic_forward?: boolean;
  text?: string;
  reply_to_message?: { forum_topic_created?: { name: string } };
  left_chat_member?: User;
  migrate_to_chat_id?: number;
  migrate_from_chat_id?: number;
}

export interface CallbackQuery {
  id: string;
  from: User;
  /** Undefined for messages sent by way of inline mode, of which this bot has none. */
  message?: IncomingMessage;
  data?: string;
}

export interface ReactionChange {
  chat: Chat;
  message_id: number;
  /** Undefined for anonymous admins and channels. */
  user?: User;
  old_reaction: Reaction[];
  new_reaction: Reaction[];
}

export interface Reaction {
  type: string;
  emoji?: string;
}

export type Standing = "creator" | "administrator" | "member" | "restricted" | "left" | "kicked";

export interface Member {
  status: Standing;
  user: User;
  /** Of somebody restricted. */
  is_member?: boolean;
}

export interface MemberChange {
  chat: Chat;
  from: User;
  old_chat_member: Member;
  new_chat_member: Member;
}

export interface Update {
  update_id: number;
  message?: IncomingMessage;
  callback_query?: CallbackQuery;
  message_reaction?: ReactionChange;
  my_chat_member?: MemberChange;
  chat_member?: MemberChange;
}

/** All that is asked for; chat_member and message_reaction come to nobody who does not name them. */
export const allowedUpdates = [
  "message",
  "callback_query",
  "message_reaction",
  "my_chat_member",
  "chat_member",
] as const satisfies ReadonlyArray<keyof Update>;

export type KeyboardButton = { text: string; callback_data: string } | { text: string; url: string };
export type Keyboard = KeyboardButton[][];

/** This bot, as getMe says. */
export interface Self {
  id: number;
  username: string;
}
