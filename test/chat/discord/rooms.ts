// Guilds, channels and who is in them: how rooms come, change and go, and what the bot is told of it.
import type { ChatPerson, ChatRoom } from "../driver.ts";
import type { Gateway } from "./gateway.ts";
import { intents } from "./intents.ts";
import { channelJson, fullGuildJson, guildJson, memberJson, userJson } from "./payloads.ts";
import type { Channel, Guild, World } from "./state.ts";
import { guildOf } from "./state.ts";

export function createRooms(world: World, gateway: Gateway) {
  function guildFor(room: { id: string }): Guild {
    const channel = world.channels.get(room.id);
    const guild = channel && guildOf(world, channel);
    if (guild === undefined) throw new Error("The room is gone");
    return guild;
  }

  function tell(t: string, guild: Guild, d: Parameters<Gateway["dispatch"]>[0]["d"], intent = intents.guilds): void {
    gateway.dispatch({ t, d, intent, guildId: guild.id });
  }

  function addChannel(more: Partial<Channel> & Pick<Channel, "type" | "name">): Channel {
    const channel: Channel = { id: world.newId(), botDenied: 0n, createdAt: world.now(), ...more };
    world.channels.set(channel.id, channel);
    return channel;
  }

  function addMember(guild: Guild, id: string): void {
    guild.members.set(id, { joinedAt: world.now(), isAdmin: false });
  }

  function removeChannel(channel: Channel): void {
    world.channels.delete(channel.id);
    for (const message of world.messages.values())
      if (message.channelId === channel.id) world.messages.delete(message.id);
  }

  return {
    guildFor,
    addPrivate(personId: string, name: string): Channel {
      return addChannel({ type: 1, name, personId });
    },
    /** A guild of its own with one text channel. */
    addRoom(title: string, people: readonly ChatPerson[]): ChatRoom {
      const guild: Guild = {
        id: world.newId(),
        name: title,
        ownerId: people[0]?.id ?? world.newId(),
        adminRoleId: world.newId(),
        botRoleId: world.newId(),
        isBotIn: true,
        members: new Map(),
        bans: new Set(),
        joinedAt: world.now(),
      };
      world.guilds.set(guild.id, guild);
      for (const { id } of people) addMember(guild, id);
      const channel = addChannel({ type: 0, name: title, guildId: guild.id });
      tell("GUILD_CREATE", guild, fullGuildJson(world, guild));
      return { id: channel.id, title };
    },
    /** Another text channel in the same guild. */
    addChannel(beside: ChatRoom, title: string): ChatRoom {
      const guild = guildFor(beside);
      const channel = addChannel({ type: 0, name: title, guildId: guild.id });
      tell("CHANNEL_CREATE", guild, channelJson(world, channel));
      return { id: channel.id, title };
    },
    addThread(room: ChatRoom, title: string): ChatRoom {
      const guild = guildFor(room);
      const channel = addChannel({
        type: 11,
        name: title,
        guildId: guild.id,
        parentId: room.id,
        personId: guild.ownerId,
      });
      tell("THREAD_CREATE", guild, { ...channelJson(world, channel), newly_created: true });
      return { id: channel.id, title, parent: room };
    },
    remove(room: ChatRoom) {
      const guild = guildFor(room);
      const channel = world.channels.get(room.id) as Channel;
      const threads = [...world.channels.values()].filter((one) => one.parentId === channel.id);
      for (const one of [...threads, channel]) removeChannel(one);
      if (channel.type === 0) return tell("CHANNEL_DELETE", guild, channelJson(world, channel));
      const { id, parentId, guildId, type } = channel;
      tell("THREAD_DELETE", guild, { id, guild_id: guildId, parent_id: parentId, type });
    },
    leave(person: ChatPerson, room: ChatRoom, isBanned: boolean): void {
      const guild = guildFor(room);
      guild.members.delete(person.id);
      const d = { guild_id: guild.id, user: userJson(world, person.id) };
      if (isBanned) {
        guild.bans.add(person.id);
        tell("GUILD_BAN_ADD", guild, d, intents.guildModeration);
      }
      tell("GUILD_MEMBER_REMOVE", guild, d, intents.guildMembers);
    },
    setPresent(person: ChatPerson, room: ChatRoom, isPresent: boolean): void {
      const guild = guildFor(room);
      if (isPresent) addMember(guild, person.id);
      else guild.members.delete(person.id);
      world.changed();
    },
    join(person: ChatPerson, room: ChatRoom): void {
      const guild = guildFor(room);
      addMember(guild, person.id);
      const d = { ...memberJson(world, guild, person.id), guild_id: guild.id };
      tell("GUILD_MEMBER_ADD", guild, d, intents.guildMembers);
    },
    /** By the role; an owner who is no admin any more gives the guild to somebody else. */
    setAdmin(person: ChatPerson, room: ChatRoom, isAdmin: boolean): void {
      const guild = guildFor(room);
      const member = guild.members.get(person.id);
      if (member === undefined) throw new Error(`${person.name} is not in the room`);
      member.isAdmin = isAdmin;
      if (!isAdmin && guild.ownerId === person.id) {
        guild.ownerId = world.newId();
        tell("GUILD_UPDATE", guild, guildJson(world, guild));
      }
      const d = { ...memberJson(world, guild, person.id), guild_id: guild.id };
      tell("GUILD_MEMBER_UPDATE", guild, d, intents.guildMembers);
    },
    addBot(room: ChatRoom): void {
      const guild = guildFor(room);
      guild.isBotIn = true;
      guild.joinedAt = world.now();
      tell("GUILD_CREATE", guild, fullGuildJson(world, guild));
    },
    removeBot(room: ChatRoom): void {
      const guild = guildFor(room);
      guild.isBotIn = false;
      tell("GUILD_DELETE", guild, { id: guild.id });
    },
    /** What the bot may not do in the room (see permissions.ts). */
    denyBot(room: ChatRoom, bits: bigint): void {
      const guild = guildFor(room);
      const channel = world.channels.get(room.id) as Channel;
      channel.botDenied = bits;
      tell("CHANNEL_UPDATE", guild, channelJson(world, channel));
    },
    rename(room: ChatRoom, title: string): void {
      const guild = guildFor(room);
      const channel = world.channels.get(room.id) as Channel;
      channel.name = title;
      tell(channel.type === 11 ? "THREAD_UPDATE" : "CHANNEL_UPDATE", guild, channelJson(world, channel));
    },
  };
}
