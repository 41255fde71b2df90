// What is told unasked: once in each room and to each person, also when the core or the bot goes away in between.
import type { Logger } from "pino";
import type { Client, Context, Language } from "#contract";
import type { Adapter, Told } from "../adapter.ts";
import type { Reply } from "../reply.ts";
import type { Tongue } from "../words/index.ts";
import type { Following } from "./following.ts";
import { shortKey } from "./key.ts";
import type { Message, Place, Port } from "./port.ts";

export interface NoticesDeps {
  port: Port;
  client: Client;
  log: Logger;
  following: Following;
  tongueOf: (language: Language) => Tongue;
  prepareForAll: (reply: Reply, place: Place, tongue: Tongue) => Promise<Message>;
  prepareFor: (reply: Reply, userId: string, place: Place, tongue: Tongue) => Promise<Message>;
  depart: (roomId: string) => Promise<void>;
}

export interface Notices extends Pick<Adapter, "tellRoom" | "tellPerson"> {
  /** Remembers where something was asked for that will be told about, for when private is closed then. */
  noteAsked(editKey: string, context: Context): Promise<void>;
}

const askedPrefix = "asked:";

export function createNotices(deps: NoticesDeps): Notices {
  const { port, client, log, following } = deps;
  const { platform } = port;

  async function shownAt(key: string): Promise<string | undefined> {
    const { messages } = await client.messages.find(platform, { key });
    return messages[0]?.messageId;
  }

  async function askedIn(editKey: string | undefined, userId: string): Promise<Context | undefined> {
    if (editKey === undefined) return undefined;
    const { messages } = await client.messages.find(platform, { key: askedPrefix + editKey });
    return messages.find(({ context }) => context?.actor.userId === userId)?.context ?? undefined;
  }

  /** A room that may not be written to for a while stays bound; only one without the bot is let go. */
  async function leaveOut(roomId: string): Promise<void> {
    const isThere = await port.isThere(roomId).catch(() => true);
    if (isThere) log.warn({ roomId }, "a room could not be told: the bot may not write there");
    else await deps.depart(roomId);
  }

  /** By mention, in the room where it was asked for. Nothing else personal is ever said in a room. */
  async function tellInRoom(told: Told, userId: string, tongue: Tongue, key: string): Promise<void> {
    const reply = told.describe(tongue, true);
    const asked = await askedIn(reply.editKey, userId);
    if (!asked) return log.info("a person who lets no bot write in private was not told");
    const { actor, room } = asked;
    const message = await deps.prepareFor(reply, userId, room, tongue);
    await port.post(room.roomId, { ...message, mention: { userId, name: actor.displayName } }, key);
  }

  return {
    async noteAsked(editKey, context) {
      if (context.room.kind === "private") return;
      const place = { chatId: context.room.roomId, messageId: "-" };
      await client.messages.remember(platform, {
        key: askedPrefix + editKey,
        ...place,
        follow: { command: null, context },
      });
    },
    async tellRoom(roomId, told, language) {
      const key = shortKey("room", roomId, told.key);
      const before = await shownAt(key);
      if (before !== undefined) return before;
      const tongue = deps.tongueOf(language);
      const place: Place = { platform, roomId, kind: "group", title: "" };
      const message = await deps.prepareForAll(told.describe(tongue), place, tongue);
      const spot = await port.post(roomId, message, key);
      if (spot === "gone") {
        await leaveOut(roomId);
        return undefined;
      }
      await client.messages.remember(platform, { key, ...spot, follow: null });
      return spot.messageId;
    },
    async tellPerson(userId, language, told: Told) {
      const key = shortKey("person", userId, told.key);
      const tongue = deps.tongueOf(language);
      const reply = told.describe(tongue);
      const { editKey } = reply;
      // A small pull ends before the message that follows it has passed the platform's queue.
      if (editKey !== undefined) await following.whenArrived(editKey, userId);
      if (editKey !== undefined) await following.finish(editKey, userId, reply);
      if (editKey !== undefined && following.isFresh(editKey, userId)) return;
      if ((await shownAt(key)) !== undefined) return;
      const place: Place = { platform, roomId: userId, kind: "private", title: "" };
      const actor = { platform, userId, displayName: "", language };
      const context: Context = { actor, room: { ...place, isAdmin: false } };
      const spot = await port.postPrivately(userId, await deps.prepareFor(reply, userId, place, tongue), key);
      if (spot === "closed") await tellInRoom(told, userId, tongue, key);
      else await client.messages.remember(platform, { key, ...spot, follow: { command: null, context } });
    },
  };
}
