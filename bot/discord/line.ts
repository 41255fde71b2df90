// A slash command's options as the line that the same person would have typed. Pure.
import type { APIChatInputApplicationCommandInteractionData } from "discord.js";
import { ApplicationCommandOptionType } from "discord.js";
import { quoteWord } from "../arguments.ts";
import type { CommandName } from "../commands/command.ts";
import { commandNames } from "../commands/command.ts";

export type OptionName =
  | "query"
  | "what"
  | "to"
  | "action"
  | "name"
  | "as"
  | "place"
  | "code"
  | "folder"
  | "share"
  | "command"
  | "rest";
export type Values = Partial<Record<OptionName, string>>;

type Spell = (values: Values) => Array<string | undefined>;

const nothing: Spell = () => [];
/** Options in the order of the typed command. */
const spellings: Record<CommandName, Spell> = {
  start: nothing,
  leave: nothing,
  search: ({ query }) => [query],
  browse: ({ place }) => [whole(place)],
  new: ({ action, what }) => [action, what],
  pull: ({ what, to }) => [what, ...labelled("to", to)],
  transfers: ({ action, what }) => [action, what],
  servers: ({ action, name }) => [action, whole(name)],
  // As in a typed line, the first word of the folder may name the server.
  share: ({ folder, as }) => (folder === undefined ? [] : [folder, ...labelled("as", as)]),
  unshare: ({ share }) => [whole(share)],
  group: ({ action, rest }) => [action, rest],
  join: ({ code }) => [code],
  link: ({ code }) => [code],
  privacy: ({ action }) => [action],
  help: ({ command }) => [command],
};

type Data = Pick<APIChatInputApplicationCommandInteractionData, "name" | "options">;

/** `/pull 2 to attic`. A command that this version does not know stays as it is: the answer says so. */
export function readLine(data: Data): string {
  const name = commandNames.find((known) => known === data.name);
  const words = name === undefined ? [] : spellings[name](readValues(data));
  return [`/${data.name}`, ...words.filter((word) => word !== undefined && word !== "")].join(" ");
}

export function readValues({ options }: Pick<Data, "options">): Values {
  const values: Record<string, string> = {};
  for (const option of options ?? []) {
    if (option.type !== ApplicationCommandOptionType.String) continue;
    // One line, as it could have been typed.
    values[option.name] = option.value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  }
  return values;
}

function labelled(word: string, value: string | undefined): string[] {
  const spelled = whole(value);
  return spelled === undefined || spelled === "" ? [] : [word, spelled];
}

/** One name with all its spaces; who typed quotes has quoted it already. */
function whole(value: string | undefined): string | undefined {
  return value === undefined || value === "" || /["“”„«»]/.test(value) ? value : quoteWord(value);
}
