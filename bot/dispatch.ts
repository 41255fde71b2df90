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
import { pullReply } from "./commands/pull-card.ts";
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
  react(reacted: { messageId: string; reaction: Reaction; context: Context; requestId: string }): Promise<Reply>;
}

const longestText = 2000;
/** Answers the no-button of every question. */
const nothing = "nothing";

export function createDispatch(deps: DispatchDeps): Dispatch {
  return {
    async run({ text, context, requestId }) {
      const tongue = deps.tongueOf(context.actor.language);
      const typed = text.toWellFormed().trim();
      const { name, rest } = readCommand(typed);
      try {
        if (typed.length > longestText) return sayError(tongue.say("input.too-long", { limit: longestText }));
        if (name === nothing) return saySentence(tongue.say("cancelled"), { isPrivate: true });
        if (!isCommand(name)) return sayError(unknownCommand(tongue, name));
        const call = {
          ...parseArguments(rest),
          client: deps.client,
          context,
          tongue,
          now: deps.clock.now(),
          requestId,
        };
        return await runCommand(name, call);
      } catch (error) {
        return wordError(error, tongue, deps.log);
      }
    },
    async react({ context, ...input }) {
      const tongue = deps.tongueOf(context.actor.language);
      try {
        const { pull } = await deps.client.announcements.react(context, input);
        return pullReply(pull, tongue, deps.clock.now());
      } catch (error) {
        // The message is none of an announcement, or what it told of is gone.
        if (error instanceof CallError && error.code === "catalog.unknown-ref")
          return sayError(tongue.say("react.gone"));
        return wordError(error, tongue, deps.log);
      }
    },
  };
}

/** The name before the first space, without its slash; a line without a slash is a search. */
function readCommand(typed: string): { name: string; rest: string } {
  const match = /^\/(\S*)\s*([\s\S]*)$/.exec(typed);
  return match ? { name: (match[1] ?? "").toLowerCase(), rest: match[2] ?? "" } : { name: "", rest: typed };
}

async function runCommand(name: CommandName | "", call: Call): Promise<Reply> {
  if (name !== "") return withUsage(name, call);
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
    if (sentence.includes(`/${name} `)) return reply;
    reply.blocks.push({ kind: "text", text: tongue.say("input.usage"), tone: "plain" });
    reply.blocks.push({ kind: "literal", text: tongue.say(`usage.${name}`) });
    return reply;
  }
}

function isCommand(name: string): name is CommandName | "" {
  return name === "" || commandNames.some((known) => known === name);
}

function wordError(error: unknown, tongue: Tongue, log: Logger): Reply {
  if (error instanceof InputError) return sayError(error.message);
  if (error instanceof CallError) {
    const reply = sayError(tongue.error(error.code, error.params));
    return errorCodes[error.code] === "later" ? { ...reply, isTemporary: true } : reply;
  }
  log.error({ err: error }, "a command failed");
  return sayError(tongue.error("core.internal", {}));
}

function sayError(text: string): Reply {
  return saySentence(text, { tone: "error", isPrivate: true });
}
