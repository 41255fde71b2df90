// From what a person typed (or the command of a button) to a reply. Never throws: whatever goes wrong becomes a sentence.

import type { Logger } from "pino";
import type { Client, Context, Language, Reaction } from "#contract";
import { CallError, errorCodes } from "#contract";
import { parseArguments } from "./arguments.ts";
import type { Clock } from "./clock.ts";
import type { Call, CommandName } from "./commands/command.ts";
import { InputError } from "./commands/command.ts";
import { unknownCommand } from "./commands/help.ts";
import { commandNames, commands } from "./commands/index.ts";
import { findCommand } from "./commands/names.ts";
import { pullReply } from "./commands/pull-card.ts";
import { reactedReply } from "./commands/reacted.ts";
import { waysOut } from "./commands/ways-out.ts";
import type { Reply } from "./reply.ts";
import { saySentence } from "./reply.ts";
import type { Tongue } from "./words/index.ts";

export interface DispatchDeps {
  client: Client;
  clock: Clock;
  log: Logger;
  tongueOf: (language: Language) => Tongue;
}

export interface Dispatch {
  /** `requestId`: the same for the same message, press or update, however often the platform tells it. 8 to 128 characters. */
  run(said: { text: string; context: Context; requestId: string }): Promise<Reply>;
  /** Undefined when there is nothing to say: it was known already, or `keep` or `rate` was taken back. */
  react(reacted: Reacted): Promise<Reply | undefined>;
  /** The command that a typed line runs, by whichever of its names; a line without a slash is a search. */
  commandOf(text: string): CommandName | undefined;
  /** The answer may stand in a room for everybody, if nothing goes wrong. */
  isOpen(text: string): boolean;
  /** Whether the person is an admin of the room has to be asked from the platform before it is run. */
  asksAdmin(text: string): boolean;
}

interface Reacted {
  /** The message that shows an announcement, or the announcement itself. */
  on: { messageId: string } | { announcement: string };
  reaction: Reaction;
  /** False: the reaction was taken away again. */
  isOn: boolean;
  /** Found afterwards, not told when it was made. */
  isLate: boolean;
  context: Context;
  requestId: string;
}

const longestText = 2000;
/** Answers the no-button of every question. */
const nothing = "nothing";

export function createDispatch(deps: DispatchDeps): Dispatch {
  return {
    async run({ text, context, requestId }) {
      const tongue = deps.tongueOf(context.actor.language);
      const typed = text.toWellFormed().trim();
      const { typedName, name, rest } = readCommand(typed);
      try {
        if (typed.length > longestText) return sayError(tongue.say("input.too-long", { limit: longestText }));
        if (typedName === nothing) return saySentence(tongue.say("cancelled"), { isPrivate: true });
        if (name === undefined && typedName !== "") return sayError(unknownCommand(tongue, typedName));
        const now = deps.clock.now();
        const call = { ...parseArguments(rest), client: deps.client, context, tongue, now, requestId };
        return await runCommand(name, call);
      } catch (error) {
        return wordError(error, tongue, context, deps.log);
      }
    },
    async react({ context, ...input }) {
      const tongue = deps.tongueOf(context.actor.language);
      try {
        const { outcome, pull, stars } = await deps.client.announcements.react(context, input);
        if (outcome === "pulled") return pull === null ? undefined : pullReply(pull, tongue, deps.clock.now());
        return outcome === "kept" || outcome === "rated" ? reactedReply(outcome, stars, tongue) : undefined;
      } catch (error) {
        // The message is none of an announcement, or what it told of is gone.
        if (error instanceof CallError && error.code === "catalog.unknown-ref")
          return sayError(tongue.say("react.gone"));
        return wordError(error, tongue, context, deps.log);
      }
    },
    commandOf: (text) => commandOf(readCommand(text.toWellFormed().trim())),
    isOpen(text) {
      const said = readCommand(text.toWellFormed().trim());
      const command = commandOf(said);
      if (command === undefined) return false;
      const { isOpen, actions } = commands[command];
      const action = parseArguments(said.rest).words[0]?.toLowerCase() ?? "";
      return isOpen === true ? !actions.includes(action) : (isOpen?.includes(action) ?? false);
    },
    asksAdmin(text) {
      const command = commandOf(readCommand(text.toWellFormed().trim()));
      return command !== undefined && commands[command].asksAdmin === true;
    },
  };
}

interface Said {
  /** As it was typed, in lower case and without its slash; "" when there was none. */
  typedName: string;
  name: CommandName | undefined;
  rest: string;
}

/** The name before the first space, without its slash; a line without a slash is a search. */
function readCommand(typed: string): Said {
  const match = /^\/(\S*)\s*([\s\S]*)$/.exec(typed);
  const typedName = (match?.[1] ?? "").toLowerCase();
  return { typedName, name: findCommand(typedName), rest: match ? (match[2] ?? "") : typed };
}

function commandOf({ typedName, name, rest }: Said): CommandName | undefined {
  return typedName === "" && rest !== "" ? "search" : name;
}

async function runCommand(name: CommandName | undefined, call: Call): Promise<Reply> {
  if (name !== undefined) return withUsage(name, call);
  const [word = ""] = call.words;
  if (call.text === "") return sayError(call.tongue.say("input.empty", { example: "/help" }));
  // `pull 2` was hardly meant as a search for "pull".
  const meant = commandNames.find((known) => known === word.toLowerCase());
  if (meant !== undefined) return sayError(call.tongue.say("input.needs-slash", { command: `/${call.text}` }));
  return commands.search.run(call);
}

/** A command that the core could not make sense of is answered with how it is written. */
async function withUsage(name: CommandName, call: Call): Promise<Reply> {
  try {
    return await commands[name].run(call);
  } catch (error) {
    const isUnclear = error instanceof InputError || (error instanceof CallError && error.code === "request.invalid");
    if (!isUnclear) throw error;
    const { tongue } = call;
    const sentence = error instanceof InputError ? error.message : tongue.error(error.code, error.params);
    const reply = sayError(sentence);
    // A sentence that shows how the command is written says enough.
    if (sentence.includes(`/${tongue.say(`command.${name}`)} `)) return reply;
    reply.blocks.push({ kind: "text", text: tongue.say("input.usage"), tone: "plain" });
    reply.blocks.push({ kind: "literal", text: tongue.say(`usage.${name}`) });
    return reply;
  }
}

function wordError(error: unknown, tongue: Tongue, context: Context, log: Logger): Reply {
  if (error instanceof InputError) return sayError(error.message);
  if (error instanceof CallError) {
    const { code } = error;
    const right = tongue.say(`right.${context.actor.platform}`);
    const reply = sayError(tongue.error(code, { right, ...error.params }));
    reply.buttons = waysOut(code, context, tongue);
    return errorCodes[code] === "later" ? { ...reply, isTemporary: true } : reply;
  }
  log.error({ err: error }, "a command failed");
  return sayError(tongue.error("core.internal", {}));
}

function sayError(text: string): Reply {
  return saySentence(text, { tone: "error", isPrivate: true });
}
