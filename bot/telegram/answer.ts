// The way back to somebody who typed or pressed: into the chat, the private chat, a short notice, or over the pressed
// message. What is private never stands in a group.
import type { Actor } from "#contract";
import type { Answer, Message, Place, Shown, Spot } from "../chat/port.ts";
import { saySentence } from "../reply.ts";
import type { Tongue } from "../words/index.ts";
import type { Acknowledgement } from "./acknowledge.ts";
import { longestNotice } from "./acknowledge.ts";
import type { Messages } from "./messages.ts";
import type { Keyboard } from "./wire.ts";

export interface AnswerDeps {
  messages: Messages;
  /** Of this bot, for links to it. */
  botName: string;
  tongueOf: (language: Actor["language"]) => Tongue;
}

export interface Question {
  actor: Actor;
  place: Place;
  /** The typed command, or the message whose button was pressed. */
  messageId: string;
  press?: Acknowledgement;
}

export function createAnswer({ messages, botName, tongueOf }: AnswerDeps, question: Question): Answer {
  const { actor, place, messageId, press } = question;
  const isPrivate = place.kind === "private";
  const here: Spot = { chatId: place.roomId, messageId };

  const shownAt = (spot: Spot | "gone" | "closed"): Shown =>
    typeof spot === "string" ? nowhere : { spot, edit: (message) => messages.edit(spot, message) };

  const showHere = (message: Message, keyboard?: Keyboard) =>
    messages.show(place.roomId, message, {
      ...(isPrivate ? {} : { replyTo: messageId }),
      ...(keyboard ? { keyboard } : {}),
    });

  async function openly(message: Message): Promise<Shown> {
    void press?.plain();
    return shownAt(await showHere(message));
  }

  async function notify(message: Message): Promise<boolean> {
    const notice = noticeOf(message);
    if (notice === undefined || !press?.isOpen()) return false;
    return press.notice(notice.text, notice.isAlert);
  }

  /** The way into the private chat, where the same is asked once more. */
  async function leadThere(again: () => Promise<string>): Promise<void> {
    const id = await again().catch(() => "");
    const url = linkTo(botName, id);
    if (press?.isOpen() && (await press.open(url))) return;
    const tongue = tongueOf(actor.language);
    const reply = saySentence(tongue.say("chat.private-closed", { name: actor.displayName }));
    await showHere({ reply, tongue, buttons: [] }, [[{ text: tongue.say("chat.open-private"), url }]]);
  }

  async function privately(message: Message, again: () => Promise<string>): Promise<Shown> {
    if (isPrivate) return openly(message);
    if (await notify(message)) return nowhere;
    const shown = await messages.show(actor.userId, message);
    if (typeof shown === "string") await leadThere(again);
    else if (press?.isOpen()) await press.notice(tongueOf(actor.language).say("chat.see-private"), false);
    return shownAt(shown);
  }

  return {
    pressed: press && { isPrivate },
    isFleeting: false,
    openly,
    privately,
    async inPlace(message) {
      // A file cannot take the place of a text.
      if (!press || message.reply.blocks.some(({ kind }) => kind === "document")) return openly(message);
      void press.plain();
      const fate = await messages.edit(here, message);
      return fate === "gone" ? openly(message) : shownAt(here);
    },
  };
}

const nowhere: Shown = { spot: undefined, edit: async () => "gone" };

/** One short sentence that nobody will press or look at again. */
function noticeOf({ reply, buttons }: Message): { text: string; isAlert: boolean } | undefined {
  const [block] = reply.blocks;
  const isLasting = reply.follow !== undefined || reply.editKey !== undefined || buttons.length > 0;
  if (!reply.isPrivate || isLasting || reply.blocks.length !== 1 || block?.kind !== "text") return undefined;
  const text = block.text.toWellFormed().trim();
  return text === "" || text.length > longestNotice ? undefined : { text, isAlert: reply.tone === "error" };
}

/** @param id of a button, or "" for a plain beginning */
export function linkTo(botName: string, id: string): string {
  return `https://t.me/${botName}?start=${id === "" ? "start" : id}`;
}
