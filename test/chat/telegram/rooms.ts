// Rooms of the driver and the chats and topics behind them: a room keeps working through a migration. It shows nothing
// and sends nothing to the bot by itself.
import type { ChatRoom, ShownMessage } from "../driver.ts";
import type { Crowd } from "./crowd.ts";
import type { Chat, Message, Person, State } from "./state.ts";
import { addChat, findMessage } from "./state.ts";
import type { World } from "./world.ts";

export interface Place {
  chat: Chat;
  thread?: number;
}

export function createRooms(world: World, crowd: Crowd) {
  const { state } = world;
  const tops = new Map<number, ChatRoom>();

  function chatOf(room: ChatRoom): Chat {
    let chat = state.chats.get(Number(room.id.split("/")[0]));
    while (chat?.upgradedTo) chat = chat.upgradedTo;
    if (!chat) throw new Error(`${room.title} is not a room of this Telegram`);
    return chat;
  }

  function placeOf(room: ChatRoom): Place {
    const thread = Number(room.id.split("/")[1] ?? 0);
    return { chat: chatOf(room), ...(thread ? { thread } : {}) };
  }

  function add(title: string, people: readonly Person[], isBotIn: boolean): ChatRoom {
    const chat = addChat(state, "group", title);
    for (const [index, person] of people.entries()) {
      chat.members.set(person.id, index === 0 ? "creator" : "member");
      person.isKnown ||= isBotIn;
    }
    if (isBotIn) chat.members.set(state.bot.id, "member");
    const room = { id: String(chat.id), title };
    tops.set(chat.id, room);
    return room;
  }

  function moveRoom(from: Chat, to: Chat): void {
    const room = tops.get(from.id);
    if (!room) return;
    room.id = String(to.id);
    tops.set(to.id, room);
  }

  function migrate(room: ChatRoom): void {
    const chat = chatOf(room);
    if (chat.type !== "group") throw new Error(`${room.title} is a supergroup already`);
    const target = addChat(state, "supergroup", chat.title);
    crowd.migrate(chat, target);
    moveRoom(chat, target);
    room.id = String(target.id);
  }

  function makeForum(room: ChatRoom): void {
    const chat = chatOf(room);
    if (chat.type === "group" && chat.messages.size > 0) migrate(room);
    else if (chat.type === "group") replaceSilently(room, chat);
    chatOf(room).isForum = true;
  }

  /** A group in which nobody has spoken might as well have been a supergroup from the start. */
  function replaceSilently(room: ChatRoom, chat: Chat): void {
    const target = addChat(state, "supergroup", chat.title);
    for (const [id, standing] of chat.members) target.members.set(id, standing);
    state.chats.delete(chat.id);
    // Message 1 is the one that says that it was made, so that no topic ever has this id.
    target.lastMessageId = 1;
    moveRoom(chat, target);
    room.id = String(target.id);
  }

  function addThread(room: ChatRoom, title: string): ChatRoom {
    if (room.parent) throw new Error("A topic has no topics");
    if (!chatOf(room).isForum) makeForum(room);
    const id = crowd.addTopic(chatOf(room), title);
    world.changed();
    return { id: `${room.id}/${id}`, title, parent: room };
  }

  /** What the bot wrote there; of a migrated group also what stands in the old one, and of a forum the General topic. */
  function messagesOf({ chat, thread }: Place): Message[] {
    const older = chat.upgradedFrom ? messagesOf({ chat: chat.upgradedFrom }) : [];
    const here = [...chat.messages.values()].filter(
      (message) =>
        message.from === state.bot.id &&
        !message.isDeleted &&
        !message.service &&
        (!chat.isForum || (message.isTopic ? message.thread : undefined) === thread),
    );
    return thread ? here : [...older, ...here];
  }

  function messageOf(shown: ShownMessage, isGoneFine = false): Message {
    const [chatId, id] = shown.id.split(":").map(Number);
    const chat = state.chats.get(chatId ?? 0);
    const message = isGoneFine ? chat?.messages.get(id ?? 0) : chat && findMessage(chat, id);
    if (!message) throw new Error(`The message is gone: ${shown.text}`);
    return message;
  }

  return { chatOf, placeOf, add, migrate, makeForum, addThread, messagesOf, messageOf };
}

export type Rooms = ReturnType<typeof createRooms>;

export const shownId = (message: Message) => `${message.chat.id}:${message.id}`;

export const personIn = (state: State, chat: Chat): Person | undefined =>
  chat.type === "private" ? state.people.get(chat.id) : undefined;
