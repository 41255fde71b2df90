// The stand-in's data as the objects of Discord's API v10.
import { ALL, BOT_ROLE, botPermissions, EVERYONE_ROLE, memberPermissions } from "./permissions.ts";
import type { Channel, Guild, Interaction, Json, Message, World } from "./state.ts";
import { guildOf } from "./state.ts";

const iso = (at: number) => new Date(at).toISOString().replace("Z", "000+00:00");

export function userJson(world: World, id: string): Json {
  const isBot = id === world.botId;
  const person = world.people.get(id);
  return {
    id,
    username: isBot ? world.botName.toLowerCase() : (person?.username ?? "deleted_user"),
    discriminator: isBot ? "0001" : "0",
    global_name: isBot ? null : (person?.name ?? null),
    avatar: null,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
    clan: null,
    public_flags: 0,
    ...(isBot ? { bot: true } : {}),
  };
}

export function memberJson(world: World, guild: Guild, id: string): Json {
  const member = guild.members.get(id);
  const roles = id === world.botId ? [guild.botRoleId] : member?.isAdmin ? [guild.adminRoleId] : [];
  return {
    user: userJson(world, id),
    nick: null,
    avatar: null,
    banner: null,
    roles,
    joined_at: iso(member?.joinedAt ?? guild.joinedAt),
    premium_since: null,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
  };
}

function roleJson(id: string, name: string, position: number, bits: bigint, tags?: Json): Json {
  const looks = { color: 0, colors: { primary_color: 0, secondary_color: null, tertiary_color: null }, icon: null };
  const kind = { hoist: false, managed: tags !== undefined, mentionable: false, unicode_emoji: null, flags: 0 };
  return { id, name, position, permissions: String(bits), ...looks, ...kind, ...(tags ? { tags } : {}) };
}

export function rolesJson(world: World, guild: Guild): Json[] {
  return [
    roleJson(guild.id, "@everyone", 0, EVERYONE_ROLE),
    roleJson(guild.botRoleId, world.botName, 1, BOT_ROLE, { bot_id: world.botId }),
    roleJson(guild.adminRoleId, "Admins", 2, 8n),
  ];
}

export function channelJson(world: World, channel: Channel): Json {
  const base = { id: channel.id, type: channel.type, flags: 0, last_message_id: null };
  if (channel.type === 1) return { ...base, recipients: [userJson(world, channel.personId ?? "")] };
  const shared = { ...base, guild_id: channel.guildId, name: channel.name, rate_limit_per_user: 0 };
  if (channel.type === 11) return { ...shared, ...threadJson(channel) };
  const denied = { id: world.botId, type: 1, allow: "0", deny: String(channel.botDenied) };
  return {
    ...shared,
    position: 0,
    permission_overwrites: channel.botDenied === 0n ? [] : [denied],
    nsfw: false,
    parent_id: null,
    topic: null,
  };
}

function threadJson(channel: Channel): Json {
  return {
    parent_id: channel.parentId,
    owner_id: channel.personId,
    message_count: 0,
    member_count: 1,
    total_message_sent: 0,
    thread_metadata: {
      archived: false,
      archive_timestamp: iso(channel.createdAt),
      auto_archive_duration: 4320,
      locked: false,
      create_timestamp: iso(channel.createdAt),
    },
  };
}

export function channelsOf(world: World, guild: Guild): Channel[] {
  return [...world.channels.values()].filter((channel) => channel.guildId === guild.id);
}

/** What `GET /guilds/:id` says. */
export function guildJson(world: World, guild: Guild): Json {
  const nothing = {
    icon: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    description: null,
    vanity_url_code: null,
  };
  const places = {
    afk_channel_id: null,
    system_channel_id: null,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    widget_channel_id: null,
  };
  const levels = {
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    premium_tier: 0,
  };
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.ownerId,
    ...nothing,
    ...places,
    ...levels,
    nsfw: false,
    widget_enabled: false,
    system_channel_flags: 0,
    premium_progress_bar_enabled: false,
    premium_subscription_count: 0,
    preferred_locale: "en-US",
    application_id: null,
    features: [],
    emojis: [],
    stickers: [],
    roles: rolesJson(world, guild),
    max_members: 500_000,
    max_presences: null,
    max_video_channel_users: 25,
  };
}

