// Writes, changes and names messages: the rendered form goes out through the queue, and refusals become fates.
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import { createBoundedMap } from "../chat/bounded-map.ts";
import type { Fate, Message, Spot } from "../chat/port.ts";
import type { Payload } from "./api.ts";
import { targetOf } from "./context.ts";
import type { Verdict } from "./failures.ts";
import { judgeError } from "./failures.ts";
import type { Rendered } from "./render.ts";
import { longestCaption, renderMessage } from "./render.ts";
import type { Sending } from "./sending.ts";
import type { Keyboard } from "./wire.ts";

export interface MessagesDeps {
  sending: Sending;
  log: Logger;
  onMoved: (from: string, to: string) => Promise<void>;
  /** A topic that is no more. */
  onTopicGone: (roomId: string) => Promise<void>;
}

export interface ShowOptions {
  /** In a group: what it answers. */
  replyTo?: string;
  /** In place of the message's own buttons. */
  keyboard?: Keyboard;
}

export interface Messages {
  /** `roomId`: a room, a topic, or a person's id for their private chat. @throws TelegramFailure when the platform is away */
  show(roomId: string, message: Message, options?: ShowOptions): Promise<Spot | "gone" | "closed">;
  edit(spot: Spot, message: Message): Promise<Fate>;
}

/** Newest looks of messages: an edit that would change nothing is not sent. */
const mostRemembered = 2000;

export function createMessages(deps: MessagesDeps): Messages {
  const { sending, log } = deps;
  const looks = createBoundedMap<string>(mostRemembered);

  function noteLook({ chatId, messageId }: Spot, look: string): string {
    const key = `${chatId} ${messageId}`;
    looks.set(key, look);
    return key;
  }

  async function deliver(roomId: string, rendered: Rendered, options: ShowOptions): Promise<Spot> {
    const payload = { ...placeFields(roomId, options), ...contentFields(rendered) };
    const sent = await (rendered.document
      ? sending.send<{ message_id: number }>("sendDocument", asForm(payload))
      : sending.send<{ message_id: number }>("sendMessage", payload));
    const spot = { chatId: roomId, messageId: String(sent?.message_id) };
    noteLook(spot, lookOf(rendered));
    return spot;
  }

  async function showOnce(roomId: string, message: Message, options: ShowOptions): Promise<Spot> {
    const rendered = { ...renderMessage(message), ...(options.keyboard ? { keyboard: options.keyboard } : {}) };
    const { document } = rendered;
    if (!document) return deliver(roomId, rendered, options);
    if (rendered.plain.length <= longestCaption) return deliver(roomId, rendered, options);
    const spot = await deliver(roomId, { ...rendered, document: undefined }, options);
    const alone = renderMessage({ ...message, reply: { ...message.reply, blocks: [], buttons: [] }, buttons: [] });
    await deliver(roomId, { ...alone, document }, options);
    return spot;
  }

  /** A mistake in markup or buttons must not silence the bot: the bare text has none. */
  async function showBare(roomId: string, message: Message, options: ShowOptions): Promise<Spot> {
    const { chat_id, ...place } = placeFields(roomId, options);
    const { plain } = renderMessage(message);
    const payload = { chat_id, ...place, text: plain, link_preview_options: noPreview };
    const sent = await sending.send<{ message_id: number }>("sendMessage", payload);
    return { chatId: roomId, messageId: String(sent?.message_id) };
  }

  async function settle(
    error: unknown,
    roomId: string,
    again: (roomId: string) => Promise<Spot>,
  ): Promise<Spot | "gone" | "closed"> {
    const verdict = judgeError(error);
    const isPrivate = targetOf(roomId).chatId > 0;
    switch (verdict.kind) {
      case "moved":
        await deps.onMoved(roomId, verdict.to);
        return again(verdict.to);
      case "closed":
        return isPrivate ? "closed" : "gone";
      case "gone":
        if (verdict.what === "topic") await deps.onTopicGone(roomId);
        return isPrivate ? "closed" : "gone";
      case "fatal":
        // It would be refused for ever, and everything behind it would wait.
        log.error({ err: error }, "a message was refused, also as bare text");
        return isPrivate ? "closed" : "gone";
      default:
        throw error;
    }
  }

  return {
    async show(roomId, message, options = {}) {
      try {
        return await showOnce(roomId, message, options).catch((error: unknown) => {
          if (judgeError(error).kind !== "fatal") throw error;
          log.error({ err: error }, "a message was refused and goes out as bare text");
          return showBare(roomId, message, options);
        });
      } catch (error) {
        return settle(error, roomId, (to) => showOnce(to, message, options));
      }
    },
    async edit(spot, message) {
      const rendered = renderMessage(message);
      const look = lookOf(rendered);
      const name = `${spot.chatId} ${spot.messageId}`;
      if (looks.get(name) === look) return "done";
      noteLook(spot, look);
      try {
        await change(sending, spot, rendered, () => looks.get(name) === look);
        return "done";
      } catch (error) {
        const verdict = judgeError(error);
        if (verdict.kind === "same") return "done";
        if (looks.get(name) === look) looks.delete(name);
        return fateOf(verdict, error, log);
      }
    },
  };
}

/** Only the newest of several edits that wait for their turn is sent. */
async function change(sending: Sending, spot: Spot, rendered: Rendered, isNewest: () => boolean): Promise<void> {
  const { chatId } = targetOf(spot.chatId);
  const place = { chat_id: chatId, message_id: Number(spot.messageId) };
  const content = contentFields({ ...rendered, document: undefined });
  try {
    await sending.send("editMessageText", { ...place, ...content }, isNewest);
  } catch (error) {
    if (judgeError(error).kind !== "textless") throw error;
    const caption = { caption: rendered.html, parse_mode: "HTML", reply_markup: content["reply_markup"] };
    await sending.send("editMessageCaption", { ...place, ...caption }, isNewest);
  }
}

function fateOf(verdict: Verdict, error: unknown, log: Logger): Fate {
  switch (verdict.kind) {
    case "gone":
    case "closed":
    case "moved":
    case "textless":
      return "gone";
    case "fatal":
      log.error({ err: error }, "a message could not be changed");
      return "gone";
    default:
      throw error;
  }
}

const noPreview = { is_disabled: true };

function placeFields(roomId: string, { replyTo }: ShowOptions): { chat_id: number } & Payload {
  const { chatId, threadId } = targetOf(roomId);
  return {
    chat_id: chatId,
    ...(threadId === undefined ? {} : { message_thread_id: threadId }),
    ...(replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true } }),
  };
}

/** In a form, objects are JSON texts. telegraf sees to some of them only, and leaves the others out. */
function asForm<P extends Payload>(payload: P): P {
  const isNested = (name: string, value: unknown) => name !== "document" && typeof value === "object" && value !== null;
  const fields = Object.entries(payload).map(([name, value]) => [
    name,
    isNested(name, value) ? JSON.stringify(value) : value,
  ]);
  return Object.fromEntries(fields) as P;
}

function contentFields({ html, keyboard, document }: Rendered): Payload {
  const markup = keyboard ? { reply_markup: { inline_keyboard: keyboard } } : {};
  if (!document) return { text: html, parse_mode: "HTML", link_preview_options: noPreview, ...markup };
  const file = { source: Buffer.from(document.text), filename: document.name };
  return { document: file, caption: html, parse_mode: "HTML", ...markup };
}

function lookOf({ html, keyboard }: Rendered): string {
  return createHash("sha256")
    .update(JSON.stringify([html, keyboard ?? []]))
    .digest("base64");
}
