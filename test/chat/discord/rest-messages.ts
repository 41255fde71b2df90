// Routes about channels and the messages in them.
import { refuse, refuseField } from "./api-error.ts";
import type { ApiRequest, Route } from "./http.ts";
import type { MessageInput } from "./limits.ts";
import { parseMessage } from "./limits.ts";
import type { Mailbox } from "./mailbox.ts";
import { channelJson, messageJson, userJson } from "./payloads.ts";
import { botPermissions, permissions } from "./permissions.ts";
import type { Channel, Message, World } from "./state.ts";
import { guildOf } from "./state.ts";

export function createMessageRoutes(world: World, mailbox: Mailbox): Route[] {
  const channel = (request: ApiRequest) => channelFor(world, request.params["channel"] ?? "");
  const message = (request: ApiRequest) => messageFor(world, channel(request), request.params["message"] ?? "");
  const at = (method: string, path: string, handle: Route["handle"]): Route => ({
    method,
    path: `/channels/:channel${path}`,
    handle,
  });
  return [
    { method: "POST", path: "/users/@me/channels", handle: (request) => openPrivate(world, request) },
    at("GET", "", (request) => channelJson(world, channel(request))),
    at("POST", "/typing", (request) => {
      checkPermission(world, channel(request), "sendMessages");
      return undefined;
    }),
    at("GET", "/messages", (request) => listMessages(world, channel(request), request.query)),
    at("POST", "/messages", (request) => createMessage(world, mailbox, channel(request), request)),
    at("GET", "/messages/:message", (request) => {
      checkPermission(world, channel(request), "readHistory");
      return messageJson(world, message(request));
    }),
    at("PATCH", "/messages/:message", (request) => editMessage(world, mailbox, message(request), request)),
    at("DELETE", "/messages/:message", (request) => deleteMessage(world, mailbox, message(request))),
    at("GET", "/messages/:message/reactions/:emoji", (request) => listReactions(world, message(request), request)),
    at("PUT", "/messages/:message/reactions/:emoji/@me", (request) =>
      addReaction(world, mailbox, message(request), request),
    ),
    at("DELETE", "/messages/:message/reactions/:emoji/@me", (request) => {
      mailbox.react(world.botId, message(request), emojiOf(request), false);
      return undefined;
    }),
  ];
}

export function channelFor(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  if (channel === undefined) throw refuse("unknownChannel");
  const guild = guildOf(world, channel);
  if (channel.type !== 1 && !guild?.isBotIn) throw refuse("missingAccess");
  checkPermission(world, channel, "viewChannel");
  return channel;
}

function checkPermission(world: World, channel: Channel, name: keyof typeof permissions): void {
  if (channel.type === 1 || (botPermissions(world, channel) & permissions[name]) !== 0n) return;
  throw refuse(name === "viewChannel" ? "missingAccess" : "missingPermissions");
}

/** Ephemeral messages cannot be had by their channel. */
function messageFor(world: World, channel: Channel, id: string): Message {
  const message = world.messages.get(id);
  if (message === undefined || message.channelId !== channel.id || message.onlyFor !== undefined)
    throw refuse("unknownMessage");
  return message;
}

function openPrivate(world: World, { body }: ApiRequest): unknown {
  const id = (body as { recipient_id?: unknown } | undefined)?.recipient_id;
  if (typeof id !== "string") throw refuseField("recipient_id", "BASE_TYPE_REQUIRED", "This field is required");
  const person = world.people.get(id);
  if (person === undefined) throw refuseField("recipient_id", "NUMBER_TYPE_COERCE", "Unknown recipient");
  return channelJson(world, world.channels.get(person.dmId) as Channel);
}

