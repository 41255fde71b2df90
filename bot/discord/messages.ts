// Creating and editing messages of rooms and private talks: once each, and no edit that would change nothing.
import { createHash } from "node:crypto";
import type { APIDMChannel, APIMessage } from "discord.js";
import { Routes } from "discord.js";
import type { Logger } from "pino";
import { createBoundedMap } from "../chat/bounded-map.ts";
import type { Fate, Message, Spot } from "../chat/port.ts";
import { classifyFailure, describeFailure } from "./failures.ts";
import type { Payload } from "./render.ts";
import { renderMessage, renderPlainly } from "./render.ts";
import type { Rest } from "./rest.ts";

export interface Messages {
  /** @param nonce at most 25 characters; the same again within minutes is the same message */
  create(chatId: string, message: Message, nonce: string): Promise<Spot | "gone" | "closed">;
  createPrivately(userId: string, message: Message, nonce: string): Promise<Spot | "closed">;
  edit(spot: Spot, message: Message): Promise<Fate>;
  /**
   * By any route that makes or edits one message; gives its id. A message that Discord refuses for its looks is sent plainly.
   * @param known id of the message that is edited
   */
  send(
    message: Message,
    request: (payload: Payload) => Promise<unknown>,
    known?: string,
  ): Promise<{ messageId: string; chatId: string }>;
}

const mostRemembered = 5000;

export function createMessages(rest: Rest, log: Logger): Messages {
  const looks = createBoundedMap<string>(mostRemembered);
  const privateRooms = createBoundedMap<string>(mostRemembered);

  const send: Messages["send"] = async (message, request, known) => {
    const payload = renderMessage(message);
    let made: Partial<APIMessage> | null;
    try {
      made = (await request(payload)) as Partial<APIMessage> | null;
    } catch (error) {
      if (classifyFailure(error) !== "refused") throw error;
      log.error(describeFailure(error), "Discord refused the looks of a message");
      made = (await request(renderPlainly(message))) as Partial<APIMessage> | null;
    }
    const messageId = made?.id ?? known ?? "";
    looks.set(messageId, looksOf(payload));
    return { messageId, chatId: made?.channel_id ?? "" };
  };

  async function create(chatId: string, message: Message, nonce: string): Promise<Spot | "gone" | "closed"> {
    try {
      const { messageId } = await send(message, (payload) =>
        rest.asBot("post", Routes.channelMessages(chatId), {
          body: { ...payload.body, nonce, enforce_nonce: true },
          files: payload.files,
        }),
      );
      return { chatId, messageId };
    } catch (error) {
      const failure = classifyFailure(error);
      if (failure === "gone" || failure === "closed") return failure;
      if (failure !== "refused") throw error;
      // It would be refused for ever, and everything behind it would wait.
      log.error(describeFailure(error), "Discord refused a message, also without its looks");
      return "gone";
    }
  }

  async function openPrivate(userId: string): Promise<string> {
    const known = privateRooms.get(userId);
    if (known !== undefined) return known;
    const made = await rest.asBot("post", Routes.userChannels(), { body: { recipient_id: userId } });
    const { id } = made as APIDMChannel;
    privateRooms.set(userId, id);
    return id;
  }

  return {
    send,
    create,
    async createPrivately(userId, message, nonce) {
      try {
        const spot = await create(await openPrivate(userId), message, nonce);
        return spot === "gone" ? "closed" : spot;
      } catch (error) {
        const failure = classifyFailure(error);
        // 400 to opening a private talk: nobody of that id can be written to (another bot).
        if (failure === "closed" || failure === "gone" || failure === "refused") return "closed";
        throw error;
      }
    },
    async edit({ chatId, messageId }, message) {
      if (looks.get(messageId) === looksOf(renderMessage(message))) return "done";
      const route = Routes.channelMessage(chatId, messageId);
      try {
        await send(message, (payload) => rest.asBot("patch", route, editOf(payload)), messageId);
        return "done";
      } catch (error) {
        // What is refused even plainly would be refused for ever.
        const failure = classifyFailure(error);
        if (failure === "gone" || failure === "refused") return "gone";
        throw error;
      }
    },
  };
}

/** An edit says which files stay: those that it brings. */
export function editOf({ body, files }: Payload): { body: object; files: Payload["files"] } {
  return { body: { ...body, attachments: files.map(({ name }, id) => ({ id, filename: name })) }, files };
}

function looksOf({ body, files }: Payload): string {
  const hash = createHash("sha256").update(JSON.stringify(body));
  for (const file of files) hash.update(file.name).update(file.data);
  return hash.digest("base64url");
}
