// Discord as a chat platform: the parts of the adapter put together.
import type { Client } from "discord.js";
import { GatewayDispatchEvents } from "discord.js";
import type { Logger } from "pino";
import type { Language } from "#contract";
import type { Adapter } from "../adapter.ts";
import type { Port } from "../chat/port.ts";
import type { ChatTalk } from "../chat/talk.ts";
import type { Clock } from "../clock.ts";
import type { Tongue } from "../words/index.ts";
import { keepConnected } from "./connecting.ts";
import { createDirectory } from "./directory.ts";
import { createHearing } from "./interactions.ts";
import { createMessages } from "./messages.ts";
import { createPeople } from "./people.ts";
import { createPort } from "./port.ts";
import { createReactions } from "./reactions.ts";
import { createRest } from "./rest.ts";
import { createRooms } from "./rooms.ts";
import type { Listeners } from "./session.ts";

export interface DiscordDeps {
  token: string;
  /** Root of the REST API with `/api`, without version; Discord's own when undefined. */
  apiUrl: string | undefined;
  makeTalk: (port: Port) => ChatTalk;
  clock: Clock;
  log: Logger;
  tongueOf: (language: Language) => Tongue;
  /** 0 up to 1, for the jitter of attempts. */
  random?: () => number;
}

export function createDiscord(deps: DiscordDeps): Adapter {
  const { token, clock, log, tongueOf, random = Math.random } = deps;
  // With a slash at its end the library would ask for `/api//v10`.
  const api = deps.apiUrl?.replace(/\/+$/, "") || undefined;
  const rest = createRest(token, api, clock);
  let client: Client | undefined;
  const directory = createDirectory(() => client);
  const messages = createMessages(rest, log);
  const talk = deps.makeTalk(createPort({ rest, messages, directory }));
  const people = createPeople(rest);
  const hearing = createHearing({ rest, messages, clock, talk, directory, people, log });
  const reactions = createReactions({ rest, talk, directory, people, log });
  const rooms = createRooms({ talk, directory });
  const botId = (of: Client) => of.user?.id;

  const listeners: Listeners = {
    [GatewayDispatchEvents.InteractionCreate]: hearing.onInteraction,
    [GatewayDispatchEvents.MessageCreate]: (data, of) => hearing.onMessage(data, botId(of)),
    [GatewayDispatchEvents.MessageReactionAdd]: (data, of) => reactions.onReaction(data, true, botId(of)),
    [GatewayDispatchEvents.MessageReactionRemove]: (data, of) => reactions.onReaction(data, false, botId(of)),
    [GatewayDispatchEvents.GuildDelete]: rooms.onGuildLost,
    [GatewayDispatchEvents.ChannelDelete]: rooms.onChannelLost,
    [GatewayDispatchEvents.ThreadDelete]: rooms.onChannelLost,
    [GatewayDispatchEvents.GuildMemberRemove]: (data, of) => rooms.onMemberLost(data, botId(of)),
    [GatewayDispatchEvents.GuildBanAdd]: (data, of) => rooms.onMemberLost(data, botId(of)),
  };
  const onClient = (opened: Client | undefined) => {
    client = opened;
  };
  const { onGuildJoined } = rooms;

  return {
    platform: "discord",
    tellRoom: talk.tellRoom,
    tellPerson: talk.tellPerson,
    onReach: () => undefined,
    async run(signal) {
      try {
        signal.addEventListener("abort", rest.close, { once: true });
        const events = { listeners, onGuildJoined, onClient };
        await keepConnected({ token, api, rest, talk, reactions, clock, log, tongueOf, random, ...events }, signal);
        return 0;
      } finally {
        signal.removeEventListener("abort", rest.close);
        rest.close();
      }
    },
  };
}
