// Reactions to announcements: as they are made, and after the bot was away.
import type {
  APIMessage,
  APIUser,
  GatewayMessageReactionAddDispatchData,
  GatewayMessageReactionRemoveDispatchData,
} from "discord.js";
import { Routes } from "discord.js";
import type { Logger } from "pino";
import type { Reaction } from "#contract";
import type { Place, Talk } from "../chat/port.ts";
import { placeOf, privatePlaceOf } from "./context.ts";
import type { Directory } from "./directory.ts";
import { describeFailure } from "./failures.ts";
import type { People } from "./people.ts";
import type { Rest } from "./rest.ts";

export interface ReactionsDeps {
  rest: Rest;
  talk: Talk;
  directory: Directory;
  people: People;
  log: Logger;
}

type Told = GatewayMessageReactionAddDispatchData | GatewayMessageReactionRemoveDispatchData;

export interface Reactions {
  /** Rejects when nobody could say who reacted. */
  onReaction(data: Told, isOn: boolean, botId: string | undefined): Promise<void>;
  /** Asks for the reactions to recent announcements. Slow on purpose; ends with `signal`. */
  catchUp(botId: string | undefined, signal: AbortSignal): Promise<void>;
}

const meanings: Readonly<Record<string, Reaction>> = { "⬇": "pull", "📌": "keep", "⭐": "rate" };

/** With and without the variation selector; undefined for any other emoji. */
export function readEmoji(emoji: { id: string | null; name: string | null }): Reaction | undefined {
  return emoji.id === null ? meanings[(emoji.name ?? "").replaceAll("\uFE0F", "")] : undefined;
}

const perPage = 100;

export function createReactions({ rest, talk, directory, people, log }: ReactionsDeps): Reactions {
  function placeFor(channelId: string, user: APIUser | undefined, isGuild: boolean): Place {
    const facts = directory.recall(channelId);
    if (facts || isGuild) return placeOf(facts ?? { id: channelId });
    return privatePlaceOf(channelId, user ?? { id: "", username: "" });
  }

  /** Discord tells it for reactions that are made, not for those taken back. */
  async function authorOf(data: Told): Promise<string> {
    const told = "message_author_id" in data ? data.message_author_id : undefined;
    if (told !== undefined) return told;
    const message = await rest.asBot("get", Routes.channelMessage(data.channel_id, data.message_id));
    return (message as APIMessage).author.id;
  }

  async function onReaction(data: Told, isOn: boolean, botId: string | undefined): Promise<void> {
    const reaction = readEmoji(data.emoji);
    const member = "member" in data ? data.member : undefined;
    if (reaction === undefined || data.user_id === botId || member?.user.bot) return;
    if ((await authorOf(data)) !== botId) return;
    const guildId = data.guild_id;
    const language = guildId === undefined ? "en" : directory.languageOf(guildId);
    const actor = await people.find(data.user_id, language, member?.user, member?.nick);
    const place = placeFor(data.channel_id, member?.user, guildId !== undefined);
    const requestId = requestIdOf(data.message_id, data.user_id, reaction, isOn);
    await talk.react({ actor, place, messageId: data.message_id, reaction, isOn, isLate: false, requestId });
  }

  async function catchUpOn(roomId: string, messageId: string, botId: string | undefined, signal: AbortSignal) {
    const message = (await rest.asBot("get", Routes.channelMessage(roomId, messageId))) as APIMessage;
    for (const { emoji } of message.reactions ?? []) {
      const reaction = readEmoji(emoji);
      if (reaction === undefined) continue;
      for await (const user of usersOf(roomId, messageId, emoji.name ?? "")) {
        if (signal.aborted) return;
        if (user.id !== botId && !user.bot) await reactLate(roomId, messageId, reaction, user);
      }
    }
  }

  async function reactLate(roomId: string, messageId: string, reaction: Reaction, user: APIUser): Promise<void> {
    const actor = await people.find(user.id, directory.languageOfChannel(roomId), user);
    const requestId = requestIdOf(messageId, user.id, reaction, true);
    const place = placeFor(roomId, user, true);
    await talk.react({ actor, place, messageId, reaction, isOn: true, isLate: true, requestId });
  }

  async function* usersOf(roomId: string, messageId: string, emoji: string): AsyncGenerator<APIUser> {
    const route = Routes.channelMessageReaction(roomId, messageId, encodeURIComponent(emoji));
    let after = "0";
    for (;;) {
      const query = new URLSearchParams({ limit: String(perPage), after });
      const page = (await rest.asBot("get", route, { query })) as APIUser[];
      yield* page;
      const last = page.at(-1);
      if (page.length < perPage || !last) return;
      after = last.id;
    }
  }

  return {
    onReaction,
    async catchUp(botId, signal) {
      const recent = await talk.recentAnnouncements();
      for (const { roomId, messageId } of recent) {
        if (signal.aborted) return;
        try {
          await catchUpOn(roomId, messageId, botId, signal);
        } catch (error) {
          // A message that was deleted, or a room that the bot left: the next one may be there.
          log.debug(describeFailure(error), "the reactions to an announcement could not be read");
        }
      }
    },
  };
}

/** The same whether it is told or found: a reaction is answered once. */
function requestIdOf(messageId: string, userId: string, reaction: Reaction, isOn: boolean): string {
  return `discord:${messageId}:${userId}:${reaction}:${isOn ? "on" : "off"}`;
}
