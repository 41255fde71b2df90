// The command menus that Telegram shows at the slash, by kind of chat and by language. Pure.
import type { Language } from "#contract";
import type { CommandName } from "../commands/command.ts";
import { commandNames } from "../commands/command.ts";
import { cutGraphemes } from "../text.ts";
import type { Tongue } from "../words/index.ts";

export interface Menu {
  commands: Array<{ command: string; description: string }>;
  scope: { type: "default" | "all_private_chats" | "all_group_chats" };
  /** Without it: for everybody whose language has no menu of its own. */
  language_code?: Language;
}

/** Greeting, and what concerns a person and no group, stay out of the groups' menu; typed, they work there too. */
const privateOnly: readonly CommandName[] = ["start", "servers", "link", "privacy"];
const longestDescription = 256;

/** One setMyCommands call each. */
export function listMenus(tongueOf: (language: Language) => Tongue): Menu[] {
  const everywhere = commandNames.filter((name) => name !== "start");
  const inGroups = everywhere.filter((name) => !privateOnly.includes(name));
  return [tongueOf("en"), tongueOf("fr")].flatMap((tongue) => [
    makeMenu("default", everywhere, tongue),
    makeMenu("all_private_chats", [...everywhere, "start"], tongue),
    makeMenu("all_group_chats", inGroups, tongue),
  ]);
}

function makeMenu(type: Menu["scope"]["type"], names: readonly CommandName[], tongue: Tongue): Menu {
  const commands = names.map((name) => ({
    command: tongue.say(`command.${name}`),
    description: cutGraphemes(tongue.say(`about.${name}`), longestDescription),
  }));
  return { commands, scope: { type }, ...(tongue.language === "en" ? {} : { language_code: tongue.language }) };
}

/** Every name that a command has in any language. */
export function listNames(tongueOf: (language: Language) => Tongue): string[] {
  const tongues = [tongueOf("en"), tongueOf("fr")];
  return [
    ...new Set<string>([
      ...commandNames,
      ...commandNames.flatMap((name) => tongues.map((tongue) => tongue.say(`command.${name}`))),
    ]),
  ];
}
