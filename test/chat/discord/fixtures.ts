// A real discord.js client before the stand-in, for the stand-in's own tests.
import { once } from "node:events";
import type { ClientEvents, ClientOptions, Interaction } from "discord.js";
import { Client, Events, GatewayIntentBits, Partials } from "discord.js";
import type { DiscordDriver } from "./driver.ts";
import { createDiscordDriver } from "./driver.ts";

const open: { close(): Promise<unknown> }[] = [];

export async function startDriver(): Promise<DiscordDriver> {
  const driver = await createDiscordDriver();
  open.push(driver);
  return driver;
}

/** Everything that needs no privilege, pings prevented. */
export function createClient(driver: DiscordDriver, options: Partial<ClientOptions> = {}): Client {
  const { Guilds, GuildMessages, GuildMessageReactions, DirectMessages, DirectMessageReactions, GuildModeration } =
    GatewayIntentBits;
  const client = new Client({
    intents: [Guilds, GuildMessages, GuildMessageReactions, DirectMessages, DirectMessageReactions, GuildModeration],
    partials: [Partials.Message, Partials.Channel, Partials.Reaction],
    allowedMentions: { parse: [] },
    rest: { api: driver.env["DISCORD_API_URL"] ?? "" },
    ...options,
  });
  client.on(Events.Error, () => undefined);
  open.unshift({ close: () => client.destroy() });
  return client;
}

export async function startClient(driver: DiscordDriver, options: Partial<ClientOptions> = {}): Promise<Client> {
  const client = createClient(driver, options);
  const ready = once(client, Events.ClientReady);
  await client.login(driver.token);
  await ready;
  return client;
}

/** Clients first, then drivers. */
export async function closeAll(): Promise<void> {
  for (const one of open.splice(0)) await one.close();
}

export async function next<E extends keyof ClientEvents>(client: Client, event: E): Promise<ClientEvents[E]> {
  return (await once(client, event)) as unknown as ClientEvents[E];
}

/** The next interaction that `act` causes. */
export async function interactionBy(client: Client, act: () => Promise<unknown>): Promise<Interaction> {
  const coming = next(client, Events.InteractionCreate);
  await act();
  return (await coming)[0];
}
