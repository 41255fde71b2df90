// One connection to Discord's gateway, from login until it is lost for good. The library resumes and reconnects by itself;
// what it cannot mend ends the session, and the next one is built anew.
import type { Guild } from "discord.js";
import { Client, Events, GatewayDispatchEvents, GatewayIntentBits, Options } from "discord.js";
import type { Logger } from "pino";
import { AdapterProblem } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import { classifyFailure, describeFailure, explainClose, tokenRefused } from "./failures.ts";

/** Each is called for the raw event, also for messages and people that the library does not remember. */
export type Listeners = Partial<Record<GatewayDispatchEvents, (data: never, client: Client) => unknown>>;

export interface SessionDeps {
  token: string;
  api: string | undefined;
  clock: Clock;
  log: Logger;
  listeners: Listeners;
  onGuildJoined: (guild: Guild) => unknown;
  /** Before anything can be heard. */
  onOpened: (client: Client) => void;
  /** At each new session of the gateway: what happened before was not told. */
  onFresh: (client: Client) => unknown;
  /** Whether Discord lets the application hear of people who leave. */
  hearsMembers: boolean;
}

export interface Session {
  client: Client;
  /** Resolves when the library gives up, with the gateway's close code. */
  ended: Promise<number>;
  close(): Promise<void>;
}

/** Members are refused although the application's flags allowed them: the session works without. */
export class MembersRefused extends Error {
  override name = "MembersRefused";
}

/** 4014 and 4013: intents. */
const intentCodes: readonly number[] = [4013, 4014];
const invalidated = 0;
/** A silent gateway gets this long to say goodbye. */
const goodbyeMs = 400;

/** Resolves when Discord has taken the login. Rejects when it is away. @throws AdapterProblem | MembersRefused */
export async function openSession(deps: SessionDeps, signal: AbortSignal): Promise<Session> {
  const client = createClient(deps);
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  client.on(Events.ShardDisconnect, ({ code }) => end(code));
  client.on(Events.Invalidated, () => end(invalidated));
  attach(client, deps);
  deps.onOpened(client);
  const session: Session = { client, ended, close: () => closeClient(client, deps.clock) };
  try {
    const stopped = deps.clock.wait(2 ** 31 - 1, AbortSignal.any([signal, whenSettled(ended)]));
    await Promise.race([client.login(deps.token), stopped]);
    if (signal.aborted) throw new Error("the bot stops");
    const code = await Promise.race([ended, undefined]);
    if (code !== undefined) throw new Error("the gateway closed");
    return session;
  } catch (error) {
    await session.close();
    throw problemOf(await Promise.race([ended, undefined]), error, deps.hearsMembers) ?? error;
  }
}

function whenSettled(promise: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  void promise.then(() => controller.abort());
  return controller.signal;
}

/** What only the operator can mend. */
export function problemOf(code: number | undefined, error: unknown, hearsMembers: boolean): Error | undefined {
  if (code !== undefined && intentCodes.includes(code) && hearsMembers) return new MembersRefused();
  const sentence = code === undefined ? undefined : explainClose(code);
  if (sentence !== undefined) return new AdapterProblem(sentence);
  const isRefused = classifyFailure(error) === "fatal" || (error as { code?: unknown })?.code === "TokenInvalid";
  return isRefused ? new AdapterProblem(tokenRefused) : undefined;
}

function createClient({ api, hearsMembers }: SessionDeps): Client<boolean> {
  return new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildModeration,
      GatewayIntentBits.GuildMessageReactions,
      GatewayIntentBits.DirectMessages,
      GatewayIntentBits.DirectMessageReactions,
      ...(hearsMembers ? [GatewayIntentBits.GuildMembers] : []),
    ],
    rest: api === undefined ? {} : { api },
    shards: "auto",
    allowedMentions: { parse: [] },
    // Late guilds are no new ones; commands and catching up need not wait for them.
    waitGuildTimeout: 3000,
    makeCache: limitedCache,
    sweepers: { ...Options.DefaultSweeperSettings, threads: { interval: 3600, lifetime: 14 * 24 * 3600 } },
  });
}

/** Guilds, channels and roles are needed; people and messages pass by in thousands. */
const limitedCache = Options.cacheWithLimits({
  ...Options.DefaultMakeCacheSettings,
  MessageManager: 0,
  ReactionManager: 0,
  ReactionUserManager: 0,
  GuildMemberManager: { maxSize: 0, keepOverLimit: (member) => member.id === member.client.user.id },
  UserManager: { maxSize: 0, keepOverLimit: (user) => user.id === user.client.user?.id },
  ThreadMemberManager: 0,
  PresenceManager: 0,
  VoiceStateManager: 0,
  GuildBanManager: 0,
  GuildInviteManager: 0,
  GuildEmojiManager: 0,
  GuildStickerManager: 0,
  GuildScheduledEventManager: 0,
  StageInstanceManager: 0,
  AutoModerationRuleManager: 0,
});

function attach(client: Client, { log, listeners, onGuildJoined, onFresh }: SessionDeps): void {
  // A listener that fails would end the process: the library does not catch it.
  const safely = (what: string, work: () => unknown) => {
    const complain = (error: unknown) => log.warn({ ...describeFailure(error), what }, "an event was not handled");
    try {
      void Promise.resolve(work()).catch(complain);
    } catch (error) {
      complain(error);
    }
  };
  client.on(Events.Error, (error) => log.warn(describeFailure(error), "Discord's library reported an error"));
  client.on(Events.ShardError, (error, shard) => log.info({ ...describeFailure(error), shard }, "the gateway failed"));
  client.on(Events.ShardReconnecting, (shard) => log.info({ shard }, "the gateway was lost; connecting again"));
  client.on(Events.GuildCreate, (guild) => safely("GuildCreate", () => onGuildJoined(guild)));
  for (const [event, listen] of Object.entries(listeners)) {
    const name = event as GatewayDispatchEvents;
    client.ws.on(name, (data: unknown) => safely(event, () => listen(data as never, client)));
  }
  client.once(Events.ClientReady, () => {
    safely("ClientReady", () => onFresh(client));
    client.ws.on(GatewayDispatchEvents.Ready, () => safely("Ready", () => onFresh(client)));
  });
}

interface InnerShard {
  connection?: { on?: (event: "error", listen: () => void) => void; terminate?: () => void } | null;
  internalConnect?: () => Promise<void>;
}

/** Ends every connection within a moment, also one that is being opened or that the other side keeps open. */
async function closeClient(client: Client, clock: Clock): Promise<void> {
  const inner = client.ws as unknown as { _ws?: { strategy?: { shards?: Map<number, InnerShard> } } | null };
  const shards = [...(inner._ws?.strategy?.shards?.values() ?? [])];
  // The library would connect once more when it is destroyed between two attempts (@discordjs/ws 1.2.3, destroy()).
  for (const shard of shards) shard.internalConnect = async () => undefined;
  const enough = new AbortController();
  const destroyed = client.destroy().catch(() => undefined);
  await Promise.race([destroyed.then(() => enough.abort()), clock.wait(goodbyeMs, enough.signal)]);
  for (const { connection } of shards) {
    // Cut while it opens it reports an error, and the library listens no more: that would end the process.
    connection?.on?.("error", () => undefined);
    connection?.terminate?.();
  }
  client.removeAllListeners();
  // An event without a listener stays without effect, an error without one does not.
  client.on(Events.Error, () => undefined);
}
