// The talk with people on a chat platform: what is typed, pressed and reacted, and where the answer goes.
// Knows no platform; discord/ and telegram/ hand in a port and tell what happens.
import type { Logger } from "pino";
import type { Actor, Client, Context, Language } from "#contract";
import { CallError } from "#contract";
import type { Adapter } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import type { Dispatch } from "../dispatch.ts";
import type { Reply } from "../reply.ts";
import { saySentence } from "../reply.ts";
import type { Tongue } from "../words/index.ts";
import { changesMessage, createButtons } from "./buttons.ts";
import { createFollowing } from "./following.ts";
import { shortKey } from "./key.ts";
import { createNotices } from "./notices.ts";
import type { Answer, Message, Place, Port, Shown, Talk } from "./port.ts";
import { createPresence } from "./presence.ts";
import { createRooms } from "./rooms.ts";

export interface TalkDeps {
  port: Port;
  dispatch: Dispatch;
  client: Client;
  clock: Clock;
  log: Logger;
  tongueOf: (language: Language) => Tongue;
  /** Random, at least 16 bytes in any spelling, of this process. */
  salt: string;
  /** The adapter's work is over. */
  signal: AbortSignal;
}

export interface ChatTalk extends Talk, Pick<Adapter, "tellRoom" | "tellPerson"> {
  /** Goes on with messages that a former process of the bot kept current. */
  resume(): Promise<void>;
}

/** One command on its way to its answer. */
interface Asked {
  text: string;
  context: Context;
  requestId: string;
  answer: Answer;
  /** Of the button that was pressed. */
  changesMessage: boolean;
}

/** Commands about oneself alone: for all others whoever speaks must still be in the room. */
const aboutOneself: ReadonlySet<string | undefined> = new Set(["start", "help", "servers", "leave", "link", "privacy"]);
/** Commands that refuse to be run again by whoever they succeeded for. */
const doneOnce: ReadonlySet<string | undefined> = new Set(["join", "link"]);
/** Commands whose open answer everybody in the room waits for, whoever pressed the button. */
const forTheRoom: ReadonlySet<string | undefined> = new Set(["group"]);

