// What commands are called: each has a name in every language, and all of them are understood everywhere.
import { languages } from "#contract";
import type { Tongue } from "../words/index.ts";
import { words } from "../words/index.ts";
import type { CommandName } from "./command.ts";
import { commandNames } from "./command.ts";

const byName: ReadonlyMap<string, CommandName> = new Map(
  languages.flatMap((language) => commandNames.map((name) => [words[language][`command.${name}`], name] as const)),
);

/** The command of that name, in whatever language and case; undefined when there is none. */
export function findCommand(typed: string): CommandName | undefined {
  return byName.get(typed.toLowerCase()) ?? commandNames.find((name) => name === typed.toLowerCase());
}

/** All names a person of that language may see or type. */
export function knownNames(tongue: Tongue): string[] {
  return [...new Set(commandNames.flatMap((name) => [tongue.say(`command.${name}`), name]))];
}
