// The way back to somebody who typed a command or pressed a button, after the interaction was acknowledged; and to somebody
// who wrote a plain line in private. Where the interaction is too old, the reply goes another way and is not lost.
import { MessageFlags, Routes } from "discord.js";
import type { Answer, Message, Place, Shown, Spot } from "../chat/port.ts";
import type { Clock } from "../clock.ts";
import { saySentence } from "../reply.ts";
import { classifyFailure } from "./failures.ts";
import type { Messages } from "./messages.ts";
import { editOf } from "./messages.ts";
import type { Rest } from "./rest.ts";

export interface AnswerDeps {
  rest: Rest;
  messages: Messages;
  clock: Clock;
}

export interface Acknowledged {
  interaction: { id: string; token: string; application_id: string };
  place: Place;
  user: { id: string; name: string };
  /** What Discord was told: a reply comes, for everybody or for one; or the pressed message will change. */
  deferred: "open" | "private" | "update";
  pressed: { isPrivate: boolean } | undefined;
  /** Settles when Discord has taken the acknowledgement or not. */
  taken: Promise<boolean>;
}

/** An interaction's token ends after 15 minutes. */
const tokenMs = 14 * 60_000;

export function answerInteraction(deps: AnswerDeps, asked: Acknowledged): Answer {
  const { rest, messages, clock } = deps;
  const { interaction, place, user, pressed } = asked;
  const { application_id: applicationId, token } = interaction;
  const isDirect = place.kind === "private";
  const startedAt = clock.now().getTime();
  /** The answer that Discord waits for: only once, and not after it was taken back. */
  let isWaiting = true;

  /** For everybody: an ordinary message of the room, which a repetition does not double. */
  async function postInRoom(message: Message): Promise<Shown> {
    const spot = await messages.create(place.roomId, message, interaction.id);
    if (typeof spot !== "string") return shownAt(spot);
    return followUp(message, false);
  }

  async function editByToken(which: string, message: Message): Promise<Spot> {
    const route = Routes.webhookMessage(applicationId, token, which);
    return spotOf(
      await messages.send(message, (payload) => rest.asInteraction("patch", route, editOf(payload)), which),
    );
  }

  const spotOf = ({ messageId, chatId }: { messageId: string; chatId: string }): Spot => ({
    chatId: chatId === "" ? place.roomId : chatId,
    messageId,
  });
  const shownAt = (spot: Spot): Shown => ({ spot, edit: (next) => messages.edit(spot, next) });

  function shownFleeting(which: string): Shown {
    return {
      spot: undefined,
      async edit(next) {
        if (clock.now().getTime() > startedAt + tokenMs) return "gone";
        try {
          await editByToken(which, next);
          return "done";
        } catch (error) {
          if (["gone", "late", "refused"].includes(classifyFailure(error))) return "gone";
          throw error;
        }
      },
    };
  }

  async function fill(message: Message, isFleeting: boolean): Promise<Shown> {
    isWaiting = false;
    const spot = await editByToken("@original", message);
    return isFleeting ? shownFleeting("@original") : shownAt(spot);
  }

  async function followUp(message: Message, isPrivate: boolean): Promise<Shown> {
    const flags = isPrivate ? { flags: MessageFlags.Ephemeral } : {};
    const made = await messages.send(message, ({ body, files }) =>
      rest.asInteraction("post", Routes.webhook(applicationId, token), { body: { ...body, ...flags }, files }),
    );
    return isPrivate ? shownFleeting(made.messageId) : shownAt(spotOf(made));
  }

  /** Before it is gone a follow-up would fill the waiting answer, for the eyes that were promised. */
  async function withdraw(): Promise<void> {
    isWaiting = false;
    await rest.asInteraction("delete", Routes.webhookMessage(applicationId, token, "@original"));
  }

  /** Runs `usual` unless Discord takes nothing for this interaction any more. */
  async function orElse(usual: () => Promise<Shown>, other: () => Promise<Shown>): Promise<Shown> {
    if (!(await asked.taken)) return other();
    try {
      return await usual();
    } catch (error) {
      if (!["gone", "late", "known"].includes(classifyFailure(error))) throw error;
      return other();
    }
  }

  async function writePrivately(message: Message, again: () => Promise<string>): Promise<Shown> {
    if (isDirect) return postInRoom(message);
    const spot = await messages.createPrivately(user.id, message, interaction.id);
    if (spot !== "closed") return shownAt(spot);
    const { tongue } = message;
    const reply = saySentence(tongue.say("chat.private-closed", { name: user.name }));
    const button = { id: await again(), label: tongue.say("chat.open-private"), role: "plain" } as const;
    return postInRoom({ reply, tongue, buttons: button.id === "" ? [] : [button] });
  }

  const isTypedAndWaiting = () => pressed === undefined && isWaiting;

  return {
    pressed,
    isFleeting: !isDirect,
    openly: (message) =>
      orElse(
        async () => {
          if (isTypedAndWaiting() && (isDirect || asked.deferred === "open")) return fill(message, false);
          if (isTypedAndWaiting()) await withdraw();
          return postInRoom(message);
        },
        () => postInRoom(message),
      ),
    privately: (message, again) =>
      orElse(
        async () => {
          if (isTypedAndWaiting() && (isDirect || asked.deferred === "private")) return fill(message, !isDirect);
          if (isTypedAndWaiting()) await withdraw();
          return isDirect ? postInRoom(message) : followUp(message, true);
        },
        () => writePrivately(message, again),
      ),
    inPlace: (message) =>
      orElse(
        () => fill(message, !isDirect && (pressed?.isPrivate ?? false)),
        () => (pressed?.isPrivate ? writePrivately(message, async () => "") : postInRoom(message)),
      ),
  };
}

/** To a plain line in private. */
export function answerLine({ messages }: AnswerDeps, place: Place, nonce: string): Answer {
  const post = async (message: Message): Promise<Shown> => {
    const spot = await messages.create(place.roomId, message, nonce);
    if (typeof spot === "string") throw new Error("the private talk is closed");
    return { spot, edit: (next) => messages.edit(spot, next) };
  };
  return { pressed: undefined, isFleeting: false, openly: post, privately: post, inPlace: post };
}
