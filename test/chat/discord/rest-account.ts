// Routes about the application, its commands, guilds, members and people.
import { refuse } from "./api-error.ts";
import { checkCommand, checkCommands } from "./command-limits.ts";
import type { Gateway } from "./gateway.ts";
import type { ApiRequest, Route } from "./http.ts";
import { applicationFlags, intents } from "./intents.ts";
import { channelJson, channelsOf, guildJson, memberJson, rolesJson, userJson } from "./payloads.ts";
import type { Command, Guild, Json, World } from "./state.ts";

export function createAccountRoutes(world: World, gateway: Gateway, gatewayUrl: () => string): Route[] {
  const me = () => ({ ...userJson(world, world.botId), verified: true, mfa_enabled: false, email: null, flags: 0 });
  return [
    { method: "GET", path: "/gateway", handle: () => ({ url: gatewayUrl() }) },
    { method: "GET", path: "/gateway/bot", handle: () => gatewayInformation(gateway, gatewayUrl()) },
    { method: "GET", path: "/users/@me", handle: me },
    {
      method: "GET",
      path: "/users/@me/guilds",
      handle: () =>
        [...world.guilds.values()]
          .filter((one) => one.isBotIn)
          .map(({ id, name }) => ({ id, name, icon: null, owner: false, permissions: "0", features: [] })),
    },
    { method: "GET", path: "/users/:user", handle: ({ params }) => user(world, params["user"] ?? "") },
    { method: "DELETE", path: "/users/@me/guilds/:guild", handle: (request) => leave(world, gateway, request) },
    { method: "GET", path: "/applications/@me", handle: () => application(world) },
    { method: "GET", path: "/oauth2/applications/@me", handle: () => application(world) },
    ...commandRoutes(world),
    ...guildRoutes(world),
  ];
}

function gatewayInformation({ settings }: Gateway, url: string): Json {
  const limit = {
    total: 1000,
    remaining: settings.sessionsLeft,
    reset_after: 14_400_000,
    max_concurrency: 1,
  };
  return { url, shards: 1, session_start_limit: limit };
}

function user(world: World, id: string): Json {
  if (id !== world.botId && !world.people.has(id)) throw refuse("unknownUser");
  return userJson(world, id);
}

function leave(world: World, gateway: Gateway, { params }: ApiRequest): undefined {
  const guild = guildFor(world, params);
  guild.isBotIn = false;
  gateway.dispatch({ t: "GUILD_DELETE", d: { id: guild.id }, intent: intents.guilds, guildId: guild.id });
  return undefined;
}

function application(world: World): Json {
  const badge = world.commands.length > 0 ? 1 << 23 : 0;
  return {
    id: world.botId,
    name: world.botName,
    icon: null,
    description: "",
    summary: "",
    type: null,
    is_monetized: false,
    hook: true,
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: "0".repeat(64),
    flags: world.flags | badge,
    tags: [],
    owner: userJson(world, "1"),
    team: null,
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    approximate_guild_count: [...world.guilds.values()].filter((one) => one.isBotIn).length,
    bot: userJson(world, world.botId),
  };
}

function commandRoutes(world: World): Route[] {
  return everyCommandRoute(world).map((route) => ({
    ...route,
    handle: (request) => {
      if (request.params["app"] !== world.botId) throw refuse("missingAccess");
      return route.handle(request);
    },
  }));
}

function everyCommandRoute(world: World): Route[] {
  const path = "/applications/:app/commands";
  const one = `${path}/:command`;
  const find = ({ params }: ApiRequest) => {
    const found = world.commands.find((command) => command.id === params["command"]);
    if (found === undefined) throw refuse("unknownCommand");
    return found;
  };
  return [
    { method: "GET", path, handle: ({ query }) => list(world, query) },
    { method: "PUT", path, handle: ({ body }) => overwrite(world, body) },
    { method: "POST", path, handle: ({ body }) => store(world, checkCommand(body)) },
    { method: "GET", path: one, handle: find },
    {
      method: "PATCH",
      path: one,
      handle: (request) => store(world, checkCommand({ ...find(request), ...(request.body as Json) })),
    },
    {
      method: "DELETE",
      path: one,
      handle: (request) => {
        const found = find(request);
        world.commands = world.commands.filter((command) => command !== found);
        return undefined;
      },
    },
  ];
}

function list(world: World, query: URLSearchParams): Json[] {
  if (query.get("with_localizations") === "true") return world.commands;
  return world.commands.map((command) => ({ ...command, name_localizations: null, description_localizations: null }));
}

function overwrite(world: World, body: unknown): Command[] {
  const fresh = checkCommands(body);
  const before = world.commands;
  world.commands = [];
  for (const command of fresh) store(world, command, before);
  return world.commands;
}

/** The same name keeps its id; the version changes only with the content. */
function store(world: World, command: Json, before = world.commands): Command {
  const old = before.find((one) => one.name === command["name"]);
  const { id: _id, version: _version, application_id: _app, ...content } = { ...standard, ...command } as Json;
  const isSame =
    old !== undefined &&
    JSON.stringify({ ...old, id: 0, version: 0 }) === JSON.stringify({ ...seal(world, content), id: 0, version: 0 });
  const stored = {
    ...seal(world, content),
    id: old?.id ?? world.newId(),
    version: isSame ? old["version"] : world.newId(),
  } as unknown as Command;
  world.commands = [...world.commands.filter((one) => one.name !== stored.name), stored];
  return stored;
}

const standard = {
  type: 1,
  dm_permission: true,
  contexts: null,
  integration_types: [0],
  default_member_permissions: null,
  nsfw: false,
  name_localizations: null,
  description_localizations: null,
};

function seal(world: World, content: Json): Json {
  return { id: "", application_id: world.botId, version: "", ...content };
}

function guildFor(world: World, params: Record<string, string>): Guild {
  const guild = world.guilds.get(params["guild"] ?? "");
  if (guild === undefined || !guild.isBotIn) throw refuse("unknownGuild");
  return guild;
}

function guildRoutes(world: World): Route[] {
  const at = (path: string, handle: (guild: Guild, request: ApiRequest) => unknown): Route => ({
    method: "GET",
    path: `/guilds/:guild${path}`,
    handle: (request) => handle(guildFor(world, request.params), request),
  });
  const channels = (guild: Guild, type: number) =>
    channelsOf(world, guild)
      .filter((channel) => channel.type === type)
      .map((channel) => channelJson(world, channel));
  return [
    at("", (guild, { query }) => ({
      ...guildJson(world, guild),
      ...(query.get("with_counts") === "true"
        ? { approximate_member_count: guild.members.size + 1, approximate_presence_count: 1 }
        : {}),
    })),
    at("/roles", (guild) => rolesJson(world, guild)),
    at("/channels", (guild) => channels(guild, 0)),
    at("/threads/active", (guild) => ({ threads: channels(guild, 11), members: [] })),
    at("/members", (guild) => {
      const { guildMembers, guildMembersLimited } = applicationFlags;
      if ((world.flags & (guildMembers | guildMembersLimited)) === 0) throw refuse("missingAccess");
      return [...guild.members.keys(), world.botId].map((id) => memberJson(world, guild, id));
    }),
    at("/members/:user", (guild, { params }) => {
      const id = params["user"] ?? "";
      if (id !== world.botId && !world.people.has(id)) throw refuse("unknownUser");
      if (id !== world.botId && !guild.members.has(id)) throw refuse("unknownMember");
      return memberJson(world, guild, id);
    }),
    at("/bans/:user", () => {
      throw refuse("missingPermissions");
    }),
  ];
}