function listMessages(world: World, channel: Channel, query: URLSearchParams): unknown {
  const limit = Number(query.get("limit") ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw refuseField("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.");
  if ((botPermissions(world, channel) & permissions.readHistory) === 0n && channel.type !== 1) return [];
  const [before, after] = [query.get("before"), query.get("after")].map((id) => (id === null ? undefined : BigInt(id)));
  const all = [...world.messages.values()]
    .filter((one) => one.channelId === channel.id && one.onlyFor === undefined)
    .filter(
      (one) => (before === undefined || BigInt(one.id) < before) && (after === undefined || BigInt(one.id) > after),
    )
    .sort((a, b) => Number(BigInt(b.id) - BigInt(a.id)));
  return (after === undefined ? all.slice(0, limit) : all.slice(-limit)).map((one) => messageJson(world, one));
}

function createMessage(world: World, mailbox: Mailbox, channel: Channel, request: ApiRequest): unknown {
  const isThread = channel.type === 11;
  checkPermission(world, channel, isThread ? "sendInThreads" : "sendMessages");
  const input = parseMessage(request.body ?? {});
  checkParts(world, channel, input, request.uploads.length);
  if (channel.type === 1 && !world.people.get(channel.personId ?? "")?.isPrivateOpen) throw refuse("privateClosed");
  const nonce = input.nonce == null ? undefined : String(input.nonce);
  if (input.enforce_nonce && nonce !== undefined) {
    const twin = mailbox.twinOf(channel, nonce);
    if (twin !== undefined) return messageJson(world, twin);
  }
  const replied = repliedTo(world, channel, input);
  const message = mailbox.post(channel, input, request, {
    ...(nonce === undefined ? {} : { nonce }),
    ...(replied === undefined ? {} : { replyTo: replied.id }),
    type: replied === undefined ? 0 : 19,
  });
  return messageJson(world, message);
}

function checkParts(world: World, channel: Channel, input: MessageInput, uploads: number): void {
  if ((input.embeds?.length ?? 0) > 0) checkPermission(world, channel, "embedLinks");
  if (uploads > 0) checkPermission(world, channel, "attachFiles");
  if (((input.flags ?? 0) & 64) !== 0)
    throw refuseField("flags", "MESSAGE_FLAGS_INVALID", "Only interaction responses can be ephemeral");
}

function repliedTo(world: World, channel: Channel, input: MessageInput): Message | undefined {
  const reference = input.message_reference;
  if (reference?.message_id == null) return undefined;
  const message = world.messages.get(reference.message_id);
  if (message?.channelId === channel.id && message.onlyFor === undefined) return message;
  if (reference.fail_if_not_exists === false) return undefined;
  throw refuseField("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
}

function editMessage(world: World, mailbox: Mailbox, message: Message, request: ApiRequest): unknown {
  if (message.authorId !== world.botId) throw refuse("notTheAuthor");
  mailbox.edit(message, parseMessage(request.body ?? {}, [], message.flags), request);
  return messageJson(world, message);
}

function deleteMessage(world: World, mailbox: Mailbox, message: Message): undefined {
  if (message.authorId !== world.botId) {
    const channel = world.channels.get(message.channelId) as Channel;
    if (channel.type === 1) throw refuse("notInPrivate");
    checkPermission(world, channel, "manageMessages");
  }
  mailbox.remove(message);
  return undefined;
}

function emojiOf({ params }: ApiRequest): string {
  const emoji = params["emoji"] ?? "";
  const isKnown = /^\w{2,32}:\d{15,20}$/.test(emoji) || (isUnicodeEmoji(emoji) && emoji === fullyQualified(emoji));
  if (!isKnown) throw refuse("unknownEmoji");
  return emoji;
}

function isUnicodeEmoji(text: string): boolean {
  return /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)/u.test(text);
}

/** Discord knows the arrow that looks like text only with its variation selector. */
export function fullyQualified(emoji: string): string {
  return /^\p{Extended_Pictographic}$/u.test(emoji) && !/\p{Emoji_Presentation}/u.test(emoji)
    ? `${emoji}\uFE0F`
    : emoji;
}

function listReactions(world: World, message: Message, request: ApiRequest): unknown {
  const limit = Number(request.query.get("limit") ?? 25);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw refuseField("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.");
  const after = BigInt(request.query.get("after") ?? 0);
  const people = [...(message.reactions.get(emojiOf(request)) ?? [])].map(BigInt).filter((id) => id > after);
  people.sort((a, b) => (a < b ? -1 : 1));
  return people.slice(0, limit).map((id) => userJson(world, String(id)));
}

function addReaction(world: World, mailbox: Mailbox, message: Message, request: ApiRequest): undefined {
  const emoji = emojiOf(request);
  const channel = world.channels.get(message.channelId) as Channel;
  checkPermission(world, channel, "readHistory");
  if (!message.reactions.has(emoji)) checkPermission(world, channel, "addReactions");
  mailbox.react(world.botId, message, emoji, true);
  return undefined;
}
