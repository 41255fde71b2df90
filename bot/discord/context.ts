// Who speaks and where, from what Discord sends. Pure.
import type { APIInteraction, APIInteractionGuildMember, APIUser } from "discord.js";
import { ChannelType, PermissionFlagsBits } from "discord.js";
import type { Actor, Language } from "#contract";
import { cutEnd } from "../chat/cut.ts";
import type { Place } from "../chat/port.ts";
import { cleanName } from "../text.ts";

const longestTitle = 128;

/** Discord's locale, such as `fr` or `en-GB`. */
export function languageOf(locale: string | null | undefined): Language {
  return locale?.toLowerCase().startsWith("fr") ? "fr" : "en";
}

type NamedUser = Pick<APIUser, "id" | "username"> & Partial<Pick<APIUser, "global_name">>;

export function actorOf(user: NamedUser, nick: string | null | undefined, language: Language): Actor {
  // Not the name of one server: others may not know it.
  const name = user.global_name ?? nick ?? user.username;
  return { platform: "discord", userId: user.id, displayName: cutEnd(cleanName(name), longestTitle), language };
}

/** What is known of a channel, from an event or from the library's memory. */
export interface ChannelFacts {
  id: string;
  guild?: string | undefined;
  name?: string | null | undefined;
  type?: ChannelType | undefined;
  parentId?: string | null | undefined;
}

const threads: ReadonlySet<ChannelType | undefined> = new Set([
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
]);

export function placeOf({ id, guild, name, type, parentId }: ChannelFacts): Place {
  const names = [guild ?? "", name ? `#${name}` : ""].filter((part) => part !== "").map(cleanName);
  return {
    platform: "discord",
    roomId: id,
    kind: "group",
    title: cutEnd(names.join(" "), longestTitle),
    ...(threads.has(type) && parentId ? { parentId } : {}),
  };
}

export function privatePlaceOf(channelId: string, user: NamedUser): Place {
  const title = cutEnd(cleanName(user.global_name ?? user.username), longestTitle);
  return { platform: "discord", roomId: channelId, kind: "private", title };
}

/** Any of these lets a person run the room. */
export const adminRights =
  PermissionFlagsBits.Administrator | PermissionFlagsBits.ManageGuild | PermissionFlagsBits.ManageChannels;

/** @param permissions of the member in the very channel, as Discord computed them */
export function isAdminBy(permissions: string | undefined): boolean | undefined {
  return permissions === undefined ? undefined : (BigInt(permissions) & adminRights) !== 0n;
}

export interface Spoken {
  actor: Actor;
  place: Place;
  isAdmin: boolean | undefined;
}

/** @param known what the library remembers of the channel: interactions bring no name of the guild */
export function readInteraction(data: APIInteraction, known: ChannelFacts | undefined): Spoken | undefined {
  const member: APIInteractionGuildMember | undefined = data.member;
  const user = member?.user ?? data.user;
  const channelId = data.channel?.id ?? data.channel_id;
  if (!user || !channelId) return undefined;
  const actor = actorOf(user, member?.nick, languageOf("locale" in data ? data.locale : undefined));
  if (data.guild_id === undefined) return { actor, place: privatePlaceOf(channelId, user), isAdmin: undefined };
  const told = data.channel as { name?: string; type?: ChannelType; parent_id?: string | null } | undefined;
  const place = placeOf({
    id: channelId,
    guild: known?.guild,
    name: told?.name ?? known?.name,
    type: told?.type ?? known?.type,
    parentId: told?.parent_id ?? known?.parentId,
  });
  return { actor, place, isAdmin: isAdminBy(member?.permissions) };
}