export function createTalk(deps: TalkDeps): ChatTalk {
  const { port, dispatch, client, clock, log, tongueOf, signal } = deps;
  const { platform } = port;
  const buttons = createButtons({ client, platform, clock, salt: deps.salt, commandOf: dispatch.commandOf });
  const presence = createPresence({ port, client, clock, log });

  const prepareFor = async (
    reply: Reply,
    userId: string,
    place: Place,
    tongue: Tongue,
    command = "",
  ): Promise<Message> => ({
    reply,
    tongue,
    buttons: await buttons.keep(reply, { userId, place, command }),
  });
  const prepareForAll = (reply: Reply, place: Place, tongue: Tongue) =>
    prepareFor({ ...reply, buttons: reply.buttons.map((one) => ({ ...one, isForAll: true })) }, "", place, tongue);
  const prepare = (reply: Reply, { actor, room }: Context, command: string) =>
    prepareFor(reply, actor.userId, placeOf(room), tongueOf(actor.language), command);

  const following = createFollowing({ port, dispatch, client, clock, log, prepare, signal });
  const rooms = createRooms({ port, client, clock, log, presence, tongueOf, prepareForAll, signal });
  const { depart } = rooms;
  const notices = createNotices({ port, client, log, following, tongueOf, prepareForAll, prepareFor, depart });

  async function contextOf(actor: Actor, place: Place, text: string, known: boolean | undefined): Promise<Context> {
    const isAdmin =
      place.kind === "group" && dispatch.asksAdmin(text) && (known ?? (await port.isAdmin(place, actor.userId)));
    return { actor, room: { ...place, isAdmin } };
  }

  /** Whose rights in the room the platform tells with what they do there is in the room. */
  function noteMember({ userId }: Actor, { roomId }: Place, isAdmin: boolean | undefined): void {
    if (isAdmin !== undefined) presence.note(roomId, userId);
  }

  async function runAsked(asked: Asked): Promise<void> {
    const { text, context, requestId, answer } = asked;
    const command = dispatch.commandOf(text);
    if (!aboutOneself.has(command)) await presence.check(context);
    const told = await dispatch.run({ text, context, requestId });
    if (command === "privacy") buttons.doubt();
    // Where an answer can be for one person's eyes, it is, unless the room is meant.
    const isPrivate = told.isPrivate || (answer.isFleeting && !dispatch.isOpen(text));
    const reply = { ...told, isPrivate };
    if (reply.follow === undefined) return void (await deliver(asked, await prepare(reply, context, text)));
    const arrived = following.expect(reply.editKey ?? "", context.actor.userId);
    await prepare(reply, context, text)
      .then((message) => deliverFollowed(asked, message))
      .finally(arrived);
  }

  function deliver({ answer, text, context, changesMessage: isChanging }: Asked, message: Message): Promise<Shown> {
    const { reply } = message;
    const place = placeOf(context.room);
    const again = () =>
      buttons.keepCommand({ userId: context.actor.userId, place, command: commandAgain(text, reply) });
    const { pressed } = answer;
    if (!pressed) return reply.isPrivate ? answer.privately(message, again) : answer.openly(message);
    if (!reply.isPrivate && !isChanging && forTheRoom.has(dispatch.commandOf(text))) return answer.openly(message);
    // What passes by itself must not cost the message that was there.
    const mayReplace = isChanging && !reply.isTemporary && (pressed.isPrivate || !reply.isPrivate);
    return mayReplace ? answer.inPlace(message) : answer.privately(message, again);
  }

  /** What shows in private how things stand, without doing a second time what is done. */
  function commandAgain(text: string, reply: Reply): string {
    return reply.follow ?? (doneOnce.has(dispatch.commandOf(text)) ? "/start" : text);
  }

  /** A reply that changes for long needs a message that can be edited for long. */
  async function deliverFollowed(asked: Asked, message: Message): Promise<void> {
    const { answer, context, requestId } = asked;
    const { follow: command = "", editKey = "" } = message.reply;
    const { actor } = context;
    await notices.noteAsked(editKey, context);
    if (answer.isFleeting) {
      // What was asked for is on its way already: where private fails, the answer at hand shows it.
      const spot = await port
        .postPrivately(actor.userId, message, shortKey("follow", requestId))
        .catch((): "closed" => "closed");
      if (spot !== "closed") {
        await following.start({ editKey, command, context, spot, edit: (next) => port.edit(spot, next) });
        const pointer = saySentence(message.tongue.say("chat.see-private"), { tone: "ok", isPrivate: true });
        await deliver(asked, { ...message, reply: pointer, buttons: [] });
        return;
      }
    }
    const shown = await deliver(asked, message);
    const { spot } = shown;
    const edit = spot ? (next: Message) => port.edit(spot, next) : (next: Message) => shown.edit(next);
    await following.start({ editKey, command, context, spot, edit });
  }

  /** Whatever goes wrong becomes a sentence, as far as somebody can still be told. */
  async function attempt(actor: Actor, answer: Answer, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const tongue = tongueOf(actor.language);
      const isAnswer = error instanceof CallError;
      if (!isAnswer) log.warn({ reason: error instanceof Error ? error.name : "unknown" }, "an answer did not arrive");
      const text = isAnswer ? tongue.error(error.code, error.params) : tongue.say("chat.platform-away");
      const message: Message = { reply: saySentence(text, { tone: "error", isPrivate: true }), tongue, buttons: [] };
      const nothing = async () => "";
      await answer.privately(message, nothing).catch(() => undefined);
    }
  }

  /** True when this was answered before: the platform tells again what a killed bot had not confirmed. */
  async function wasAnswered(requestId: string): Promise<boolean> {
    if (!port.tellsAgain) return false;
    const { messages } = await client.messages.find(platform, { key: `heard:${requestId}` });
    return messages.length > 0;
  }

  async function noteAnswered(requestId: string): Promise<void> {
    if (!port.tellsAgain) return;
    await client.messages
      .remember(platform, { key: `heard:${requestId}`, chatId: "-", messageId: "-", follow: null })
      // It was answered: at the worst it will be once more.
      .catch(() => log.debug("an answer could not be noted"));
  }

  return {
    ...rooms,
    tellRoom: notices.tellRoom,
    tellPerson: notices.tellPerson,
    resume: following.resume,
    isOpen: dispatch.isOpen,
    hear: ({ actor, place, text, requestId, answer, isAdmin }) =>
      attempt(actor, answer, async () => {
        if (await wasAnswered(requestId)) return;
        noteMember(actor, place, isAdmin);
        const context = await contextOf(actor, place, text, isAdmin);
        await runAsked({ text, context, requestId, answer, changesMessage: false });
        await noteAnswered(requestId);
      }),
    press: ({ actor, place, buttonId, requestId, answer, isAdmin }) =>
      attempt(actor, answer, async () => {
        if (await wasAnswered(requestId)) return;
        const { command, room } = await client.messages
          .press(platform, { id: buttonId, userId: actor.userId })
          .catch((error: unknown) => {
            buttons.doubt();
            throw error;
          });
        const known = room.roomId === place.roomId ? isAdmin : undefined;
        noteMember(actor, place, isAdmin);
        const context = await contextOf(actor, { ...room, platform }, command, known);
        await runAsked({ text: command, context, requestId, answer, changesMessage: changesMessage(buttonId) });
        await noteAnswered(requestId);
      }),
    async react({ actor, place, messageId, reaction, isOn, isLate, requestId }) {
      try {
        const context: Context = { actor, room: { ...place, isAdmin: false } };
        await presence.check(context);
        const on = { messageId };
        const reply = await dispatch.react({ on, reaction, isOn, isLate, context, requestId });
        // A star needs no words; a pull, or a refusal, does.
        if (reply && (reaction === "pull" || reply.tone === "error")) await answerReaction(reply, context, requestId);
      } catch (error) {
        log.warn({ reason: error instanceof Error ? error.name : "unknown" }, "a reaction was not answered");
      }
    },
    async complete({ actor, place, query }) {
      try {
        const context: Context = { actor, room: { ...place, isAdmin: false } };
        return (await client.catalog.suggest(context, { query: query.slice(0, 300) })).queries;
      } catch {
        // Nobody waits for a completion; the search itself says what is wrong.
        return [];
      }
    },
    async recentAnnouncements() {
      return (await client.announcements.recent(platform, {})).messages;
    },
  };

  /** A reaction has no message to answer in: in private, or by mention in the room. */
  async function answerReaction(reply: Reply, context: Context, requestId: string): Promise<void> {
    const { actor, room } = context;
    const message = await prepare(reply, context, reply.follow ?? "");
    const nonce = shortKey("reaction", requestId);
    const { editKey = "", follow: command } = reply;
    if (command !== undefined) await notices.noteAsked(editKey, context);
    const spot = await port.postPrivately(actor.userId, message, nonce);
    if (spot === "closed") {
      const place = placeOf(room);
      const id = await buttons.keepCommand({ userId: actor.userId, place, command: command ?? "/start" });
      const person = { userId: actor.userId, name: actor.displayName };
      await port.invite(room.roomId, person, message.tongue, id);
    } else if (command !== undefined) {
      await following.start({ editKey, command, context, spot, edit: (next) => port.edit(spot, next) });
    }
  }
}

function placeOf({ isAdmin: _, ...place }: Context["room"]): Place {
  return place;
}
