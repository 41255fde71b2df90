// What the bot knows of guilds and channels: the library's memory, kept by the gateway, and Discord's answer when it is asked.
import type { Client, Guild, GuildBasedChannel, NonThreadGuildBasedChannel } from "discord.js";
import { ChannelType, PermissionFlagsBits } from "discord.js";
import type { Language } from "#contract";
import type { Port } from "../chat/port.ts";
import type { ChannelFacts } from "./context.ts";
import { adminRights, languageOf } from "./context.ts";
import { classifyFailure } from "./failures.ts";

export interface Directory extends Pick<Port, "isAdmin" | "isPresent"> {
  /** From memory. */
  recall(channelId: string): ChannelFacts | undefined;
  languageOf(guildId: string): Language;
  languageOfChannel(channelId: string): Language;
  /** Channels of a guild that can be rooms; with threads if asked, as far as they are known. */
  roomsOf(guildId: string, withThreads: boolean): string[];
  /** Where the bot may greet a guild. */
  greetIn(guild: Guild): ChannelFacts | undefined;
}

/** @param clientNow the client of the running session, or undefined */
export function createDirectory(clientNow: () => Client | undefined): Directory {
  const guildNow = (id: string) => clientNow()?.guilds.cache.get(id);

  /** @throws when Discord cannot say */
  async function findChannel(roomId: string): Promise<GuildBasedChannel> {
    const client = clientNow();
    if (!client?.isReady()) throw new Error("there is no connection to Discord");
    const channel = client.channels.cache.get(roomId) ?? (await client.channels.fetch(roomId));
    if (!channel || channel.isDMBased()) throw new Error("not a channel of a guild");
    if (!channel.guild.available) throw new Error("the guild is not available");
    return channel;
  }

  /** Undefined: not a member of the guild. `rights` is null where too little is known to work them out. */
  async function rightsOf(roomId: string, userId: string) {
    const channel = await findChannel(roomId);
    try {
      const member = await channel.guild.members.fetch({ user: userId, force: true, cache: false });
      const rights = knowsRoles(channel.guild) ? channel.permissionsFor(member) : null;
      return { rights };
    } catch (error) {
      if (isNoMember(error)) return undefined;
      throw error;
    }
  }

  return {
    async isAdmin({ roomId }, userId) {
      const member = await rightsOf(roomId, userId);
      if (member?.rights === null) throw new Error("the roles are not known");
      return member?.rights.any(adminRights) ?? false;
    },
    async isPresent({ roomId }, userId) {
      const member = await rightsOf(roomId, userId);
      // A member of the guild is not taken for gone because roles are missing.
      return member !== undefined && (member.rights?.has(PermissionFlagsBits.ViewChannel) ?? true);
    },
    recall(channelId) {
      const channel = clientNow()?.channels.cache.get(channelId);
      return channel && !channel.isDMBased() ? factsOf(channel) : undefined;
    },
    languageOf: (guildId) => languageOf(guildNow(guildId)?.preferredLocale),
    languageOfChannel(channelId) {
      const channel = clientNow()?.channels.cache.get(channelId);
      return languageOf(channel && !channel.isDMBased() ? channel.guild.preferredLocale : undefined);
    },
    roomsOf(guildId, withThreads) {
      const channels = [...(guildNow(guildId)?.channels.cache.values() ?? [])];
      return channels.filter((one) => (one.isThread() ? withThreads : isRoom(one))).map(({ id }) => id);
    },
    greetIn(guild) {
      const me = guild.members.me;
      if (!me) return guild.systemChannel ? factsOf(guild.systemChannel) : undefined;
      const texts = [...guild.channels.cache.values()].filter((one) => one.type === ChannelType.GuildText);
      const ordered = texts.sort((a, b) => a.rawPosition - b.rawPosition);
      const candidates = guild.systemChannel ? [guild.systemChannel, ...ordered] : ordered;
      const open = candidates.find((one) => !knowsRoles(guild) || one.permissionsFor(me).has(neededToWrite));
      return open && factsOf(open);
    },
  };
}

/** Without the role of everybody, which is called like the guild, all rights would seem to be missing. */
const knowsRoles = (guild: Guild) => guild.roles.cache.has(guild.id);

const neededToWrite = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages;

const isRoom = (channel: NonThreadGuildBasedChannel) => channel.type !== ChannelType.GuildCategory;

function factsOf(channel: GuildBasedChannel): ChannelFacts {
  const { id, name, type, parentId, guild } = channel;
  return { id, name, type, parentId, guild: guild.name };
}

/** 10007 unknown member, 10013 unknown user. */
function isNoMember(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 10007 || (code === 10013 && classifyFailure(error) === "closed");
}
