// Messages come, change and go here, whoever caused it: state, rings, violations and the events for the bot.

import type { Gateway } from "./gateway.ts";
import { intents } from "./intents.ts";
import type { MessageInput } from "./limits.ts";
import { checkWhole, flatten } from "./limits.ts";
import { computeRings, heardRings } from "./mentions.ts";
import { memberJson, messageJson } from "./payloads.ts";
import type { Channel, Json, Message, MessageBody, Upload, World } from "./state.ts";
import { guildOf } from "./state.ts";

const LOADING = 1 << 7;
/** Flags that a bot may set: SUPPRESS_EMBEDS, EPHEMERAL, SUPPRESS_NOTIFICATIONS, IS_COMPONENTS_V2. */
const SETTABLE = (1 << 2) | (1 << 6) | (1 << 12) | (1 << 15);

interface Sent {
  uploads: Upload[];
}

export type Mailbox = ReturnType<typeof createMailbox>;

export function createMailbox(world: World, gateway: Gateway) {
  const channelOf = (message: Message) => world.channels.get(message.channelId) as Channel;

  /** The gateway does not tell a bot of messages that one person sees. */
  function tell(t: string, message: Message) {
    if (message.onlyFor !== undefined) return world.changed();
    const channel = channelOf(message);
    const guild = guildOf(world, channel);
    const where = guild ? { guild_id: guild.id } : {};
    const { user: _user, ...member } = guild ? memberJson(world, guild, message.authorId) : {};
    gateway.dispatch({
      t,
      intent: guild ? intents.guildMessages : intents.directMessages,
      ...(guild ? { guildId: guild.id } : {}),
      d: (held) => {
        if (t === "MESSAGE_DELETE") return { id: message.id, channel_id: channel.id, ...where };
        const isOpen = !guild || message.authorId === world.botId || message.rings.includes(world.botId);
        const hasContent = isOpen || (held & intents.messageContent) !== 0;
        return {
          ...messageJson(world, message, hasContent),
          ...where,
          ...(guild ? { member } : {}),
          channel_type: channel.type,
        };
      },
    });
  }

  function noteRings(message: Message, input: MessageInput): string[] {
    const { rings, unprevented } = computeRings(input.content ?? "", input.allowed_mentions);
    for (const ring of unprevented) {
      const who = /^\d+$/.test(ring) ? (world.people.get(ring)?.name ?? ring) : ring;
      world.violations.push(
        `Message ${message.id} rings ${who} because of its text alone: ${JSON.stringify(input.content)}`,
      );
    }
    const doesReplyRing = input.allowed_mentions == null || input.allowed_mentions.replied_user;
    const replied = doesReplyRing && message.replyTo !== undefined ? world.messages.get(message.replyTo) : undefined;
    return heardRings(world, channelOf(message), rings, replied, message.onlyFor);
  }

  function bodyOf(input: MessageInput, sent: Sent, old?: MessageBody): MessageBody {
    const kept =
      input.attachments == null
        ? old?.uploads
        : old?.uploads.filter((one) => input.attachments?.some(({ id }) => id === one.id));
    return {
      content: input.content === undefined && old ? old.content : (input.content ?? "").trim(),
      embeds: (input.embeds as Json[] | null | undefined) ?? old?.embeds ?? [],
      components: input.components == null ? (old?.components ?? []) : numbered(input.components as Json[]),
      uploads: [...(kept ?? []), ...sent.uploads],
    };
  }

  function add(channel: Channel, body: MessageBody, more: Partial<Message>): Message {
    const message: Message = {
      id: world.newId(),
      channelId: channel.id,
      authorId: world.botId,
      type: 0,
      body,
      flags: 0,
      isLoading: false,
      createdAt: world.now(),
      edits: 0,
      reactions: new Map(),
      rings: [],
      ...more,
    };
    world.messages.set(message.id, message);
    return message;
  }

  return {
    /** A message of the bot; throws when nothing would be seen of it. */
    post(channel: Channel, input: MessageInput, sent: Sent, more: Partial<Message>): Message {
      const body = bodyOf(input, sent);
      checkWhole(body);
      const flags = ((input.flags ?? 0) & SETTABLE & ~64) | (more.onlyFor === undefined ? 0 : 64);
      const message = add(channel, body, { ...more, flags });
      message.rings = noteRings(message, input);
      tell("MESSAGE_CREATE", message);
      return message;
    },
    /** The bot "is thinking". */
    postLoading(channel: Channel, more: Partial<Message>): Message {
      const body = { content: "", embeds: [], components: [], uploads: [] };
      const message = add(channel, body, {
        ...more,
        isLoading: true,
        flags: LOADING | (more.onlyFor === undefined ? 0 : 64),
      });
      tell("MESSAGE_CREATE", message);
      return message;
    },
    /** The words of a person. */
    postOf(personId: string, channel: Channel, content: string): Message {
      const body = { content, embeds: [], components: [], uploads: [] };
      const rings = heardRings(world, channel, computeRings(content, undefined).rings, undefined, undefined);
      const isToBot = content.includes(`<@${world.botId}>`);
      const message = add(channel, body, { authorId: personId, rings: isToBot ? [...rings, world.botId] : rings });
      tell("MESSAGE_CREATE", message);
      return message;
    },
    /** Rings nobody, as on Discord; fills a message that was loading. */
    edit(message: Message, input: MessageInput, sent: Sent): void {
      const body = bodyOf(input, sent, message.body);
      checkWhole(body);
      const rings = noteRings(message, input);
      message.body = body;
      if (message.isLoading) {
        message.isLoading = false;
        message.flags = (message.flags & ~LOADING) | ((input.flags ?? 0) & SETTABLE & ~64);
        message.rings = rings;
      } else {
        message.edits += 1;
        message.editedAt = world.now();
      }
      tell("MESSAGE_UPDATE", message);
    },
    remove(message: Message): void {
      world.messages.delete(message.id);
      tell("MESSAGE_DELETE", message);
    },
    /** The message of the bot that has this nonce already, of the last minutes. */
    twinOf: (channel: Channel, nonce: string): Message | undefined =>
      [...world.messages.values()].find(
        (one) => one.channelId === channel.id && one.nonce === nonce && one.createdAt > world.now() - 300_000,
      ),
    /** `isSilent`: the state changes and nobody is told. */
    react(userId: string, message: Message, emoji: string, isOn: boolean, isSilent = false) {
      const people = message.reactions.get(emoji) ?? new Set();
      if (people.has(userId) === isOn) return;
      if (isOn) people.add(userId);
      else people.delete(userId);
      if (people.size > 0) message.reactions.set(emoji, people);
      else message.reactions.delete(emoji);
      if (isSilent) return world.changed();
      const channel = channelOf(message);
      const guild = guildOf(world, channel);
      const added = isOn
        ? { message_author_id: message.authorId, ...(guild ? { member: memberJson(world, guild, userId) } : {}) }
        : {};
      gateway.dispatch({
        t: isOn ? "MESSAGE_REACTION_ADD" : "MESSAGE_REACTION_REMOVE",
        intent: guild ? intents.guildMessageReactions : intents.directMessageReactions,
        ...(guild ? { guildId: guild.id } : {}),
        d: {
          user_id: userId,
          channel_id: channel.id,
          message_id: message.id,
          emoji: { id: null, name: emoji },
          burst: false,
          type: 0,
          ...(guild ? { guild_id: guild.id } : {}),
          ...added,
        },
      });
    },
  };
}

/** Discord numbers the components that come without an id. */
function numbered(components: Json[]): Json[] {
  const copy = structuredClone(components);
  let next = 1;
  for (const one of flatten(copy)) {
    one["id"] ??= next;
    next += 1;
  }
  return copy;
}
