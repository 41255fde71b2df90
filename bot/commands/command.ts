// What a command is, what it gets, and how it refuses. A command turns arguments into calls of the core and a reply.
import type { Client, Context } from "#contract";
import type { Arguments } from "../arguments.ts";
import type { Reply } from "../reply.ts";
import type { Tongue } from "../words/index.ts";

export interface Call extends Arguments {
  client: Client;
  context: Context;
  tongue: Tongue;
  now: Date;
  /** The same for the same message, press or update, told twice or not: what changes something is done once. */
  requestId: string;
}

export const commandNames = [
  "start",
  "help",
  "search",
  "browse",
  "new",
  "pull",
  "transfers",
  "servers",
  "share",
  "unshare",
  "group",
  "join",
  "leave",
  "link",
  "privacy",
] as const;
export type CommandName = (typeof commandNames)[number];

export interface Command {
  name: CommandName;
  /** Sub-actions, the first word after the name. Empty for a command without any. */
  actions: readonly string[];
  /**
   * Its answer may stand in a room for everybody, or that of these actions alone; else only whoever asked sees it.
   * With `true`, the answers of its actions are still for one person.
   */
  isOpen?: true | readonly string[];
  /** Being an admin of the room matters: then the platform is asked. */
  asksAdmin?: true;
  /** What its last argument names, so that an adapter can complete it. */
  takes: "nothing" | "item" | "server" | "pull" | "share" | "command";
  /** The same for single actions, where it is something else. */
  takesFor?: Readonly<Partial<Record<string, Command["takes"]>>>;
  run(call: Call): Promise<Reply>;
}

/** The arguments make no sense: nothing was asked of the core. The message is the sentence for the person. */
export class InputError extends Error {
  override name = "InputError";
}

/** @param sentence in the person's language */
export function refuse(sentence: string): never {
  throw new InputError(sentence);
}

export type Actions = Record<string, (call: Call) => Promise<Reply>>;

/** Runs the action that the first word names, with the words after it; `show` when there is no word. */
export async function runAction(
  call: Call,
  command: CommandName,
  actions: Actions,
  show: Actions[string],
): Promise<Reply> {
  const [word, ...words] = call.words;
  if (word === undefined) return show(call);
  const action = Object.hasOwn(actions, word.toLowerCase()) ? actions[word.toLowerCase()] : undefined;
  if (!action) {
    const known = Object.keys(actions).join(", ");
    const name = call.tongue.say(`command.${command}`);
    return refuse(call.tongue.say("input.unknown-word", { command: name, word, known }));
  }
  return action({ ...call, words, text: words.join(" ") });
}

/** The words as one name; undefined when there is none. */
export function nameIn(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.join(" ");
}

export function refuseExtra(call: Call, allowed = 0): void {
  const word = call.words[allowed];
  if (word !== undefined) refuse(call.tongue.say("input.unexpected", { word }));
}

const minuteMs = 60_000;

/** How long something is valid, in whole minutes: whoever reads it may be in any time zone. */
export function lastsFor({ tongue, now }: Pick<Call, "tongue" | "now">, expiresAt: string): string {
  return tongue.duration(Math.round((Date.parse(expiresAt) - now.getTime()) / minuteMs) * minuteMs);
}

/** Gives the code back in capitals, or refuses. */
export function requireCode(call: Call): string {
  const code = call.words.join("").toUpperCase();
  return /^[0-9A-Z-]{4,32}$/.test(code) ? code : refuse(call.tongue.say("input.bad-code"));
}
