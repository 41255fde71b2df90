// Methods of the Bot API about chats and who is in them.
import { findChat } from "./chat-access.ts";
import type { Params } from "./params.ts";
import { badRequest, unlucky } from "./refusal.ts";
import { chatJson, memberJson } from "./shapes.ts";
import type { Chat, Json } from "./state.ts";
import { isAdmin, isPresent } from "./state.ts";
import type { World } from "./world.ts";

type Method = (world: World, params: Params) => unknown;

const getChat: Method = (world, params) => {
  const chat = findChat(world.state, params, "read");
  return { ...chatJson(world.state, chat), accent_color_id: 1, max_reaction_count: 11, ...permissions(chat) };
};

function permissions(chat: Chat): Json {
  if (chat.type === "private") return {};
  return { permissions: { can_send_messages: true, can_send_documents: true, can_send_other_messages: true } };
}

const getChatMember: Method = (world, params) => {
  const { state } = world;
  const chat = findChat(state, params, "read");
  const id = params.int("user_id");
  if (id === undefined || id <= 0) throw badRequest("invalid user_id specified");
  if (id !== state.bot.id && !state.people.has(id)) throw unlucky("member not found");
  if (chat.type === "private") return { ...memberJson(state, chat, id), status: "member" };
  return memberJson(state, chat, id);
};

const getChatAdministrators: Method = (world, params) => {
  const chat = findChat(world.state, params, "read");
  if (chat.type === "private") throw badRequest("there are no administrators in the private chat");
  return [...chat.members]
    .filter(([id, standing]) => isAdmin(standing) && id !== world.state.bot.id)
    .map(([id]) => memberJson(world.state, chat, id));
};

const getChatMemberCount: Method = (world, params) => {
  const chat = findChat(world.state, params, "read");
  return chat.type === "private" ? 2 : [...chat.members.values()].filter(isPresent).length;
};

const leaveChat: Method = (world, params) => {
  const chat = findChat(world.state, params, "write");
  if (chat.type === "private") throw badRequest("bot can't leave the private chat");
  world.botLeaves(chat);
  return true;
};

export const chatMethods: Record<string, Method> = {
  getChat,
  getChatMember,
  getChatAdministrators,
  getChatMemberCount,
  leaveChat,
};
