// /help: all commands in one list, or one of them explained.
import type { Reply } from "../reply.ts";
import { makeReply } from "../reply.ts";
import { suggestName } from "../suggest.ts";
import type { Call, Command } from "./command.ts";
import { commandNames, refuse, refuseExtra } from "./command.ts";
import { findCommand, knownNames } from "./names.ts";

export const help: Command = {
  name: "help",
  actions: [],
  takes: "command",
  async run(call) {
    refuseExtra(call, 1);
    const [word] = call.words;
    return word === undefined ? helpAll(call) : helpOne(call, word.replace(/^\//, "").toLowerCase());
  },
};

function helpAll({ tongue }: Call): Reply {
  const rows = commandNames.map((name) => [`/${tongue.say(`command.${name}`)}`, tongue.say(`about.${name}`)] as const);
  return makeReply([
    { kind: "text", text: tongue.say("help.intro") },
    { kind: "table", rows },
    { kind: "text", text: `${tongue.say("help.search-hint")} ${tongue.say("help.addresses")}` },
  ]);
}

function helpOne({ tongue }: Call, word: string): Reply {
  const name = findCommand(word);
  if (name === undefined) return refuse(unknownCommand(tongue, word));
  return makeReply([
    { kind: "heading", text: tongue.say(`usage.${name}`) },
    { kind: "text", text: tongue.say(`more.${name}`) },
  ]);
}

/** The sentence for a command that does not exist, with the nearest one that does. */
export function unknownCommand(tongue: Call["tongue"], name: string): string {
  const nearest = suggestName(name, knownNames(tongue));
  return nearest === undefined
    ? tongue.say("input.unknown-command", { name })
    : tongue.say("input.did-you-mean", { name, suggestion: `/${nearest}` });
}
