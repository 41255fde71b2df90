// Discord's permission bits, and what a member or the bot may do in a channel.
import type { Channel, Guild, World } from "./state.ts";

export const permissions = {
  administrator: 1n << 3n,
  addReactions: 1n << 6n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  manageMessages: 1n << 13n,
  embedLinks: 1n << 14n,
  attachFiles: 1n << 15n,
  readHistory: 1n << 16n,
  mentionEveryone: 1n << 17n,
  useCommands: 1n << 31n,
  createThreads: 1n << 35n,
  sendInThreads: 1n << 38n,
};

export const ALL = (1n << 53n) - 1n;
const p = permissions;
export const BOT_ROLE =
  p.addReactions | p.viewChannel | p.sendMessages | p.embedLinks | p.attachFiles | p.readHistory | p.sendInThreads;
export const EVERYONE_ROLE = BOT_ROLE | p.mentionEveryone | p.useCommands | p.createThreads;

export function isAdmin(guild: Guild, personId: string): boolean {
  return guild.ownerId === personId || (guild.members.get(personId)?.isAdmin ?? false);
}

export function memberPermissions(guild: Guild, personId: string): bigint {
  return isAdmin(guild, personId) ? ALL : EVERYONE_ROLE;
}

/** A thread has the overwrites of its parent. */
export function botPermissions(world: World, channel: Channel): bigint {
  const parent = channel.parentId === undefined ? undefined : world.channels.get(channel.parentId);
  return (EVERYONE_ROLE | BOT_ROLE) & ~(channel.botDenied | (parent?.botDenied ?? 0n));
}
