// Routes that answer interactions: the callback within 3 s, then the interaction's webhook for 15 minutes.
import { refuse, refuseField } from "./api-error.ts";
import { checkChoices, checkModal } from "./command-limits.ts";
import type { ApiRequest, Route } from "./http.ts";
import type { MessageInput } from "./limits.ts";
import { parseMessage } from "./limits.ts";
import type { Mailbox } from "./mailbox.ts";
import { messageJson } from "./payloads.ts";
import type { Channel, Interaction, Json, Message, World } from "./state.ts";

export const ANSWER_WITHIN_MS = 3000;
const TOKEN_LIVES_MS = 15 * 60_000;
const EPHEMERAL = 64;

/** Callback types by type of interaction. */
const allowed: Record<Interaction["type"], readonly number[]> = {
  2: [4, 5, 9],
  3: [4, 5, 6, 7, 9],
  4: [8],
  5: [4, 5, 6, 7],
};

export function createInteractionRoutes(world: World, mailbox: Mailbox): Route[] {
  const webhook = "/webhooks/:app/:token";
  const message = ({ params }: ApiRequest) => {
    const interaction = interactionFor(world, params);
    return { interaction, message: messageOf(world, interaction, params["message"] ?? "") };
  };
  return [
    {
      method: "POST",
      path: "/interactions/:interaction/:token/callback",
      isOpen: true,
      handle: (request) => answer(world, mailbox, request),
    },
    { method: "POST", path: webhook, isOpen: true, handle: (request) => followUp(world, mailbox, request) },
    {
      method: "GET",
      path: `${webhook}/messages/:message`,
      isOpen: true,
      handle: (request) => messageJson(world, message(request).message),
    },
    {
      method: "PATCH",
      path: `${webhook}/messages/:message`,
      isOpen: true,
      handle: (request) => {
        const found = message(request).message;
        mailbox.edit(found, parseMessage(request.body ?? {}, [], found.flags), request);
        return messageJson(world, found);
      },
    },
    {
      method: "DELETE",
      path: `${webhook}/messages/:message`,
      isOpen: true,
      handle: (request) => {
        mailbox.remove(message(request).message);
        return undefined;
      },
    },
  ];
}

function answer(world: World, mailbox: Mailbox, { params, body, uploads, query }: ApiRequest): unknown {
  const interaction = world.interactions.get(params["interaction"] ?? "");
  if (interaction === undefined || interaction.token !== params["token"]) throw refuse("unknownInteraction");
  if (interaction.answer !== undefined) throw refuse("alreadyAnswered");
  if (world.now() - interaction.createdAt > ANSWER_WITHIN_MS) throw refuse("unknownInteraction");
  const { type, data } = (body ?? {}) as { type?: unknown; data?: Json };
  if (typeof type !== "number" || !allowed[interaction.type].includes(type))
    throw refuseField("type", "INTERACTION_RESPONSE_TYPE_INVALID", "Interaction response type is not valid here");
  if (type >= 6 && type <= 7 && interaction.messageId === undefined)
    throw refuseField("type", "INTERACTION_RESPONSE_TYPE_INVALID", "There is no message to update");
  const message = takeEffect(world, mailbox, interaction, type, data ?? {}, uploads);
  interaction.answer = { type, at: world.now() };
  if (query.get("with_response") !== "true") return undefined;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      ...(message
        ? {
            response_message_id: message.id,
            response_message_loading: message.isLoading,
            response_message_ephemeral: message.onlyFor !== undefined,
          }
        : {}),
    },
    ...(message ? { resource: { type, message: messageJson(world, message) } } : {}),
  };
}

function takeEffect(
  world: World,
  mailbox: Mailbox,
  interaction: Interaction,
  type: number,
  data: Json,
  uploads: ApiRequest["uploads"],
): Message | undefined {
  if (type === 8) {
    interaction.choices = checkChoices(data);
    return undefined;
  }
  if (type === 9) {
    checkModal(data);
    interaction.modal = data;
    return undefined;
  }
  const message = messageBy(world, mailbox, interaction, type, data, uploads);
  interaction.originalId = message.id;
  return message;
}

function messageBy(
  world: World,
  mailbox: Mailbox,
  interaction: Interaction,
  type: number,
  data: Json,
  uploads: ApiRequest["uploads"],
): Message {
  if (type === 4) return say(world, mailbox, interaction, parseMessage(data, ["data"]), uploads);
  if (type === 5) {
    const isEphemeral = (Number(data["flags"] ?? 0) & EPHEMERAL) !== 0;
    return mailbox.postLoading(channelOf(world, interaction), originOf(interaction, isEphemeral));
  }
  const shown = world.messages.get(interaction.messageId ?? "");
  if (shown === undefined) throw refuse("unknownMessage");
  if (type === 7) mailbox.edit(shown, parseMessage(data, ["data"], shown.flags), { uploads });
  return shown;
}

const channelOf = (world: World, interaction: Interaction) => world.channels.get(interaction.channelId) as Channel;

function originOf(interaction: Interaction, isEphemeral: boolean): Partial<Message> {
  return {
    interactionId: interaction.id,
    ...(isEphemeral ? { onlyFor: interaction.personId } : {}),
    ...(interaction.type === 3 && interaction.messageId !== undefined
      ? { type: 19, replyTo: interaction.messageId }
      : { type: 20 }),
  };
}

function say(
  world: World,
  mailbox: Mailbox,
  interaction: Interaction,
  input: MessageInput,
  uploads: ApiRequest["uploads"],
): Message {
  const isEphemeral = ((input.flags ?? 0) & EPHEMERAL) !== 0;
  return mailbox.post(channelOf(world, interaction), input, { uploads }, originOf(interaction, isEphemeral));
}

/** By the token in the path; dead after 15 minutes, and unknown as long as nothing was answered. */
function interactionFor(world: World, params: Record<string, string>): Interaction {
  const found = [...world.interactions.values()].find((one) => one.token === params["token"]);
  if (found === undefined || params["app"] !== world.botId) throw refuse("unknownWebhook");
  if (world.now() - found.createdAt > TOKEN_LIVES_MS) throw refuse("deadToken");
  if (found.answer === undefined || found.type === 4) throw refuse("unknownWebhook");
  return found;
}

function messageOf(world: World, interaction: Interaction, id: string): Message {
  const message = world.messages.get(id === "@original" ? (interaction.originalId ?? "") : id);
  const isOwn = message?.interactionId === interaction.id || message?.id === interaction.originalId;
  if (message === undefined || !isOwn) throw refuse("unknownMessage");
  return message;
}

/** The first one after a deferral fills the message that is loading, and is as private as that one was. */
function followUp(world: World, mailbox: Mailbox, request: ApiRequest): unknown {
  const interaction = interactionFor(world, request.params);
  const input = parseMessage(request.body ?? {});
  const original = world.messages.get(interaction.originalId ?? "");
  if (original?.isLoading) {
    mailbox.edit(original, input, request);
    return messageJson(world, original);
  }
  return messageJson(world, say(world, mailbox, interaction, input, request.uploads));
}
