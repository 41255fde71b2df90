// The slash commands as Discord wants to know them, in every language of the bot. Pure.
import type { APIApplicationCommandStringOption, RESTPostAPIChatInputApplicationCommandsJSONBody } from "discord.js";
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
} from "discord.js";
import type { Language } from "#contract";
import { cutEnd } from "../chat/cut.ts";
import type { CommandName } from "../commands/command.ts";
import { commandNames, commands } from "../commands/index.ts";
import type { Tongue } from "../words/index.ts";
import type { OptionName } from "./line.ts";

interface OptionPlan {
  name: OptionName;
  isRequired?: true;
  isCompleted?: true;
  /** The command's own actions, or all commands, as a menu. */
  choices?: "actions" | "commands";
}

const action: OptionPlan = { name: "action", choices: "actions" };
const plans: Record<CommandName, OptionPlan[]> = {
  start: [],
  help: [{ name: "command", choices: "commands" }],
  search: [{ name: "query", isRequired: true, isCompleted: true }],
  browse: [{ name: "place" }],
  new: [action, { name: "what" }],
  pull: [{ name: "what", isRequired: true }, { name: "to" }],
  transfers: [action, { name: "what" }],
  servers: [action, { name: "name" }],
  share: [{ name: "folder" }, { name: "as" }],
  unshare: [{ name: "share" }],
  group: [action, { name: "rest" }],
  join: [{ name: "code" }],
  leave: [],
  link: [{ name: "code" }],
  privacy: [action],
};

type Tongues = (language: Language) => Tongue;
type Definition = RESTPostAPIChatInputApplicationCommandsJSONBody;

const namePattern = /^[-_\p{L}\p{N}]{1,32}$/u;
const longestAbout = 100;
const mostChoices = 25;
const longestQuery = 300;

export function defineCommands(tongueOf: Tongues): Definition[] {
  return commandNames.map((name) => ({
    type: ApplicationCommandType.ChatInput,
    name,
    ...localise(tongueOf, name, "command", "about", name),
    options: plans[name]
      .filter((plan) => choicesOf(name, plan) !== 0)
      .map((plan) => defineOption(name, plan, tongueOf)),
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    integration_types: [ApplicationIntegrationType.GuildInstall],
  }));
}

/** 0 for a menu without entries: Discord would take any text. */
function choicesOf(name: CommandName, { choices }: OptionPlan): number | undefined {
  return choices === "actions" ? commands[name].actions.length : undefined;
}

function defineOption(command: CommandName, plan: OptionPlan, tongueOf: Tongues): APIApplicationCommandStringOption {
  const described = {
    type: ApplicationCommandOptionType.String as const,
    name: plan.name,
    ...localise(tongueOf, plan.name, "option", "option-about", plan.name),
    ...(plan.isRequired ? { required: true } : {}),
  };
  if (plan.isCompleted) return { ...described, autocomplete: true, max_length: longestQuery };
  return plan.choices === undefined ? described : { ...described, choices: defineChoices(command, plan, tongueOf) };
}

function defineChoices(command: CommandName, { choices }: OptionPlan, tongueOf: Tongues) {
  const values: readonly string[] = choices === "commands" ? commandNames : commands[command].actions;
  return values.slice(0, mostChoices).map((value) => {
    const translated = choices === "commands" ? tongueOf("fr").word("command", value) : undefined;
    return { name: value, value, ...(translated ? { name_localizations: { fr: translated } } : {}) };
  });
}

/** @param name the name on the wire, the same in every language */
function localise(tongueOf: Tongues, name: string, namePrefix: string, aboutPrefix: string, key: string) {
  const french = tongueOf("fr").word(namePrefix, key)?.toLowerCase();
  const describe = (language: Language) =>
    cutEnd(beginLarge(tongueOf(language).word(aboutPrefix, key) ?? name), longestAbout);
  return {
    ...(french !== undefined && namePattern.test(french) ? { name_localizations: { fr: french } } : {}),
    description: describe("en"),
    description_localizations: { fr: describe("fr") },
  };
}

function beginLarge(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
