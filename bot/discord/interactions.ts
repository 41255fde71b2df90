// Slash commands, buttons, menus and completions: acknowledged in the moment they arrive, then handed to the talk.
import type {
  APIApplicationCommandAutocompleteInteraction,
  APIChatInputApplicationCommandInteraction,
  APIInteraction,
  APIMessage,
  APIMessageComponentInteraction,
} from "discord.js";
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  MessageType,
  Routes,
} from "discord.js";
import type { Logger } from "pino";
import { createBoundedMap } from "../chat/bounded-map.ts";
import { cutEnd } from "../chat/cut.ts";
import type { Talk } from "../chat/port.ts";
import { cleanName } from "../text.ts";
import type { Acknowledged, AnswerDeps } from "./answer.ts";
import { answerInteraction, answerLine } from "./answer.ts";
import { readPress } from "./components.ts";
import type { Spoken } from "./context.ts";
import { languageOf, privatePlaceOf, readInteraction } from "./context.ts";
import type { Directory } from "./directory.ts";
import { classifyFailure, describeFailure } from "./failures.ts";
import { readLine, readValues } from "./line.ts";
import type { People } from "./people.ts";

export interface HearingDeps extends AnswerDeps {
  talk: Talk;
  directory: Directory;
  people: People;
  log: Logger;
}

export interface Hearing {
  /** Never rejects; the acknowledgement is on its way when it returns. */
  onInteraction(data: APIInteraction): void;
  /** A plain line in private. @param botId the bot's own user */
  onMessage(data: APIMessage & { guild_id?: string }, botId: string | undefined): void;
}

/** Discord waits three seconds for a completion; an empty one is better than none. */
const completeWithinMs = 2000;
const mostChoices = 25;
const longestChoice = 100;
const mostRemembered = 5000;

export function createHearing(deps: HearingDeps): Hearing {
  const { rest, talk, people, directory, log } = deps;
  /** The gateway may replay what was heard before. */
  const seen = createBoundedMap<true>(mostRemembered);

  /** True unless Discord says that it is too late. */
  function acknowledge({ id, token }: APIInteraction, body: object): Promise<boolean> {
    return rest.asInteraction("post", Routes.interactionCallback(id, token), { body }).then(
      () => true,
      (error) => {
        const failure = classifyFailure(error);
        if (failure !== "known") log.info(describeFailure(error), "an interaction could not be acknowledged");
        return failure !== "late";
      },
    );
  }

  type Deferred = Pick<Acknowledged, "deferred" | "pressed">;
  function defer(data: APIInteraction, { actor, place }: Spoken, { deferred, pressed }: Deferred) {
    const type =
      deferred === "update"
        ? InteractionResponseType.DeferredMessageUpdate
        : InteractionResponseType.DeferredChannelMessageWithSource;
    const body = { type, ...(deferred === "private" ? { data: { flags: MessageFlags.Ephemeral } } : {}) };
    const taken = acknowledge(data, body);
    const user = { id: actor.userId, name: actor.displayName };
    return answerInteraction(deps, { interaction: data, place, user, deferred, pressed, taken });
  }

  function hearCommand(data: APIChatInputApplicationCommandInteraction, spoken: Spoken): void {
    const text = readLine(data.data);
    const isOpen = spoken.place.kind === "private" || talk.isOpen(text);
    const answer = defer(data, spoken, { deferred: isOpen ? "open" : "private", pressed: undefined });
    void talk.hear({ ...heardOf(data.id, spoken), text, answer });
  }

  function hearPress(data: APIMessageComponentInteraction, spoken: Spoken): void {
    const isHidden = ((data.message.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
    const pressed = { isPrivate: isHidden || spoken.place.kind === "private" };
    const answer = defer(data, spoken, { deferred: "update", pressed });
    const values = "values" in data.data ? data.data.values : undefined;
    const buttonId = readPress(data.data.custom_id, values);
    if (buttonId !== undefined) void talk.press({ ...heardOf(data.id, spoken), buttonId, answer });
  }

  async function complete(data: APIApplicationCommandAutocompleteInteraction, spoken: Spoken): Promise<void> {
    const queries = await completionsFor(data, spoken);
    const choices = queries.slice(0, mostChoices).map((query) => {
      const text = cutEnd(cleanName(query), longestChoice);
      return { name: text, value: text };
    });
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult;
    await acknowledge(data, { type, data: { choices } });
  }

  async function completionsFor({ data }: APIApplicationCommandAutocompleteInteraction, { actor, place }: Spoken) {
    const focused = data.options.find((one) => one.type === ApplicationCommandOptionType.String && one.focused);
    const query = readValues({ options: focused ? [focused] : [] } as Parameters<typeof readValues>[0]).query ?? "";
    if (data.name !== "search") return [];
    const enough = new AbortController();
    const late = deps.clock.wait(completeWithinMs, enough.signal).then((): string[] => []);
    const queries = await Promise.race([talk.complete({ actor, place, query }), late]);
    enough.abort();
    return queries;
  }

  return {
    onInteraction(data) {
      if (seen.get(data.id)) return;
      seen.set(data.id, true);
      const channelId = data.channel?.id ?? data.channel_id;
      const spoken = readInteraction(data, channelId === undefined ? undefined : directory.recall(channelId));
      if (!spoken) return;
      people.note(spoken.actor);
      if (data.type === InteractionType.ApplicationCommand && data.data.type === ApplicationCommandType.ChatInput)
        hearCommand(data as APIChatInputApplicationCommandInteraction, spoken);
      else if (data.type === InteractionType.MessageComponent) hearPress(data, spoken);
      else if (data.type === InteractionType.ApplicationCommandAutocomplete) void complete(data, spoken);
    },
    onMessage(data, botId) {
      const isSpeech = data.type === MessageType.Default || data.type === MessageType.Reply;
      if (data.guild_id !== undefined || data.author.bot || data.author.id === botId || !isSpeech) return;
      if (data.content.trim() === "" || seen.get(data.id)) return;
      seen.set(data.id, true);
      const place = privatePlaceOf(data.channel_id, data.author);
      void people.find(data.author.id, languageOf(undefined), data.author).then((actor) => {
        const requestId = `discord:${data.id}`;
        return talk.hear({ actor, place, requestId, text: data.content, answer: answerLine(deps, place, data.id) });
      });
    },
  };
}

function heardOf(id: string, { actor, place, isAdmin }: Spoken) {
  return { actor, place, requestId: `discord:${id}`, ...(isAdmin === undefined ? {} : { isAdmin }) };
}