/** What `GUILD_CREATE` says. Without the privileged intent it tells of the bot itself only. */
export function fullGuildJson(world: World, guild: Guild): Json {
  const channels = channelsOf(world, guild);
  return {
    ...guildJson(world, guild),
    joined_at: iso(guild.joinedAt),
    large: false,
    unavailable: false,
    member_count: guild.members.size + 1,
    members: [memberJson(world, guild, world.botId)],
    channels: channels.filter((one) => one.type === 0).map((one) => channelJson(world, one)),
    threads: channels.filter((one) => one.type === 11).map((one) => channelJson(world, one)),
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

/** `hasContent`: false blanks what the intent MESSAGE_CONTENT would show. */
export function messageJson(world: World, message: Message, hasContent = true): Json {
  const replied = message.replyTo === undefined ? undefined : world.messages.get(message.replyTo);
  const { body } = message;
  const rung = message.rings.filter((id) => /^\d+$/.test(id));
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    author: userJson(world, message.authorId),
    content: hasContent ? body.content : "",
    embeds: hasContent ? body.embeds.map((embed) => ({ type: "rich", ...embed })) : [],
    components: hasContent ? body.components : [],
    attachments: hasContent ? body.uploads.map((upload) => uploadJson(message.channelId, upload)) : [],
    mentions: rung.map((id) => userJson(world, id)),
    mention_roles: message.rings.filter((id) => id.startsWith("role:")).map((id) => id.slice(5)),
    mention_everyone: message.rings.some((id) => id === "everyone" || id === "here"),
    timestamp: iso(message.createdAt),
    edited_timestamp: message.editedAt === undefined ? null : iso(message.editedAt),
    flags: message.flags,
    pinned: false,
    tts: false,
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...(message.reactions.size === 0 ? {} : { reactions: reactionsJson(world, message) }),
    ...(message.replyTo === undefined ? {} : replyJson(world, message, replied)),
    ...(message.interactionId === undefined ? {} : originJson(world, message.interactionId)),
  };
}

function uploadJson(channelId: string, upload: Message["body"]["uploads"][number]): Json {
  const url = `https://cdn.discordapp.com/attachments/${channelId}/${upload.id}/${encodeURIComponent(upload.name)}`;
  const size = upload.bytes.length;
  const said = upload.description === undefined ? {} : { description: upload.description };
  return { id: upload.id, filename: upload.name, size, url, proxy_url: url, content_type: upload.contentType, ...said };
}

function reactionsJson(world: World, message: Message): Json[] {
  return [...message.reactions].map(([name, people]) => ({
    emoji: { id: null, name },
    count: people.size,
    count_details: { burst: 0, normal: people.size },
    burst_colors: [],
    me: people.has(world.botId),
    me_burst: false,
    burst_me: false,
    burst_count: 0,
  }));
}

function replyJson(world: World, message: Message, replied: Message | undefined): Json {
  const guildId = world.channels.get(message.channelId)?.guildId;
  const reference = { type: 0, message_id: message.replyTo, channel_id: message.channelId };
  return {
    message_reference: guildId === undefined ? reference : { ...reference, guild_id: guildId },
    referenced_message: replied === undefined ? null : messageJson(world, withoutReply(replied)),
  };
}

function withoutReply({ replyTo: _deeper, ...message }: Message): Message {
  return message;
}

function originJson(world: World, interactionId: string): Json {
  const interaction = world.interactions.get(interactionId);
  if (interaction === undefined) return {};
  const origin = { id: interaction.id, type: interaction.type, user: userJson(world, interaction.personId) };
  return {
    webhook_id: world.botId,
    application_id: world.botId,
    interaction_metadata: { ...origin, authorizing_integration_owners: ownersOf(interaction) },
    ...(interaction.type === 2 ? { interaction: { ...origin, name: interaction.name } } : {}),
  };
}

function ownersOf(interaction: Interaction): Json {
  return { "0": interaction.guildId ?? "0" };
}

/** INTERACTION_CREATE: where, who, with which rights and in which language. */
export function interactionJson(world: World, interaction: Interaction, data: Json): Json {
  const channel = world.channels.get(interaction.channelId) as Channel;
  const guild = guildOf(world, channel);
  const message = interaction.messageId === undefined ? undefined : world.messages.get(interaction.messageId);
  const { personId } = interaction;
  const rights = guild ? memberPermissions(guild, personId) : ALL;
  const who = guild
    ? {
        guild_id: guild.id,
        guild: { id: guild.id, locale: "en-US", features: [] },
        guild_locale: "en-US",
        member: { ...memberJson(world, guild, personId), permissions: String(rights), unusual_dm_activity_until: null },
        context: 0,
      }
    : { user: userJson(world, personId), context: 1 };
  return {
    id: interaction.id,
    application_id: world.botId,
    type: interaction.type,
    token: interaction.token,
    version: 1,
    data,
    channel: { ...channelJson(world, channel), permissions: String(rights) },
    channel_id: channel.id,
    app_permissions: String(guild ? botPermissions(world, channel) : EVERYONE_ROLE),
    locale: world.people.get(personId)?.language === "fr" ? "fr" : "en-US",
    entitlements: [],
    entitlement_sku_ids: [],
    authorizing_integration_owners: ownersOf(interaction),
    attachment_size_limit: 10_485_760,
    ...who,
    ...(message ? { message: messageJson(world, message) } : {}),
  };
}
