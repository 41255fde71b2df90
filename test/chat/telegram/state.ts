// What the Telegram stand-in remembers: people, chats, topics, messages. Plain data and how to add to it; it decides and
// tells nothing.
import { randomBytes } from "node:crypto";
import type { Language } from "#contract";

export type Json = Record<string, unknown>;
export type Standing = "creator" | "administrator" | "member" | "left" | "kicked";

export interface Person {
  id: number;
  name: string;
  username: string;
  language: Language;
  isPremium: boolean;
  /** The bot has met them: in a shared chat or in private. Others are "chat not found" to it. */
  isKnown: boolean;
  private: "never" | "open" | "blocked";
}

export interface Entity {
  type: string;
  /** In UTF-16 units, as `length`. */
  offset: number;
  length: number;
  url?: string;
  language?: string;
  userId?: number;
}

export interface Button {
  text: string;
  url?: string;
  callback_data?: string;
  [other: string]: unknown;
}

export interface Document {
  name: string;
  content: Buffer;
}

export interface Message {
  id: number;
  chat: Chat;
  /** Of the bot when equal to `state.bot.id`. */
  from: number;
  /** Unix seconds. */
  date: number;
  editDate?: number;
  /** Id of the message that opened the topic or, in a plain supergroup, the chain of replies. */
  thread?: number;
  isTopic: boolean;
  replyTo?: number;
  /** As sent, before markup was resolved. */
  raw: string;
  text: string;
  entities: Entity[];
  keyboard?: Button[][];
  document?: Document;
  service?: Json;
  /** Emoji by person. */
  reactions: Map<number, string[]>;
  edits: number;
  isDeleted: boolean;
  /** The bot was told of it, so it exists for the bot. */
  isSeenByBot: boolean;
}

export interface Chat {
  id: number;
  type: "private" | "group" | "supergroup";
  title: string;
  members: Map<number, Standing>;
  isForum: boolean;
  /** Title by thread id. */
  topics: Map<number, string>;
  messages: Map<number, Message>;
  lastMessageId: number;
  upgradedTo?: Chat;
  upgradedFrom?: Chat;
}

export interface State {
  bot: { id: number; token: string; name: string; username: string };
  people: Map<number, Person>;
  chats: Map<number, Chat>;
  /** Private chats and basic groups share one row of message ids; each supergroup has its own. */
  lastMessageId: number;
  lastChat: number;
  /** Command lists by scope and language, see methods-profile.ts. */
  commands: Map<string, Json[]>;
  descriptions: Map<string, string>;
}

export function createState(): State {
  const id = 7_100_000_001;
  return {
    bot: {
      id,
      token: `${id}:${randomBytes(26).toString("base64url")}`,
      name: "FonShare",
      username: "fonshare_test_bot",
    },
    people: new Map(),
    chats: new Map(),
    lastMessageId: 100,
    lastChat: 0,
    commands: new Map(),
    descriptions: new Map(),
  };
}

export function addPerson(state: State, name: string, language: Language): Person {
  const number = state.people.size + 1;
  const id = 5_100_000_000 + number;
  const stem = name.replace(/[^A-Za-z]/g, "").slice(0, 16) || "someone";
  const person: Person = {
    id,
    name,
    username: `${stem.toLowerCase()}_${1000 + number}`,
    language,
    isPremium: false,
    isKnown: false,
    private: "never",
  };
  state.people.set(id, person);
  return person;
}

export function addChat(state: State, type: "group" | "supergroup", title: string): Chat {
  state.lastChat += 1;
  const id = type === "group" ? -(4_100_000_000 + state.lastChat) : -(1_002_100_000_000 + state.lastChat);
  return keepChat(state, id, type, title);
}

/** The private chat of the bot and a person; it exists on paper before anybody wrote. */
export function privateChat(state: State, person: Person): Chat {
  return state.chats.get(person.id) ?? keepChat(state, person.id, "private", person.name);
}

function keepChat(state: State, id: number, type: Chat["type"], title: string): Chat {
  const chat: Chat = {
    id,
    type,
    title,
    members: new Map(),
    isForum: false,
    topics: new Map(),
    messages: new Map(),
    lastMessageId: 0,
  };
  state.chats.set(id, chat);
  return chat;
}

export interface Draft extends Partial<Omit<Message, "id" | "chat" | "from" | "date">> {
  from: number;
  date: number;
}

export function addMessage(state: State, chat: Chat, draft: Draft): Message {
  if (chat.type === "supergroup") chat.lastMessageId += 1;
  else chat.lastMessageId = state.lastMessageId += 1;
  const message: Message = {
    raw: "",
    text: "",
    entities: [],
    isTopic: false,
    reactions: new Map(),
    edits: 0,
    isDeleted: false,
    isSeenByBot: draft.from === state.bot.id,
    ...draft,
    id: chat.lastMessageId,
    chat,
  };
  chat.messages.set(message.id, message);
  return message;
}

export const isPresent = (standing: Standing | undefined) =>
  standing === "creator" || standing === "administrator" || standing === "member";

export const isAdmin = (standing: Standing | undefined) => standing === "creator" || standing === "administrator";

export function isInChat(state: State, chat: Chat, personId: number): boolean {
  if (chat.type === "private") return chat.id === personId || personId === state.bot.id;
  return isPresent(chat.members.get(personId));
}

/** The message, unless it was deleted or never was. */
export function findMessage(chat: Chat, id: number | undefined): Message | undefined {
  const message = id === undefined ? undefined : chat.messages.get(id);
  return message?.isDeleted ? undefined : message;
}
