// What people do in Telegram, and which updates the bot gets of it: privacy mode, admin-only updates, service messages.
// It reads no requests of the bot.
import { addDetected } from "./detect.ts";
import { startPayload } from "./methods-messages.ts";
import { findReaction } from "./reactions.ts";
import { chatJson, messageJson, personJson, standingJson, userJson } from "./shapes.ts";
import type { Chat, Json, Message, Person, Standing } from "./state.ts";
import { addMessage, isAdmin, isInChat, isPresent, privateChat } from "./state.ts";
import type { World } from "./world.ts";
import { seconds } from "./world.ts";

export interface Words {
  text: string;
  thread?: number;
  replyTo?: Message;
}

export function createCrowd(world: World) {
  const { state } = world;
  const botIn = (chat: Chat) => chat.type === "private" || isPresent(chat.members.get(state.bot.id));

  function speak(person: Person, chat: Chat, words: Words): Message {
    if (!isInChat(state, chat, person.id)) throw new Error(`${person.name} is not in ${chat.title}`);
    if (chat.type === "private") person.private = "open";
    person.isKnown ||= botIn(chat);
    const message = addMessage(state, chat, {
      from: person.id,
      date: seconds(world),
      raw: words.text,
      text: words.text,
      entities: addDetected(words.text, []),
      ...placeOf(chat, words),
    });
    if (doesHear(chat, message)) tell(message);
    return message;
  }

  function placeOf(chat: Chat, { thread, replyTo }: Words): Partial<Message> {
    const reply = replyTo ? { replyTo: replyTo.id } : {};
    if (thread) return { thread, isTopic: true, ...reply };
    // In a plain supergroup an answer opens a chain that looks like a thread and is no topic.
    if (chat.type === "supergroup" && !chat.isForum && replyTo) {
      return { thread: replyTo.thread ?? replyTo.id, isTopic: false, ...reply };
    }
    return { isTopic: false, ...reply };
  }

  /** Privacy mode: of what people write in groups the bot gets commands and answers to itself; an admin gets all. */
  function doesHear(chat: Chat, message: Message): boolean {
    if (chat.type === "private") return true;
    if (!botIn(chat)) return false;
    if (isAdmin(chat.members.get(state.bot.id)) || message.service) return true;
    if (message.replyTo && chat.messages.get(message.replyTo)?.from === state.bot.id) return true;
    const command = message.text.match(/^\/[A-Za-z0-9_]{1,64}(?:@([A-Za-z0-9_]+))?(?![\w@/])/);
    return command !== null && [undefined, state.bot.username.toLowerCase()].includes(command[1]?.toLowerCase());
  }

  function tell(message: Message): void {
    message.isSeenByBot = true;
    world.updates.add("message", messageJson(state, message));
  }

  function announce(chat: Chat, from: number, service: Json, place: Partial<Message> = {}): Message {
    const message = addMessage(state, chat, { from, date: seconds(world), service, ...place });
    if (botIn(chat)) tell(message);
    return message;
  }

  function memberUpdate(chat: Chat, by: number, id: number, before: Standing, after: Standing): Json {
    return {
      chat: chatJson(state, chat),
      from: userJson(state, by),
      date: seconds(world),
      old_chat_member: { user: userJson(state, id), status: before, ...standingJson(before) },
      new_chat_member: { user: userJson(state, id), status: after, ...standingJson(after) },
    };
  }

  /** Changes where somebody stands and sends the update that the bot is entitled to. */
  function setStanding(chat: Chat, by: number, id: number, after: Standing): void {
    const before = chat.members.get(id) ?? "left";
    chat.members.set(id, after);
    if (id === state.bot.id) world.updates.add("my_chat_member", memberUpdate(chat, by, id, before, after));
    else if (isAdmin(chat.members.get(state.bot.id))) {
      world.updates.add("chat_member", memberUpdate(chat, by, id, before, after));
    }
  }

  const ownerOf = (chat: Chat) =>
    [...chat.members].find(([, standing]) => standing === "creator")?.[0] ??
    [...chat.members.keys()].find((id) => id !== state.bot.id) ??
    state.bot.id;

  function leave(person: Person, chat: Chat, isBanned: boolean): void {
    const by = isBanned ? ownerOf(chat) : person.id;
    setStanding(chat, by, person.id, isBanned ? "kicked" : "left");
    announce(chat, by, { left_chat_member: personJson(person) });
  }

  function enter(person: Person, chat: Chat): void {
    setStanding(chat, person.id, person.id, "member");
    announce(chat, person.id, { new_chat_members: [personJson(person)], new_chat_member: personJson(person) });
    if (botIn(chat)) person.isKnown = true;
  }

  function addBot(chat: Chat, by: Person): void {
    chat.members.delete(state.bot.id);
    setStanding(chat, by.id, state.bot.id, "member");
    for (const [id, standing] of chat.members) {
      const person = state.people.get(id);
      if (person && isPresent(standing)) person.isKnown = true;
    }
    announce(chat, by.id, { new_chat_members: [userJson(state, state.bot.id)] });
  }

  function removeBot(chat: Chat, by: number, after: "kicked" | "left"): void {
    setStanding(chat, by, state.bot.id, after);
    // The one service message of a chat that reaches the bot when it is out already.
    tell(
      addMessage(state, chat, {
        from: by,
        date: seconds(world),
        service: { left_chat_member: userJson(state, state.bot.id) },
      }),
    );
  }

  /** A basic group becomes a supergroup: a new chat with a new id, told by a join and two service messages. */
  function migrate(chat: Chat, target: Chat): void {
    for (const [id, standing] of chat.members) target.members.set(id, standing);
    chat.upgradedTo = target;
    target.upgradedFrom = chat;
    if (!isPresent(target.members.get(state.bot.id))) return;
    const by = ownerOf(chat);
    const standing = target.members.get(state.bot.id) ?? "member";
    world.updates.add("my_chat_member", memberUpdate(target, by, state.bot.id, "left", standing));
    announce(chat, by, { migrate_to_chat_id: target.id });
    announce(target, by, { migrate_from_chat_id: chat.id });
  }

  function addTopic(chat: Chat, title: string): number {
    const service = { forum_topic_created: { name: title, icon_color: 7_322_096 } };
    const topic = addMessage(state, chat, { from: ownerOf(chat), date: seconds(world), service, isTopic: true });
    topic.thread = topic.id;
    chat.topics.set(topic.id, title);
    if (botIn(chat)) tell(topic);
    return topic.id;
  }

  function react(person: Person, message: Message, emoji: string, isOn: boolean): void {
    const { chat } = message;
    const known = findReaction(emoji);
    if (!known) throw new Error(`Telegram has no reaction ${emoji}`);
    if (!isInChat(state, chat, person.id)) throw new Error(`${person.name} is not in ${chat.title}`);
    const before = message.reactions.get(person.id) ?? [];
    const kept = before.filter((each) => each !== known).slice(person.isPremium ? -2 : Number.POSITIVE_INFINITY);
    const after = isOn ? [...kept, known] : before.filter((each) => each !== known);
    message.reactions.set(person.id, after);
    // Never from private chats: nobody is an admin there.
    if (!isAdmin(chat.members.get(state.bot.id))) return;
    const asJson = (list: string[]) => list.map((each) => ({ type: "emoji", emoji: each }));
    world.updates.add("message_reaction", {
      chat: chatJson(state, chat),
      message_id: message.id,
      user: personJson(person),
      date: seconds(world),
      old_reaction: asJson(before),
      new_reaction: asJson(after),
    });
  }

  function press(person: Person, message: Message, data: string): void {
    if (!isInChat(state, message.chat, person.id)) throw new Error(`${person.name} is not in ${message.chat.title}`);
    const id = String(4_611_686_018_427_387_904n + BigInt(world.presses.size + 1));
    world.presses.set(id, { id, person, message, data, pressedAt: performance.now(), at: world.now() });
    person.isKnown = true;
    world.updates.add("callback_query", {
      id,
      from: personJson(person),
      message: message.isDeleted
        ? { chat: chatJson(state, message.chat), message_id: message.id, date: 0 }
        : messageJson(state, message),
      chat_instance: String(-message.chat.id * 7919),
      data,
    });
  }

  /** What a client does with a link to the bot: open the private chat and press Start. */
  function follow(person: Person, url: string): void {
    const payload = startPayload(world, url);
    if (payload === undefined) throw new Error(`${url} does not lead to the bot in private`);
    if (person.private === "blocked") setPrivate(person, true);
    speak(person, privateChat(state, person), { text: payload ? `/start ${payload}` : "/start" });
  }

  function setPrivate(person: Person, isOpen: boolean): void {
    const before = person.private;
    if (isOpen === (before === "open") || (!isOpen && before === "never")) return;
    person.private = isOpen ? "open" : "blocked";
    person.isKnown = true;
    if (before === "never") return;
    const chat = privateChat(state, person);
    const [was, is]: Standing[] = isOpen ? ["kicked", "member"] : ["member", "kicked"];
    world.updates.add("my_chat_member", memberUpdate(chat, person.id, state.bot.id, was ?? "left", is ?? "left"));
  }

  world.follow = follow;
  world.botLeaves = (chat) => removeBot(chat, state.bot.id, "left");

  return {
    speak,
    leave,
    enter,
    addBot,
    removeBot,
    migrate,
    addTopic,
    react,
    press,
    follow,
    setPrivate,
    setStanding,
    ownerOf,
  };
}

export type Crowd = ReturnType<typeof createCrowd>;
