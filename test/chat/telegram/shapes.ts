// The stand-in's data as the Bot API writes it: User, Chat, Message, ChatMember. Nothing is decided here.
import type { Button, Chat, Entity, Json, Message, Person, Standing, State } from "./state.ts";

export function userJson(state: State, id: number): Json {
  if (id === state.bot.id) return botJson(state);
  const person = state.people.get(id);
  if (!person) return { id, is_bot: false, first_name: "" };
  return personJson(person);
}

export function personJson(person: Person): Json {
  return {
    id: person.id,
    is_bot: false,
    first_name: person.name,
    username: person.username,
    language_code: person.language,
    ...(person.isPremium ? { is_premium: true } : {}),
  };
}

export function botJson(state: State): Json {
  const { id, name, username } = state.bot;
  return { id, is_bot: true, first_name: name, username };
}

export function chatJson(state: State, chat: Chat): Json {
  if (chat.type === "private") {
    const person = state.people.get(chat.id);
    return { id: chat.id, first_name: person?.name ?? "", username: person?.username, type: "private" };
  }
  return {
    id: chat.id,
    title: chat.title,
    type: chat.type,
    ...(chat.isForum ? { is_forum: true } : {}),
    ...(chat.type === "group" ? { all_members_are_administrators: false } : {}),
  };
}

export function messageJson(state: State, message: Message, isQuoted = false): Json {
  const { chat } = message;
  const replied = isQuoted
    ? undefined
    : chat.messages.get(message.replyTo ?? (message.isTopic ? message.thread : 0) ?? 0);
  return {
    message_id: message.id,
    ...(message.thread ? { message_thread_id: message.thread } : {}),
    from: userJson(state, message.from),
    chat: chatJson(state, chat),
    date: message.date,
    ...(message.editDate ? { edit_date: message.editDate } : {}),
    ...(message.isTopic ? { is_topic_message: true } : {}),
    ...(replied && !replied.isDeleted ? { reply_to_message: messageJson(state, replied, true) } : {}),
    ...contentJson(state, message),
    ...(message.keyboard ? { reply_markup: { inline_keyboard: message.keyboard } } : {}),
    ...message.service,
  };
}

function contentJson(state: State, message: Message): Json {
  const entities = message.entities.map((entity) => entityJson(state, entity));
  if (message.document) {
    return {
      document: documentJson(message),
      ...(message.text ? { caption: message.text } : {}),
      ...(entities.length ? { caption_entities: entities } : {}),
    };
  }
  if (!message.text) return {};
  return { text: message.text, ...(entities.length ? { entities } : {}) };
}

function documentJson(message: Message): Json {
  const id = `BQACAgQAAx${message.id}`;
  return {
    file_id: id,
    file_unique_id: `AgAD${message.id}`,
    file_name: message.document?.name,
    mime_type: "application/octet-stream",
    file_size: message.document?.content.length,
  };
}

export function entityJson(state: State, entity: Entity): Json {
  const { userId, ...rest } = entity;
  return { ...rest, ...(userId ? { user: userJson(state, userId) } : {}) };
}

export function memberJson(state: State, chat: Chat, id: number): Json {
  const standing = chat.members.get(id) ?? "left";
  return { user: userJson(state, id), status: standing, ...standingJson(standing) };
}

export function standingJson(standing: Standing): Json {
  if (standing === "creator") return { is_anonymous: false };
  if (standing === "kicked") return { until_date: 0 };
  if (standing !== "administrator") return {};
  const may = ["manage_chat", "change_info", "delete_messages", "invite_users", "restrict_members", "pin_messages"];
  return {
    can_be_edited: false,
    is_anonymous: false,
    ...Object.fromEntries(may.map((right) => [`can_${right}`, true])),
  };
}

export function keyboardsAreEqual(a: Button[][] | undefined, b: Button[][] | undefined): boolean {
  return JSON.stringify(a ?? []) === JSON.stringify(b ?? []);
}
