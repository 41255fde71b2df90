// Gateway intents: which exist, which need a flag of the application, and what an identify must look like.
import type { Json, World } from "./state.ts";

export const intents = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  guildModeration: 1 << 2,
  guildPresences: 1 << 8,
  guildMessages: 1 << 9,
  guildMessageReactions: 1 << 10,
  directMessages: 1 << 12,
  directMessageReactions: 1 << 13,
  messageContent: 1 << 15,
};

/** Flags of an application, as the portal sets them (the second of each pair for bots in few guilds). */
export const applicationFlags = {
  presence: 1 << 12,
  presenceLimited: 1 << 13,
  guildMembers: 1 << 14,
  guildMembersLimited: 1 << 15,
  messageContent: 1 << 18,
  messageContentLimited: 1 << 19,
};

/** Bits 0 to 16, 20, 21, 24 and 25. */
const DEFINED = 0x1ffff | (0b11 << 20) | (0b11 << 24);

export function checkIdentify(world: World, d: Json): { code: number; reason: string } | undefined {
  if (d["token"] !== world.token) return { code: 4004, reason: "Authentication failed." };
  const properties = d["properties"] as Json | undefined;
  if (typeof properties?.["os"] !== "string") return { code: 4002, reason: "Identify without properties." };
  const wanted = d["intents"];
  if (!Number.isInteger(wanted) || (Number(wanted) & ~DEFINED) !== 0)
    return { code: 4013, reason: "Invalid intent(s)." };
  const shard = d["shard"] as number[] | undefined;
  if (shard !== undefined && !((shard[0] ?? -1) >= 0 && (shard[0] ?? 0) < (shard[1] ?? 0)))
    return { code: 4010, reason: "Invalid shard." };
  const isForbidden = (intent: number, ...flags: number[]) =>
    (Number(wanted) & intent) !== 0 && flags.every((flag) => (world.flags & flag) === 0);
  const f = applicationFlags;
  if (
    isForbidden(intents.guildMembers, f.guildMembers, f.guildMembersLimited) ||
    isForbidden(intents.guildPresences, f.presence, f.presenceLimited) ||
    isForbidden(intents.messageContent, f.messageContent, f.messageContentLimited)
  )
    return { code: 4014, reason: "Disallowed intent(s)." };
  return undefined;
}
