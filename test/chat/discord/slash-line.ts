// A typed line such as `/search summer concert` as the options that Discord's client would send with it.
import type { Command, Json, Person } from "./state.ts";

interface OptionSpec {
  type: number;
  name: string;
  name_localizations?: Record<string, string | null> | null;
  required?: boolean | null;
  autocomplete?: boolean | null;
  choices?:
    | { name: string; value: string | number; name_localizations?: Record<string, string | null> | null }[]
    | null;
  options?: OptionSpec[] | null;
  min_value?: number | null;
  max_value?: number | null;
  min_length?: number | null;
  max_length?: number | null;
}

export interface Line {
  command: Command;
  options: Json[];
}

type Value = string | number | boolean;
interface Given {
  spec: OptionSpec;
  value: Value;
}

const isStringFree = (spec: OptionSpec) => spec.type === 3 && (spec.choices?.length ?? 0) === 0;

/** Throws with a sentence when the client would not send the line. `isFinished`: false while it is being typed. */
export function readLine(line: string, person: Person, commands: readonly Command[], isFinished: boolean): Line {
  const match = /^\/(\S+)\s*([\s\S]*)$/.exec(line);
  const command = commands.find((one) => isNamed(one as unknown as OptionSpec, match?.[1] ?? "", person));
  if (match === null || command === undefined) throw new Error(`There is no command for ${JSON.stringify(line)}`);
  const specs = (command["options"] as OptionSpec[] | null | undefined) ?? [];
  return { command, options: readOptions(specs, match[2] ?? "", person, isFinished) };
}

function isNamed(spec: Pick<OptionSpec, "name" | "name_localizations">, word: string, person: Person): boolean {
  return spec.name === word || spec.name_localizations?.[person.language === "fr" ? "fr" : "en-US"] === word;
}

function readOptions(specs: readonly OptionSpec[], rest: string, person: Person, isFinished: boolean): Json[] {
  const nests = specs.filter((spec) => spec.type < 3);
  if (nests.length === 0) return readValues(specs, rest, person, isFinished);
  const [, word = "", after = ""] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
  const nest = nests.find((spec) => isNamed(spec, word, person));
  if (nest === undefined) throw new Error(`Choose one of: ${nests.map((spec) => spec.name).join(", ")}`);
  return [{ type: nest.type, name: nest.name, options: readOptions(nest.options ?? [], after, person, isFinished) }];
}

function readValues(specs: readonly OptionSpec[], rest: string, person: Person, isFinished: boolean): Json[] {
  const given: Given[] = [];
  const text = takeNamed(specs, rest, person, given);
  const left = takeInOrder(specs, text, person, given);
  if (left !== "") throw new Error(`No option takes ${JSON.stringify(left)}`);
  const missing = specs.find((spec) => spec.required === true && !given.some((one) => one.spec === spec));
  if (missing && isFinished) throw new Error(`The option ${missing.name} is required`);
  const focused = isFinished ? undefined : focusOf(specs, given);
  return given.map((one) => ({
    type: one.spec.type,
    name: one.spec.name,
    value: one.value,
    ...(one === focused ? { focused: true } : {}),
  }));
}

/** The option being typed: the last one given, or the first that completes. */
function focusOf(specs: readonly OptionSpec[], given: Given[]): Given {
  const last = given.findLast((one) => one.spec.autocomplete === true);
  if (last !== undefined) return last;
  const spec = specs.find((one) => one.autocomplete === true);
  if (spec === undefined) throw new Error("No option of this command completes itself");
  const empty = { spec, value: "" };
  given.push(empty);
  return empty;
}

/** Takes words such as `kind:video` that name an option, when the command has more than one; returns the other text. */
function takeNamed(specs: readonly OptionSpec[], rest: string, person: Person, given: Given[]): string {
  if (specs.length < 2) return rest;
  const words = rest.split(/(\s+)/).map((word) => {
    const [, name = "", raw = ""] = /^([^\s:]+):(\S+)$/.exec(word) ?? [];
    const spec = specs.find((one) => isNamed(one, name, person) && !given.some((other) => other.spec === one));
    const value = spec && readValue(spec, raw, person);
    if (spec === undefined || value === undefined) return word;
    given.push({ spec, value });
    return "";
  });
  return words.join("").trim();
}

function takeInOrder(specs: readonly OptionSpec[], text: string, person: Person, given: Given[]): string {
  const open = specs.filter((spec) => !given.some((one) => one.spec === spec));
  const lastFree = open.findLast(isStringFree);
  let left = text;
  for (const spec of open) {
    if (left === "") break;
    const word = spec === lastFree ? left : (/^\S+/.exec(left)?.[0] ?? "");
    const value = readValue(spec, word, person);
    if (value === undefined) {
      if (spec.required === true) throw new Error(`${JSON.stringify(word)} does not fit the option ${spec.name}`);
      continue;
    }
    given.push({ spec, value });
    left = left.slice(word.length).trimStart();
  }
  return left;
}

/** Undefined when the text is no value of the option. */
function readValue(spec: OptionSpec, text: string, person: Person): Value | undefined {
  if ((spec.choices?.length ?? 0) > 0) {
    const locale = person.language === "fr" ? "fr" : "en-US";
    const isMeant = (name: string | number | null | undefined) => String(name).toLowerCase() === text.toLowerCase();
    return spec.choices?.find((one) => [one.value, one.name, one.name_localizations?.[locale]].some(isMeant))?.value;
  }
  if (spec.type === 5) return { true: true, false: false }[text];
  if (spec.type === 4 || spec.type === 10) return numberOf(spec, text);
  if (spec.type !== 3) return /^\D*(\d{15,20})\D*$/.exec(text)?.[1];
  const isFitting = text.length >= (spec.min_length ?? 0) && text.length <= (spec.max_length ?? 6000);
  if (!isFitting) throw new Error(`The text for ${spec.name} is too short or too long`);
  return text;
}

function numberOf(spec: OptionSpec, text: string): number | undefined {
  const value = Number(text);
  if (text === "" || Number.isNaN(value) || (spec.type === 4 && !Number.isInteger(value))) return undefined;
  const isFitting = value >= (spec.min_value ?? -Infinity) && value <= (spec.max_value ?? Infinity);
  return isFitting ? value : undefined;
}
