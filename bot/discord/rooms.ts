// Rooms and people as they come and go: the bot invited or put out, channels deleted, people who leave or are banned.
import type { Guild } from "discord.js";
import type { Talk } from "../chat/port.ts";
import { languageOf, placeOf } from "./context.ts";
import type { Directory } from "./directory.ts";

export interface RoomsDeps {
  talk: Talk;
  directory: Directory;
}

export interface Rooms {
  onGuildJoined(guild: Guild): Promise<void>;
  /** Called while the library still remembers the guild's channels. */
  onGuildLost(data: { id: string; unavailable?: boolean }): Promise<void>;
  /** A channel, or a thread. */
  onChannelLost(data: { id: string }): Promise<void>;
  onMemberLost(data: { guild_id: string; user: { id: string } }, botId: string | undefined): Promise<void>;
}

export function createRooms({ talk, directory }: RoomsDeps): Rooms {
  return {
    async onGuildJoined(guild) {
      const channel = directory.greetIn(guild);
      if (channel) await talk.arrive(placeOf(channel), languageOf(guild.preferredLocale));
    },
    async onGuildLost({ id, unavailable }) {
      // An outage of Discord's takes nobody's room away.
      if (unavailable) return;
      for (const roomId of directory.roomsOf(id, true)) await talk.depart(roomId);
    },
    onChannelLost: ({ id }) => talk.depart(id),
    async onMemberLost({ guild_id: guildId, user }, botId) {
      if (user.id === botId) return;
      // The core knows which of them are bound; losing a room takes its threads along.
      for (const roomId of directory.roomsOf(guildId, false)) await talk.lose(roomId, user.id);
    },
  };
}
