// Methods of the Bot API about the bot itself: who it is, its command menus, its descriptions, its (absent) webhook.
import { findChat } from "./chat-access.ts";
import type { Params } from "./params.ts";
import { createParams } from "./params.ts";
import { badRequest } from "./refusal.ts";
import { botJson } from "./shapes.ts";
import type { Chat, Json, Person } from "./state.ts";
import { isAdmin } from "./state.ts";
import type { World } from "./world.ts";

type Method = (world: World, params: Params) => unknown;

const getMe: Method = (world) => ({
  ...botJson(world.state),
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
});

const deleteWebhook: Method = (world, params) => {
  if (params.flag("drop_pending_updates")) {
    if (world.updates.pending() > 0) world.blame("Threw away updates that were waiting (drop_pending_updates).");
    world.updates.drop();
  }
  return true;
};

const getWebhookInfo: Method = (world) => ({
  url: "",
  has_custom_certificate: false,
  pending_update_count: world.updates.pending(),
});

const scopes = ["default", "all_private_chats", "all_group_chats", "all_chat_administrators"];
const chatScopes = ["chat", "chat_administrators", "chat_member"];

/** Where a list of commands is kept: the scope with its chat and person, and the language. */
function readKey(world: World, params: Params): string {
  const language = params.text("language_code") ?? "";
  if (!/^([a-z]{2})?$/.test(language)) throw badRequest("invalid language code specified");
  const scope = (params.json("scope") ?? { type: "default" }) as Json;
  const type = String(scope["type"] ?? "");
  if (scopes.includes(type)) return keyOf(type, language);
  if (!chatScopes.includes(type)) throw badRequest("can't parse BotCommandScope: unsupported type specified");
  const chat = findChat(world.state, createParams(scope), "read");
  if (type !== "chat" && chat.type === "private")
    throw badRequest("can't specify commands for members of a private chat");
  return keyOf(`${type} ${chat.id}${type === "chat_member" ? ` ${scope["user_id"]}` : ""}`, language);
}

const keyOf = (scope: string, language: string) => `${scope}|${language}`;

const setMyCommands: Method = (world, params) => {
  const commands = params.json("commands");
  if (!Array.isArray(commands)) throw badRequest("can't parse commands: expected an Array of BotCommand");
  if (commands.length > 100) throw badRequest("BOT_COMMANDS_TOO_MUCH");
  const read = commands.map(readCommand);
  if (new Set(read.map(({ command }) => command)).size < read.length) throw badRequest("BOT_COMMAND_DUPLICATE");
  world.state.commands.set(readKey(world, params), read);
  return true;
};

function readCommand(given: Json): Json {
  const command = given?.["command"];
  const description = given?.["description"];
  if (typeof command !== "string" || !/^[a-z0-9_]{1,32}$/.test(command)) throw badRequest("BOT_COMMAND_INVALID");
  const length = typeof description === "string" ? description.trim().length : 0;
  if (length < 1 || length > 256) throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
  return { command, description };
}

const getMyCommands: Method = (world, params) => world.state.commands.get(readKey(world, params)) ?? [];

const deleteMyCommands: Method = (world, params) => {
  world.state.commands.delete(readKey(world, params));
  return true;
};

/** The menu that a person's client shows: the narrowest scope that has one, in their language or in none. */
export function menuFor(world: World, person: Person, chat: Chat): Json[] {
  const narrow =
    chat.type === "private"
      ? [`chat ${chat.id}`, "all_private_chats", "default"]
      : [
          `chat_member ${chat.id} ${person.id}`,
          ...(isAdmin(chat.members.get(person.id)) ? [`chat_administrators ${chat.id}`] : []),
          `chat ${chat.id}`,
          ...(isAdmin(chat.members.get(person.id)) ? ["all_chat_administrators"] : []),
          "all_group_chats",
          "default",
        ];
  const keys = narrow.flatMap((scope) => [keyOf(scope, person.language), keyOf(scope, "")]);
  return keys.map((key) => world.state.commands.get(key)).find((list) => list !== undefined) ?? [];
}

function describe(name: string, field: string, limit: number): Record<string, Method> {
  const key = (params: Params) => `${field}|${params.text("language_code") ?? ""}`;
  return {
    [`set${name}`]: (world, params) => {
      const text = params.text(field) ?? "";
      if (text.length > limit) throw badRequest(`${field} is too long`);
      world.state.descriptions.set(key(params), text);
      return true;
    },
    [`get${name}`]: (world, params) => ({ [field]: world.state.descriptions.get(key(params)) ?? "" }),
  };
}

export const profileMethods: Record<string, Method> = {
  getMe,
  deleteWebhook,
  getWebhookInfo,
  setMyCommands,
  getMyCommands,
  deleteMyCommands,
  ...describe("MyName", "name", 64),
  ...describe("MyDescription", "description", 512),
  ...describe("MyShortDescription", "short_description", 120),
};
